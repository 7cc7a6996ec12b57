export { access, switchSpace, trap } from './access';
export {
  bulkCopy,
  bulkFill,
  kernelCopy,
  kernelFill,
  kernelLineZero,
  kernelMonitor,
  kernelPrefetch,
  lineZero,
  monitor,
  prefetch,
  resumeBulk,
} from './bulk';
export { lineState, setLineState } from './caches';
export { cutRunningWindow } from './clock';
export { contextSelf, contextSwitch, contextSwitchInGroup } from './context-switch';
export { resumeBuiltin, resumeDone, run } from './dispatch';
export { denied, faultAddress, interrupts, syscall, virtualGrow } from './intrinsics';
export { resumeTrapReturn } from './kernel-entry';
export { flushTlb, invalidatePage, setPageRoot } from './mmu';
export { fence } from './stores';
