// The threads of a CPU that are ready, first come, first served. Only the CPU itself uses its queue, so there is no lock. What other CPUs wake they leave
// at its door: in a list that they add to with one compare-and-swap, and that it takes as a whole whenever it looks for something to do.
import { CPU_BYTES, cpuMemoryOf } from '../lib/cpu';
import { MOST_LINE_BYTES } from '../lib/limits';
import { coreId, ipiSend } from '../lib/machine';
import { Thread } from './thread';

/** The interrupt that makes a CPU look at its run queue, and at what its thread has been sent. */
export const VECTOR_RESCHEDULE: i32 = 1;

/** In each CPU's memory a line that the others write: the thread that has arrived last, and whether the CPU sleeps. */
const DOOR: usize = CPU_BYTES - 2 * MOST_LINE_BYTES;
const SLEEPS: usize = 4;

export class RunQueue {
  private head: Thread | null = null;
  private tail: Thread | null = null;
  /** Others may read it as a hint. */
  length: i32 = 0;

  @inline
  put(thread: Thread): void {
    thread.queueNext = null;
    const tail = this.tail;
    if (tail) tail.queueNext = thread;
    else this.head = thread;
    this.tail = thread;
    this.length++;
  }

  take(): Thread | null {
    const thread = this.first;
    if (thread === null) return null;
    this.head = thread.queueNext;
    if (this.head === null) this.tail = null;
    this.length--;
    return thread;
  }

  /** Who is next. */
  get first(): Thread | null {
    if (load<usize>(door()) != 0) this.letIn();
    return this.head;
  }

  /** Whether anybody waits. */
  @inline
  get isEmpty(): bool {
    return this.head === null && load<usize>(door()) == 0;
  }

  /** Takes over those that have arrived, the first one first. */
  private letIn(): void {
    let thread = changetype<Thread | null>(atomic.xchg<usize>(door(), 0));
    let first: Thread | null = null;
    while (thread) {
      const earlier = thread.queueNext;
      thread.queueNext = first;
      first = thread;
      thread = earlier;
    }
    while (first) {
      const next = first.queueNext;
      this.put(first);
      first = next;
    }
  }
}

@inline
function door(): usize {
  return cpuMemoryOf(coreId()) + DOOR;
}

/** Leaves a thread at another CPU's door, and wakes that if it sleeps. */
export function leaveAt(core: i32, thread: Thread): void {
  const at = cpuMemoryOf(core) + DOOR;
  let last: usize = 0;
  do {
    last = atomic.load<usize>(at);
    thread.queueNext = changetype<Thread | null>(last);
  } while (atomic.cmpxchg<usize>(at, last, changetype<usize>(thread)) != last);
  if (atomic.load<i32>(at, SLEEPS) != 0 && atomic.xchg<i32>(at, 0, SLEEPS) != 0) ipiSend(core, VECTOR_RESCHEDULE);
}

/** Whether threads stand at a CPU's door. */
@inline
export function isAwaited(core: i32): bool {
  return load<usize>(cpuMemoryOf(core) + DOOR) != 0;
}

/** From here on who leaves a thread at this CPU's door interrupts it, once; so the CPU looks once more, and sleeps. */
@inline
export function setSleeps(sleeps: bool): void {
  atomic.store<i32>(door(), sleeps ? 1 : 0, SLEEPS);
}
