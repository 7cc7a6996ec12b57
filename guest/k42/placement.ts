// Which CPU a thread is to run on.
//
// What is made for a new process is made on its parent's CPU, the parent mostly waits for it, and both use the same files: so it begins there. It goes to
// another CPU only where somebody waits for this one already, and where the other has had nothing to do for so long that the way there is worth it. A CPU
// whose thread waits a moment for a lock or a pipe is not such a one: what it is waiting for comes back, and would find somebody else there.
//
// A thread that joins others of its process is to run beside them, and goes where least is to be done. Later on threads stay, with one exception: who has
// waited for the end of a turn goes to a CPU that has idled for a whole turn (`relief`).
import { coreCount, cycles } from '../lib/machine';
import { ANY_CORE } from '../lib/unix/thread';
import { Cpu, cpuOf, thisCpu } from './cpu';
import { isAwaited } from './run-queue';
import { Thread } from './thread';

/** What a fork costs more where the child runs on another CPU: forkbench on ibm-s85. All that the child has, and then its parent, comes over line by line. */
const MOVE_CYCLES: i64 = 100_000;

/** The CPU of a new thread. */
export function placeFor(thread: Thread): i32 {
  if (thread.affinity != ANY_CORE) return thread.affinity;
  const cpu = thisCpu();
  const current = cpu.current;
  if (current && current.process === thread.process) return leastLoaded(cpu.id);
  if (cpu.queue.isEmpty) return cpu.id;
  const other = idleFor(MOVE_CYCLES, cpu.id);
  return other < 0 ? cpu.id : other;
}

/** Where the first one that waits for a CPU may go instead, after a turn that was as long; -1: it stays. */
export function relief(cpu: Cpu, turn: i64): i32 {
  const thread = cpu.queue.first;
  // Both ends of a call are on one CPU.
  if (thread === null || thread.affinity != ANY_CORE || thread.callee || thread.worker) return -1;
  return idleFor(turn, cpu.id);
}

/** The first CPU behind one, going round, that has had nothing to do for so long; -1 if there is none. */
function idleFor(time: i64, core: i32): i32 {
  const cores = coreCount();
  const since = cycles() - time;
  for (let i = 1; i < cores; i++) {
    const other = (core + i) % cores;
    const cpu = cpuOf(other);
    if (cpu.current === null && cpu.charged <= since && !isAwaited(other)) return other;
  }
  return -1;
}

/** The CPU with least to do, from one on, going round. */
function leastLoaded(first: i32): i32 {
  const cores = coreCount();
  let best = first;
  let least = i32.MAX_VALUE;
  for (let i = 0; i < cores && least > 0; i++) {
    const core = (first + i) % cores;
    const cpu = cpuOf(core);
    const load = cpu.queue.length + (cpu.current ? 1 : 0) + (isAwaited(core) ? 1 : 0);
    if (load >= least) continue;
    best = core;
    least = load;
  }
  return best;
}
