// The native helper: what runs so often that a call into JavaScript would dominate its cost. AssemblyScript, compiled to the
// bytes in native.generated.ts, over the same machine memory and function table as the generated code.
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
export { lineState } from './caches';
export { cutRunningWindow } from './clock';
export { contextSelf, contextSwitch, contextSwitchInGroup } from './context-switch';
export { resumeBuiltin, resumeDone, run } from './dispatch';
export {
  denied,
  faultAddress,
  flushPages,
  forgetPage,
  interrupts,
  pauseInSight,
  setRoot,
  syscall,
  virtualGrow,
  virtualSize,
} from './intrinsics';
export { resumeTrapReturn } from './kernel-entry';
export { flushTlb, invalidatePage, setPageRoot } from './mmu';
export { release, releaseAll, releaseLine, setLineState } from './parking';
export { fence } from './stores';
