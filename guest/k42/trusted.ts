// Whether what is done now is done for all: a server of the kernel's own does not end where memory is short, so its pages and objects come from the
// reserve. What it makes on somebody's account it asks for before (SYS_MEMORY_IS_SHORT).
import { thisCpu } from './cpu';

export function drawsOnReserve(): bool {
  const thread = thisCpu().current;
  return thread !== null && thread.process.isTrusted;
}
