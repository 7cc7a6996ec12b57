// What the kernel keeps for each CPU. Kernel contexts may go on on another CPU after they have slept, so this is found by the CPU's number at each use, never
// kept across a switch. Others read it at most.
import { MOST_CORES, MOST_LINE_BYTES } from '../lib/limits';
import { coreId } from '../lib/machine';
import { frameAddress, takeReservedFrame } from '../lib/page-frames';
import { Link } from '../lib/unix/link';
import { TimerQueue } from '../lib/unix/timer-queue';
import { RunQueue } from './run-queue';
import { Thread } from './thread';

/** Addresses of the CPUs' objects. */
const table = memory.data(MOST_CORES * 4, MOST_LINE_BYTES);

export class Cpu {
  /** The context of its idle loop. */
  idle: i32 = 0;
  /** The thread that it runs; none while it idles. */
  current: Thread | null = null;
  readonly queue: RunQueue = new RunQueue();
  readonly timers: TimerQueue = new TimerQueue();
  /** When the current thread's turn is over, in cycles. */
  turnEnd: i64 = 0;
  /** It would be over, but for a server that is to answer first. */
  isOverdue: bool = false;
  /** Until when its time has been charged to somebody, in cycles. */
  charged: i64 = 0;
  /** When a change of threads is next to clean up, in cycles. */
  cleanUpTime: i64 = 0;
  /** Of the activation that runs here, for its end (cobj/generations.ts). */
  generation: i32 = 0;
  /** A thread that is to go on on another CPU, as soon as this one has left its context. */
  departing: Thread | null = null;
  /** What a thread has left that has ended here: its context, in that link. */
  deadContext: i32 = 0;
  deadLink: Link | null = null;
  switches: i64 = 0;
  /** Why the last function has answered null that can say so. Good until the CPU switches. */
  error: i32 = 0;
  /** A page for what is copied to or from a user in one go: unix/scratch.ts. */
  readonly scratch: usize = frameAddress(takeReservedFrame());

  constructor(
    readonly id: i32,
    readonly node: i32,
  ) {}
}

@inline
export function cpuOf(core: i32): Cpu {
  return changetype<Cpu>(load<usize>(table + ((<usize>core) << 2)));
}

/** The CPU that this runs on. */
@inline
export function thisCpu(): Cpu {
  return cpuOf(coreId());
}

export function setCpu(cpu: Cpu): void {
  store<usize>(table + ((<usize>cpu.id) << 2), changetype<usize>(cpu));
}

/** The thread that this CPU runs. Not for the idle loop. */
@inline
export function currentThread(): Thread {
  return thisCpu().current!;
}
