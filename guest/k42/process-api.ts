// What a user program of k42 can ask of virtual memory: the first two about its Process object, which is shared by its CPUs or distributed over them
// (mem/families.ts).
//
//   swapProcess(family)   lets it be of another family from now on: 0, when that has begun; it goes on while the program runs. -EBUSY while it is being
//                         changed, -EINVAL for a family that there is not, -ENOMEM
//   processFamily()       what it is now: PROCESS_SHARED or PROCESS_DISTRIBUTED; -EBUSY while it is being changed
//   zeroFill(count)       nanoseconds in which the kernel takes so many frames and zeroes them, without faults; it gives them back then. -EINVAL for too many at
//                         once, -ENOMEM
import { syscall } from '../lib/machine';
import { SYS_PROCESS_FAMILY, SYS_PROCESS_SWAP, SYS_ZERO_FILL } from './process-numbers';

export { PROCESS_DISTRIBUTED, PROCESS_SHARED } from './process-numbers';

export function swapProcess(family: i32): i32 {
  return <i32>syscall(SYS_PROCESS_SWAP, family, 0, 0, 0, 0, 0);
}

export function processFamily(): i32 {
  return <i32>syscall(SYS_PROCESS_FAMILY, 0, 0, 0, 0, 0, 0);
}

export function zeroFill(count: i32): i32 {
  return <i32>syscall(SYS_ZERO_FILL, count, 0, 0, 0, 0, 0);
}
