// Blocks that a CPU frees and that are another one's: they go home. The CPU gathers them, a batch for each home, and hands a whole batch over in one step: it is
// put before what lies there already. The home CPU takes all at once when it has no free block left.
import { cpuMemory, cpuMemoryOf, CPU_KERNEL } from '../../lib/cpu';
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { NEXT_FREE } from './page';

/** Blocks of a batch. */
const BATCH: i32 = 8;

/** In each CPU's memory, from CPU_KERNEL on. In a line of its own, which other CPUs write: what has come home. */
const RETURNED: usize = CPU_KERNEL;
/** How many blocks this CPU has gathered, for whomever. */
const GATHERED: usize = CPU_KERNEL + <usize>MOST_LINE_BYTES;
/** For every home the batch: its first block, and how many it has. */
const BATCHES: usize = GATHERED + 8;
const FIRST: usize = 0;
const COUNT: usize = 4;
const BATCH_BYTES: usize = 8;

/** A block of another CPU's is to go home. */
export function sendHome(block: usize, home: i32): void {
  const own = cpuMemory();
  const batch = own + BATCHES + <usize>home * BATCH_BYTES;
  store<usize>(block, load<usize>(batch, FIRST), NEXT_FREE);
  store<usize>(batch, block, FIRST);
  store<i32>(batch, load<i32>(batch, COUNT) + 1, COUNT);
  store<i32>(own, load<i32>(own, GATHERED) + 1, GATHERED);
  if (load<i32>(batch, COUNT) == BATCH) handOver(home);
}

function handOver(home: i32): void {
  const own = cpuMemory();
  const batch = own + BATCHES + <usize>home * BATCH_BYTES;
  store<i32>(own, load<i32>(own, GATHERED) - load<i32>(batch, COUNT), GATHERED);
  const first = load<usize>(batch, FIRST);
  let last = first;
  for (let next = load<usize>(last, NEXT_FREE); next != 0; next = load<usize>(last, NEXT_FREE)) last = next;
  store<usize>(batch, 0, FIRST);
  store<i32>(batch, 0, COUNT);
  const returned = cpuMemoryOf(home) + RETURNED;
  let before: usize = 0;
  do {
    before = atomic.load<usize>(returned);
    store<usize>(last, before, NEXT_FREE);
  } while (atomic.cmpxchg<usize>(returned, before, first) != before);
}

/** Hands over what this CPU has gathered, batches or not. */
export function handOverAll(): void {
  const own = cpuMemory();
  for (let home = 0; load<i32>(own, GATHERED) != 0; home++)
    if (load<i32>(own + BATCHES + <usize>home * BATCH_BYTES, COUNT) != 0) handOver(home);
}

/** What has come home to this CPU since it was asked last: blocks that are linked, or 0. */
export function takeReturned(): usize {
  const returned = cpuMemory() + RETURNED;
  return atomic.load<usize>(returned) == 0 ? 0 : atomic.xchg<usize>(returned, 0);
}
