// System calls by which a program has its own Process object changed for one of the other family while it runs.
import { EINVAL, ENOSYS } from '../posix/abi';
import { currentThread } from './cpu';
import { DISTRIBUTED, processFamily, SHARED, swapProcess } from './mem/families';
import { PROCESS_DISTRIBUTED, PROCESS_SHARED, SYS_PROCESS_FAMILY, SYS_PROCESS_SWAP } from './process-numbers';

/** See process-numbers.ts. */
export function processCall(n: i32, family: i32): i32 {
  const process = currentThread().process.space!.process;
  if (n == SYS_PROCESS_FAMILY) {
    const now = processFamily(process);
    return now < 0 ? now : now == SHARED ? PROCESS_SHARED : PROCESS_DISTRIBUTED;
  }
  if (n != SYS_PROCESS_SWAP) return -ENOSYS;
  if (family == PROCESS_SHARED) return swapProcess(process, SHARED);
  return family == PROCESS_DISTRIBUTED ? swapProcess(process, DISTRIBUTED) : -EINVAL;
}
