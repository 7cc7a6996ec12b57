// What an FCM knows of one page: its frame, and what may be done with it, in one word, so that whoever reads it without the lock sees what belongs together.
// 0: the page is absent.
import { acquireOne, releaseOne, tryAcquireOne } from '../lock';
import { NAME_PAGE, nameObject } from './names';

/** The page was written, or has nowhere else to come from: it must be kept. Pages without it are clean, and mapped without the right to write. */
export const PAGE_DIRTY: u32 = 1;
/** Others may have the frame, whose writes must not be seen here, nor ours there: it is copied before it is written, unless nobody else has it any more. */
export const PAGE_COPY_ON_WRITE: u32 = 2;
/** Some CPU may have it mapped. */
export const PAGE_MAPPED: u32 = 4;
/** Physical address of its frame. */
export const PAGE_FRAME: u32 = 0xfffff000;

export class PageDescriptor {
  /** In a chain of its table. */
  next: PageDescriptor | null = null;
  private lockWord: u32 = 0;
  /** Frame and PAGE_*. Who changes it has the lock. */
  state: u32 = 0;
  /** How many wait for the lock, as far as they say so. */
  private waiters: i32 = 0;

  constructor(public page: i32) {
    nameObject(NAME_PAGE, this);
  }

  @inline
  get frame(): usize {
    return this.state & PAGE_FRAME;
  }

  @inline
  get stateAt(): usize {
    return changetype<usize>(this) + offsetof<PageDescriptor>('state');
  }

  /** Whether it can be written as it is. */
  @inline
  get isWritable(): bool {
    return (this.state & (PAGE_DIRTY | PAGE_COPY_ON_WRITE)) == PAGE_DIRTY;
  }

  lock(): void {
    acquireOne(changetype<usize>(this) + offsetof<PageDescriptor>('lockWord'));
  }

  /** Whether anybody has it locked, or is about to. */
  get isLocked(): bool {
    const both = atomic.load<u32>(changetype<usize>(this) + offsetof<PageDescriptor>('lockWord'));
    return both >> 16 != (both & 0xffff);
  }

  tryLock(): bool {
    return tryAcquireOne(changetype<usize>(this) + offsetof<PageDescriptor>('lockWord'));
  }

  /** Waits for the lock, or tries to get it: whether the caller has it now. */
  lockIf(waits: bool): bool {
    if (!waits) return this.tryLock();
    this.lock();
    return true;
  }

  /** Somebody waits for the lock, so the memory must stay when the page is gone. */
  expect(): void {
    atomic.add<i32>(changetype<usize>(this) + offsetof<PageDescriptor>('waiters'), 1);
  }

  /** He does not any more: whether he was the last one. */
  expectNoMore(): bool {
    return atomic.sub<i32>(changetype<usize>(this) + offsetof<PageDescriptor>('waiters'), 1) == 1;
  }

  get isExpected(): bool {
    return atomic.load<i32>(changetype<usize>(this) + offsetof<PageDescriptor>('waiters')) != 0;
  }

  unlock(): void {
    releaseOne(changetype<usize>(this) + offsetof<PageDescriptor>('lockWord'));
  }
}

/** One that shares its line with nothing else, whatever the machine: for what all CPUs look at. */
export class PaddedDescriptor extends PageDescriptor {
  private padding0: u64 = 0;
  private padding1: u64 = 0;
  private padding2: u64 = 0;
  private padding3: u64 = 0;
  private padding4: u64 = 0;
  private padding5: u64 = 0;
}
