// The memory that each CPU has to itself: one page in the RAM of its node, found by `core_id()`. Kernel code that may go on on another core
// keeps no variables in globals, which belong to the core where its frames were made, but here. The answer of `cpuMemory` holds while the code
// cannot be moved: as long as interrupts are off and it does not block.
//
//   CPU_CORE, CPU_NODE   i32: which core this is, and which node it is on
//   CPU_POOLS            objects: runtime/kernel.ts
//   CPU_FRAMES           free frames: page-frames.ts
//   CPU_LOCKS            nodes of queue locks: mcs-lock.ts
//   CPU_KERNEL           to the page's end: the kernel's own, zero when it boots
//
// A kernel overlays its part with an unmanaged class: `changetype<Cpu>(cpuMemory() + CPU_KERNEL)`.
import { BootInfo } from './boot-info';
import { takeBootMemory } from './boot-memory';
import { out } from './console';
import { MOST_CORES, MOST_LINE_BYTES } from './limits';
import { coreId } from './machine';
import { PAGE_BYTES } from './page-table';

export const CPU_CORE: usize = 0;
export const CPU_NODE: usize = 4;
export const CPU_POOLS: usize = 128;
export const CPU_POOLS_BYTES: usize = 384;
export const CPU_FRAMES: usize = 512;
export const CPU_FRAMES_BYTES: usize = 256;
export const CPU_LOCKS: usize = 1024;
export const CPU_LOCKS_BYTES: usize = 1024;
export const CPU_KERNEL: usize = 2048;
export const CPU_BYTES: usize = PAGE_BYTES;

/** Address of each CPU's block. Written once, so every core keeps a copy of it in its cache. */
const blocks = memory.data(MOST_CORES * 4, MOST_LINE_BYTES);

/** Gives all CPUs their blocks; on the boot core, once. */
export function layOutCpus(info: BootInfo): void {
  for (let core = 0; core < info.cores; core++) {
    const node = info.nodeOf(core);
    const block = takeBootMemory(info, node, CPU_BYTES);
    store<i32>(block, core, CPU_CORE);
    store<i32>(block, node, CPU_NODE);
    store<usize>(blocks + 4 * core, block);
    out.text('memory of core ').number(core).name(block, CPU_BYTES);
  }
}

/** The block of the CPU that this code runs on. */
@inline
export function cpuMemory(): usize {
  return load<usize>(blocks + 4 * coreId());
}

export function cpuMemoryOf(core: i32): usize {
  return load<usize>(blocks + 4 * core);
}

/** Number of this CPU's node. */
@inline
export function cpuNode(): i32 {
  return load<i32>(cpuMemory(), CPU_NODE);
}
