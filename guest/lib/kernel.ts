// What a kernel calls first in `boot`, before any `new`: it sets up the memory of the CPUs and the allocators. After it the other cores may start.
import { BootInfo } from './boot-info';
import { layOutCpus } from './cpu';
import { layOutFrames, RESERVE_PER_CORE } from './page-frames';

/** `reserve`: frames for each core that only objects get (page-frames.ts), as many as the kernel can need between two questions whether memory is short. */
export function layOutKernel(info: usize, reserve: i32 = RESERVE_PER_CORE): BootInfo {
  const facts = changetype<BootInfo>(info);
  layOutCpus(facts);
  layOutFrames(facts, reserve);
  return facts;
}
