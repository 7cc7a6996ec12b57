// What a kernel calls first in `boot`, before any `new`: it sets up the memory of the CPUs and the allocators. After it the other cores may start.
import { BootInfo } from './boot-info';
import { layOutCpus } from './cpu';
import { layOutFrames } from './page-frames';

export function layOutKernel(info: usize): BootInfo {
  const facts = changetype<BootInfo>(info);
  layOutCpus(facts);
  layOutFrames(facts);
  return facts;
}
