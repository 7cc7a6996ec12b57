// The mediator of a hot swap (hot-swap.ts): an interposer that knows which calls are in the object, and can keep others out.
//
//   forward    calls go on to the old object and are counted
//   block      new calls wait at the gate. Calls of a thread that is in the object already go on, or it could never leave
//   completed  calls go on to the new object
//
// Each CPU counts the calls that come there, at a desk of its own. A thread is known by its context. Which locks a caller may hold, the gate says (gate.ts).
import { contextSelf, coreCount, coreId } from '../../lib/machine';
import { release } from '../../lib/objects';
import { LockableLine } from '../../lib/unix/lockable-line';
import { deferEverywhere } from './clean-up';
import { Gate, Progress } from './gate';
import { Rep } from './rep';
import { Root } from './root';
import { DEAD } from './trampoline';
import { Attendant, attendedVisit, refuse, visitTo } from './visit';

export const PHASE_FORWARD: i32 = 0;
export const PHASE_BLOCK: i32 = 1;
export const PHASE_COMPLETED: i32 = 2;

/** A thread that is in the object, and with how many calls. */
class Caller {
  calls: i32 = 1;

  constructor(
    readonly context: i32,
    public next: Caller | null,
  ) {}
}

/** Where the calls of one CPU are counted. */
class Desk extends LockableLine implements Attendant {
  private callers: Caller | null = null;

  /** Counts a call of a thread, if it may go on: in the forward phase, or when the thread `isInside`, as this desk or somebody else knows. */
  enter(mediator: Mediator, context: i32, isInside: bool): bool {
    this.lock();
    // With the lock: who changes the phase and then looks at this desk finds all who have been let in.
    const caller = this.find(context);
    const mayEnter = isInside || caller !== null || mediator.phase == PHASE_FORWARD;
    if (caller !== null) caller.calls++;
    else if (mayEnter) this.callers = new Caller(context, this.callers);
    this.unlock();
    return mayEnter;
  }

  depart(answer: i32): i32 {
    this.lock();
    const caller = this.find(contextSelf())!;
    if (--caller.calls == 0) this.remove(caller);
    this.unlock();
    return answer;
  }

  isEmpty(): bool {
    this.lock();
    const first = this.callers;
    this.unlock();
    return first === null;
  }

  has(context: i32): bool {
    this.lock();
    const caller = this.find(context);
    this.unlock();
    return caller !== null;
  }

  private find(context: i32): Caller | null {
    let caller = this.callers;
    while (caller !== null && caller.context != context) caller = caller.next;
    return caller;
  }

  private remove(caller: Caller): void {
    if (this.callers === caller) {
      this.callers = caller.next;
    } else {
      let before = this.callers!;
      while (before.next !== caller) before = before.next!;
      before.next = caller.next;
    }
    release(caller);
  }
}

export class Mediator extends Root {
  private readonly desks: StaticArray<Desk>;
  private isForgotten: bool = false;
  private phaseWord: i32 = PHASE_FORWARD;
  /** What calls go on to when all is over; null where the object was destroyed. */
  private successor: Root | null = null;
  /** What those who wait wait for. */
  swap: Progress | null = null;

  constructor(
    coid: usize,
    private readonly gate: Gate,
  ) {
    super(coid);
    this.desks = new StaticArray<Desk>(coreCount());
    for (let cpu = 0; cpu < coreCount(); cpu++) unchecked((this.desks[cpu] = new Desk()));
  }

  get phase(): i32 {
    return atomic.load<i32>(changetype<usize>(this) + offsetof<Mediator>('phaseWord'));
  }

  set phase(phase: i32) {
    atomic.store<i32>(changetype<usize>(this) + offsetof<Mediator>('phaseWord'), phase);
  }

  /** Whether no call is in the old object. In the forward phase, as far as calls have been counted. */
  isEmpty(): bool {
    for (let cpu = 0; cpu < this.desks.length; cpu++) if (!unchecked(this.desks[cpu]).isEmpty()) return false;
    return true;
  }

  /** Whether a thread is in the object, whichever CPU it has come in on. */
  private isInside(context: i32): bool {
    for (let cpu = 0; cpu < this.desks.length; cpu++) if (unchecked(this.desks[cpu]).has(context)) return true;
    return false;
  }

  /** Lets all who wait go on. */
  complete(successor: Root | null): void {
    this.successor = successor;
    this.phase = PHASE_COMPLETED;
    this.gate.open();
  }

  override handleMiss(): i64 {
    const context = contextSelf();
    const desk = unchecked(this.desks[coreId()]);
    let waits = false;
    while (this.phase != PHASE_COMPLETED) {
      // Who has been looked for was not inside, and does not come in while he waits.
      const looks = !waits && this.phase == PHASE_BLOCK;
      if (desk.enter(this, context, looks && this.isInside(context))) return attendedVisit(this.repFor(0), desk);
      waits = waits || looks;
      this.gate.wait(this.swap!);
    }
    const successor = this.successor;
    return successor === null ? refuse(DEAD) : visitTo(load<Rep>(successor.place));
  }

  override repFor(cpu: i32): Rep {
    return load<Rep>(this.behind);
  }

  override reclaimReps(): void {
    this.dismiss();
    release(this.gate);
  }

  /** Releases the desks. */
  dismiss(): void {
    for (let cpu = 0; cpu < this.desks.length; cpu++) release(unchecked(this.desks[cpu]));
    release(this.desks);
  }

  /** Destroyed with its object while the swap is under way, it waits for that to end, and then for those who have seen it under way. */
  override run(): void {
    if (this.isForgotten) return super.run();
    this.isForgotten = this.phase == PHASE_COMPLETED;
    deferEverywhere(this);
  }
}
