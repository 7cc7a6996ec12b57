// System calls of the kernel's own servers (service-numbers.ts), which nobody else may make. Most are about the caller whose call the current thread serves.
import { EPERM, ESRCH } from '../posix/abi';
import { currentThread } from './cpu';
import { memoryIsShortForOthers } from './memory';
import { copyBetween } from './ppc';
import { servedFileCall } from './served-files';
import { servedProcessCall } from './served-processes';
import { SYS_FETCH_AT, SYS_MEMORY_IS_SHORT, SYS_SERVED_PROCESSES, SYS_STORE_AT } from './service-numbers';
import { Thread } from './thread';

export function servedCall(n: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  if (!currentThread().process.isTrusted) return -EPERM;
  switch (n) {
    case SYS_FETCH_AT:
    case SYS_STORE_AT: {
      const caller = servedThread();
      return caller === null ? -ESRCH : copyBetween(caller, a, b, c, n == SYS_FETCH_AT);
    }
    case SYS_MEMORY_IS_SHORT:
      return memoryIsShortForOthers() ? 1 : 0;
    default:
      return n < SYS_SERVED_PROCESSES ? servedFileCall(n, a, b, c, d) : servedProcessCall(n, a, b);
  }
}

/** Whose call the current thread serves; none where it serves none. */
export function servedThread(): Thread | null {
  const worker = currentThread().worker;
  return worker !== null && worker.isTold ? worker.caller : null;
}
