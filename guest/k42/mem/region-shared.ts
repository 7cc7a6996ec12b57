// A Region with one Rep, and one request counter for all CPUs. What it does is also what the first Rep of a distributed one does (region-distributed.ts).
//
// What it knows changes only while it is stopped, so it is read without a lock.
import { CpuSet } from '../../lib/cpu-set';
import { coreId } from '../../lib/machine';
import { PTE_USER, PTE_WRITE } from '../../lib/machine-constants';
import { PAGE_BYTES } from '../../lib/page-table';
import { EFAULT, EINVAL, PROT_NONE, PROT_WRITE } from '../../posix/abi';
import { destroy } from '../cobj/destruction';
import { drefAny } from '../cobj/present-rep';
import { dref } from '../cobj/rep';
import { SingleRepRoot } from '../cobj/single-rep-root';
import { FCM } from './fcm';
import { HAT } from './hat';
import { NAME_REGION, nameCoid, nameObject } from './names';
import { REGION_GROWS, REGION_SHARED } from './process';
import { Region, RETRY } from './region';
import { counterAt, RequestCounter } from './request-counter';

const PAGE_BITS: i32 = 12;

export class RegionShared extends Region {
  private readonly cpusLow: u64 = 0;
  private readonly cpusHigh: u64 = 0;

  constructor(
    private readonly start: usize,
    private end: usize,
    protected protection: i32,
    protected readonly kindBits: i32,
    private readonly hatId: usize,
    private readonly fcmId: usize,
    private readonly firstPage: i32,
  ) {
    super();
    nameObject(NAME_REGION, this);
  }

  // What other CPUs read is in other lines than what each fault writes.
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
  private readonly gap13: u64 = 0;
  private readonly gap14: u64 = 0;
  private readonly gap15: u64 = 0;
  private readonly requests: i32 = 0;

  // --- faults

  override handleFault(address: usize, write: bool): i32 {
    const counter = this.counter;
    if (!counter.enter()) {
      counter.awaitChange();
      return RETRY;
    }
    const answer = this.resolve(address, write);
    counter.leave();
    return answer;
  }

  /** What a fault does within the counter. */
  resolve(address: usize, write: bool): i32 {
    if (address >= this.end) return RETRY;
    if (this.protection == PROT_NONE || (write && !this.isWritable)) return -EFAULT;
    const cpu = coreId();
    if (!this.cpus.has(cpu)) this.cpus.add(cpu);
    const page = this.firstPage + <i32>((address - this.start) >> PAGE_BITS);
    const rights: u32 = this.isWritable ? PTE_USER | PTE_WRITE : PTE_USER;
    return dref<FCM>(this.fcmId).mapPage(this.hatId, address & ~(PAGE_BYTES - 1), page, rights, write);
  }

  /** CPUs that may have mappings through it. */
  @inline
  private get cpus(): CpuSet {
    return changetype<CpuSet>(changetype<usize>(this) + offsetof<RegionShared>('cpusLow'));
  }

  @inline
  get counter(): RequestCounter {
    return counterAt(changetype<usize>(this) + offsetof<RegionShared>('requests'));
  }

  @inline
  private get isWritable(): bool {
    return (this.protection & PROT_WRITE) != 0;
  }

  // --- for its FCM

  override unmapPages(first: i32, count: i32): i32 {
    const start = this.addressOf(first);
    const end = this.addressOf(<i64>first + count);
    return start < end ? dref<HAT>(this.hatId).unmapRange(start, end, this.cpus) : 0;
  }

  override writeProtectPages(first: i32, count: i32): i32 {
    const start = this.addressOf(first);
    const end = this.addressOf(<i64>first + count);
    return start < end ? dref<HAT>(this.hatId).writeProtectRange(start, end, this.cpus) : 0;
  }

  /** Where a page is, or the nearer end of the Region. */
  private addressOf(page: i64): usize {
    const pages = max<i64>(page - this.firstPage, 0);
    return this.start + <usize>min<i64>(pages << PAGE_BITS, <i64>(this.end - this.start));
  }

  // --- for its Process

  override stop(): i32 {
    this.counter.stop();
    this.counter.awaitQuiet();
    return 0;
  }

  override resume(): i32 {
    this.counter.resume();
    return 0;
  }

  /** Lets who waits for it go on to look elsewhere. */
  protected close(): void {
    this.counter.close();
  }

  override protect(protection: i32): i32 {
    const before = this.protection;
    this.protection = protection;
    if (protection == PROT_NONE) return dref<HAT>(this.hatId).unmapRange(this.start, this.end, this.cpus);
    const loses = (before & PROT_WRITE) != 0 && !this.isWritable;
    return loses ? dref<HAT>(this.hatId).writeProtectRange(this.start, this.end, this.cpus) : 0;
  }

  override split(address: usize): usize {
    const firstPage = this.firstPage + <i32>((address - this.start) >> PAGE_BITS);
    const rest = this.like(address, this.end, this.hatId, this.fcmId, firstPage);
    rest.cpus.addAll(this.cpus);
    const coid = rest.begin();
    this.end = address;
    return coid;
  }

  override grow(end: usize): i32 {
    if ((this.kindBits & REGION_GROWS) == 0 || !this.isWritable) return -EINVAL;
    this.end = end;
    return 0;
  }

  override copy(hat: usize, fcm: usize): usize {
    return this.like(this.start, this.end, hat, fcm, this.firstPage).begin();
  }

  override destroy(): i32 {
    this.close();
    const hat = drefAny<HAT>(this.hatId);
    hat.unmapRange(this.start, this.end, this.cpus);
    const fcm = this.fcmId;
    const isPrivate = (this.kindBits & REGION_SHARED) == 0;
    if (isPrivate) drefAny<FCM>(fcm).discard(this.firstPage, <i32>((this.end - this.start) >> PAGE_BITS));
    drefAny<FCM>(fcm).detachRegion(this.root.coid);
    destroy(this.root.coid);
    return 0;
  }

  // --- the object

  /** A Rep for a Region of the same kind and rights. */
  protected like(start: usize, end: usize, hat: usize, fcm: usize, firstPage: i32): RegionShared {
    return new RegionShared(start, end, this.protection, this.kindBits, hat, fcm, firstPage);
  }

  /** Makes the object whose first Rep this is, and attaches it to its FCM. */
  begin(): usize {
    return this.attach(nameCoid(NAME_REGION, new SingleRepRoot(this).coid));
  }

  protected attach(coid: usize): usize {
    dref<FCM>(this.fcmId).attachRegion(coid);
    return coid;
  }
}
