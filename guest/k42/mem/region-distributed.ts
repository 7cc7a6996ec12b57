// A Region whose faults share nothing: a request counter on each CPU that faults.
//
//             Root: state of all counters, list of counters
//            /                |                \
//      first Rep            proxy             proxy        ...
//      counter             counter           counter
//      addresses, rights,     |                 |
//      FCM, HAT  <------------+-----------------+
//
// The first Rep is made with the object, and has what a Region knows and does. Other CPUs get proxies: a fault enters and leaves the proxy's counter, and
// does within it what it would do in the first Rep, whose memory is only read. All else they pass on.
//
// Who stops the Region sets the state of all counters, a word of the Root's, and stops each. A proxy that comes later begins with what the state says. Both
// have the Root's lock.
import { coreCount, coreId } from '../../lib/machine';
import { release } from '../../lib/objects';
import { PerCpuRoot } from '../cobj/cluster-root';
import { Rep } from '../cobj/rep';
import { NAME_REGION, nameCoid, nameObject } from './names';
import { Region, RETRY } from './region';
import { RegionShared } from './region-shared';
import { counterAt, RequestCounter } from './request-counter';

/** States of all counters. */
const IN_USE: i32 = 0;
const STOPPED: i32 = 1;
const CLOSED: i32 = 2;

export class RegionRoot extends PerCpuRoot {
  private state: i32 = IN_USE;
  /** The counters' addresses. That of the first Rep is the first. */
  private readonly counters: StaticArray<usize> = new StaticArray<usize>(coreCount() + 1);
  private length: i32 = 0;
  private readonly firstCpu: i32 = coreId();

  constructor(private readonly first: RegionFirst) {
    super();
    first.root = this;
    this.count(first.counter);
  }

  override createRep(cpu: i32): Rep {
    if (cpu == this.firstCpu) return this.first;
    const proxy = new RegionProxy(this.first);
    if (this.state != IN_USE) proxy.counter.stop();
    if (this.state == CLOSED) proxy.counter.close();
    this.count(proxy.counter);
    return proxy;
  }

  /** The first is there from the beginning. */
  override presentRep(cpu: i32): Rep | null {
    return cpu == this.firstCpu ? this.first : super.presentRep(cpu);
  }

  private count(counter: RequestCounter): void {
    unchecked((this.counters[this.length++] = changetype<usize>(counter)));
  }

  @inline
  private counter(i: i32): RequestCounter {
    return counterAt(unchecked(this.counters[i]));
  }

  /** Returns when no request is in any Rep. */
  stop(): void {
    this.lock();
    this.state = STOPPED;
    const length = this.length;
    for (let i = 0; i < length; i++) this.counter(i).stop();
    this.unlock();
    for (let i = 0; i < length; i++) this.counter(i).awaitQuiet();
  }

  resume(): void {
    this.lock();
    this.state = IN_USE;
    for (let i = 0; i < this.length; i++) this.counter(i).resume();
    this.unlock();
  }

  close(): void {
    this.lock();
    this.state = CLOSED;
    for (let i = 0; i < this.length; i++) this.counter(i).close();
    this.unlock();
  }

  override reclaimReps(): void {
    // It is none of the CPU's Reps where its CPU has never faulted.
    if (this.repAt(this.firstCpu) === null) {
      this.first.reclaim();
      release(this.first);
    }
    release(this.counters);
    super.reclaimReps();
  }
}

export class RegionFirst extends RegionShared {
  override stop(): i32 {
    changetype<RegionRoot>(this.root).stop();
    return 0;
  }

  override resume(): i32 {
    changetype<RegionRoot>(this.root).resume();
    return 0;
  }

  protected override close(): void {
    changetype<RegionRoot>(this.root).close();
  }

  protected override like(start: usize, end: usize, hat: usize, fcm: usize, firstPage: i32): RegionShared {
    return new RegionFirst(start, end, this.protection, this.kindBits, hat, fcm, firstPage);
  }

  override begin(): usize {
    return this.attach(nameCoid(NAME_REGION, new RegionRoot(this).coid));
  }
}

class RegionProxy extends Region {
  private readonly requests: i32 = 0;
  // Up to the end of a line, which the counter has to itself.
  private readonly gap0: u64 = 0;
  private readonly gap1: u64 = 0;
  private readonly gap2: u64 = 0;
  private readonly gap3: u64 = 0;
  private readonly gap4: u64 = 0;
  private readonly gap5: u64 = 0;
  private readonly gap6: u64 = 0;
  private readonly gap7: u64 = 0;
  private readonly gap8: u64 = 0;
  private readonly gap9: u64 = 0;
  private readonly gap10: u64 = 0;
  private readonly gap11: u64 = 0;
  private readonly gap12: u64 = 0;

  constructor(private readonly first: RegionFirst) {
    super();
    nameObject(NAME_REGION, this);
  }

  @inline
  get counter(): RequestCounter {
    return counterAt(changetype<usize>(this) + offsetof<RegionProxy>('requests'));
  }

  override handleFault(address: usize, write: bool): i32 {
    const counter = this.counter;
    if (!counter.enter()) {
      counter.awaitChange();
      return RETRY;
    }
    const answer = this.first.resolve(address, write);
    counter.leave();
    return answer;
  }

  override unmapPages(first: i32, count: i32): i32 {
    return this.first.unmapPages(first, count);
  }

  override writeProtectPages(first: i32, count: i32): i32 {
    return this.first.writeProtectPages(first, count);
  }

  override stop(): i32 {
    return this.first.stop();
  }

  override resume(): i32 {
    return this.first.resume();
  }

  override protect(protection: i32): i32 {
    return this.first.protect(protection);
  }

  override split(address: usize): usize {
    return this.first.split(address);
  }

  override grow(end: usize): i32 {
    return this.first.grow(end);
  }

  override copy(hat: usize, fcm: usize): usize {
    return this.first.copy(hat, fcm);
  }

  override destroy(): i32 {
    return this.first.destroy();
  }
}
