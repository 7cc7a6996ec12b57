// What the kernel keeps for each core. Kernel contexts move between cores while they sleep, so this is found by the core's number at each
// use, never kept across a switch.
import { Walk } from '../lib/fs/walk';
import { MOST_CORES, MOST_LINE_BYTES } from '../lib/limits';
import { coreId } from '../lib/machine';
import { frameAddress, takeReservedFrame } from '../lib/page-frames';
import { AddressSpace } from './address-space';
import { Link } from '../lib/unix/link';
import { RunQueue } from './run-queue';
import { ShootdownRequest } from './shootdown';
import { Thread } from './thread';
import { TimerQueue } from '../lib/unix/timer-queue';

/** Addresses of the cores' objects. */
const table = memory.data(MOST_CORES * 4, MOST_LINE_BYTES);

export class Cpu {
  /** The context of its idle loop. */
  idle: i32 = 0;
  /** The thread that it runs; none while it idles. */
  current: Thread | null = null;
  /** Chosen to run, but it has not left its last core yet: the idle loop waits for that. */
  handover: Thread | null = null;
  /** Whose page tables are loaded, if they are a process's: an idle core keeps the last one's. */
  space: AddressSpace | null = null;
  timers: TimerQueue = new TimerQueue();
  /** When the current thread's turn is over, in cycles. */
  turnEnd: i64 = 0;
  /** Until when its time has been charged to somebody, in cycles. */
  charged: i64 = 0;
  /** Cores whose requests for shootdowns wait here, a bit each. */
  inbox: u64 = 0;
  inboxHigh: u64 = 0;
  request: ShootdownRequest = new ShootdownRequest();
  /** What a thread has left that has ended here: its context, in that link. */
  deadContext: i32 = 0;
  deadLink: Link | null = null;
  /** For paths; no two at a time. */
  readonly walk: Walk = new Walk();
  readonly otherWalk: Walk = new Walk();
  switches: i64 = 0;
  /** Why the last function has answered null that can say so. Good until the core switches. */
  error: i32 = 0;

  /** A page for what is copied to or from a user in one go: unix/scratch.ts. */
  readonly scratch: usize = frameAddress(takeReservedFrame());

  constructor(
    readonly id: i32,
    readonly node: i32,
    readonly queue: RunQueue,
  ) {}
}

@inline
export function cpuOf(core: i32): Cpu {
  return changetype<Cpu>(load<usize>(table + ((<usize>core) << 2)));
}

/** The core that this runs on. */
@inline
export function thisCpu(): Cpu {
  return cpuOf(coreId());
}

export function setCpu(cpu: Cpu): void {
  store<usize>(table + ((<usize>cpu.id) << 2), changetype<usize>(cpu));
}

/** The thread that this core runs. Not for the idle loop. */
@inline
export function currentThread(): Thread {
  return thisCpu().current!;
}
