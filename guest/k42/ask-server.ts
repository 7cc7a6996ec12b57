// The kernel as a client of its own servers: protected procedure calls for the current thread, wherever in the kernel it is.
//
// Addresses among the operands are the kernel's own. Who asks holds no lock and has no Rep in hand, since the call takes other threads' turns; what was
// in the CPU's scratch page is gone after it.
import { callWith } from './ppc';
import { PPC_KERNEL } from './ppc-numbers';

/** The answer of a server's operation, or an error: -ESRCH or -EPIPE where the server has ended, -ENOMEM. */
export function askServer(server: i32, operation: i32, b: i32 = 0, c: i32 = 0, d: i32 = 0, e: i32 = 0): i64 {
  return callWith(server, PPC_KERNEL, operation, b, c, d, e);
}
