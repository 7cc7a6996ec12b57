// System calls by which a program has its own Process object changed for one of the other family while it runs, sees what zeroes cost, and waits for its children.
import { EINVAL, ENOSYS } from '../posix/abi';
import { currentThread } from './cpu';
import { waitForChildren } from './family';
import { DISTRIBUTED, processFamily, SHARED, swapProcess } from './mem/families';
import { zeroFill } from './mem/zero-fill';
import {
  MOST_ZERO_FRAMES,
  PROCESS_DISTRIBUTED,
  PROCESS_SHARED,
  SYS_PROCESS_FAMILY,
  SYS_PROCESS_SWAP,
  SYS_ZERO_FILL,
} from './process-numbers';
import { SYS_CHILD_WAIT } from './process-service';

/** See process-numbers.ts and process-service.ts. */
export function processCall(n: i32, a: i32): i32 {
  if (n == SYS_CHILD_WAIT) return waitForChildren(a);
  if (n == SYS_ZERO_FILL) return <u32>a > <u32>MOST_ZERO_FRAMES ? -EINVAL : zeroFill(a);
  const process = currentThread().process.space!.process;
  if (n == SYS_PROCESS_FAMILY) {
    const now = processFamily(process);
    return now < 0 ? now : now == SHARED ? PROCESS_SHARED : PROCESS_DISTRIBUTED;
  }
  if (n != SYS_PROCESS_SWAP) return -ENOSYS;
  if (a == PROCESS_SHARED) return swapProcess(process, SHARED);
  return a == PROCESS_DISTRIBUTED ? swapProcess(process, DISTRIBUTED) : -EINVAL;
}
