// Memory for what a kernel sets up before it has allocators: whole pages off the beginning of a node's free RAM, for ever. What is left when
// page-frames.ts takes over is the frames. Used by the boot core alone.
import { BootInfo, RAM } from './boot-info';
import { MOST_NODES } from './limits';
import { PAGE_BYTES } from './page-table';
import { panic } from './panic';

/** Physical addresses: how far each node's RAM is used. 0: not at all. */
const used = memory.data(MOST_NODES * 4, 4);

/** Virtual address, in the window, of at least this many bytes on a node; on another where it has not as many. They are zero. */
export function takeBootMemory(info: BootInfo, node: i32, bytes: usize): usize {
  const rounded = (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
  for (let i = 0; i < info.nodes; i++) {
    const from = (node + i) % info.nodes;
    const start = bootMemoryEnd(info, from);
    if (start + rounded > info.freeEnd(from)) continue;
    store<usize>(used + 4 * from, start + rounded);
    return RAM + start;
  }
  panic('there is not enough RAM to boot');
  return 0;
}

/** Physical address from which on a node's RAM is still free. */
export function bootMemoryEnd(info: BootInfo, node: i32): usize {
  return max(load<usize>(used + 4 * node), info.freeStart(node));
}
