// One word for each frame of RAM, found by its physical address: how many references there are to it, or that it is the first of a block of free
// frames (node-frames.ts). 0: within a block, in a CPU's cache, or not given to the allocator.
import { BootInfo } from './boot-info';
import { takeBootMemory } from './boot-memory';
import { out } from './console';
import { PAGE_BYTES } from './page-table';

/** In the word of a free block's first frame, with the block's order. */
export const FREE_BLOCK: u32 = 0x8000_0000;

const table = memory.data(4, 128);

export function layOutFrameTable(info: BootInfo): void {
  const bytes: usize = 4 * (info.windowBytes / PAGE_BYTES);
  store<usize>(table, takeBootMemory(info, 0, bytes));
  out.text('references to frames').name(load<usize>(table), bytes);
}

/** Address of a frame's word. */
@inline
export function frameWord(frame: usize): usize {
  return load<usize>(table) + ((frame >> 12) << 2);
}
