// What the Unix code calls an address space (docs/guest-kit.md): a Process of the kernel's memory (mem/process.ts), with an FCM made for each thing that is
// mapped, and the end of the program's own memory.
import { File } from '../lib/fs/file';
import { release } from '../lib/objects';
import { ENTRY_FRAME, PAGE_BYTES } from '../lib/page-table';
import { NAME_ADDRESS_SPACE, nameKind } from '../lib/unix/names';
import { ProgramImage } from '../lib/unix/program-image';
import { ENOMEM, MAP_FIXED, MAP_SHARED, PROT_READ, PROT_WRITE } from '../posix/abi';
import { drefAny, needsRep } from './cobj/present-rep';
import { dref } from './cobj/rep';
import { fcmOf } from './contents';
import { LockableLine } from '../lib/unix/lockable-line';
import { newProcess } from './mem/families';
import { FCM, NO_LIMIT } from './mem/fcm';
import { newFcm } from './mem/fcm-family';
import { newCopyFR } from './mem/fr-copy';
import { newImageFR } from './mem/fr-image';
import { zeroFR } from './mem/fr-zero';
import { FR } from './mem/fr';
import { memoryStaysShort } from './mem/global-pm';
import { HAT } from './mem/hat';
import { leaveTables } from './mem/hat-distributed';
import { PM } from './mem/pm';
import { ANYWHERE, Process, REGION_GROWS, REGION_KEEPS_OTHERS, REGION_READ_ONLY, REGION_SHARED } from './mem/process';

export const USER_END: usize = 0x8000_0000;
const PAGE_BITS: i32 = 12;

/** In lines of its own: every fault reads it. */
export class AddressSpace extends LockableLine {
  /** End of the program's own memory. */
  heapEnd: usize = 0;
  /** COIDs of its HAT and PM, which are asked for often. */
  readonly hat: usize;
  private readonly pm: usize;

  /** `process`: the COID of the Process. */
  constructor(readonly process: usize) {
    super();
    nameKind(NAME_ADDRESS_SPACE, changetype<usize>(this), offsetof<AddressSpace>());
    this.hat = dref<Process>(process).hat();
    this.pm = dref<Process>(process).pm();
  }

  /** An empty one; none where there is no memory. */
  static create(): AddressSpace | null {
    const process = newProcess();
    return process == 0 ? null : new AddressSpace(process);
  }

  /** Lets this CPU walk its page tables; without memory for them it answers false, and walks nobody's. */
  load(): bool {
    if (needsRep(this.hat) && memoryStaysShort()) {
      leaveTables();
      return false;
    }
    return dref<HAT>(this.hat).load() == 0;
  }

  /**
   * A fault on this CPU: 0 or an error. A CPU that comes to an object for the first time makes a Rep, for which there is no system call that would have
   * asked: here, and before the Region is called (mem/process-base.ts).
   */
  handleFault(address: usize, write: bool): i32 {
    if (needsRep(this.process) && memoryStaysShort()) return -ENOMEM;
    return dref<Process>(this.process).handleFault(address, write);
  }

  /** Frames that it has. */
  get pages(): i32 {
    return max(dref<PM>(this.pm).frames(), 0);
  }

  // --- what may be where

  /** Adds zero pages; false where something is in the way, or memory is short. With the lock. */
  extend(from: usize, to: usize): bool {
    if (dref<Process>(this.process).extend(from, to) == 0) return true;
    const kind = REGION_GROWS | REGION_KEEPS_OTHERS;
    return this.attach(newFcm(zeroFR(), this.pm, NO_LIMIT), from, to - from, PROT_READ | PROT_WRITE, kind, 0) >= 0;
  }

  /** Takes out what is between two addresses; false where memory is short. With the lock. */
  shrink(from: usize, to: usize): bool {
    return this.unmap(from, to) == 0;
  }

  /** Private pages with an image's data; nobody else has the address space yet. */
  mapImage(start: usize, end: usize, image: ProgramImage): bool {
    const fcm = this.fcmOver(newImageFR(image));
    const firstPage = <i32>(start >> PAGE_BITS);
    return this.attach(fcm, start, end - start, PROT_READ | PROT_WRITE, REGION_GROWS, firstPage) >= 0;
  }

  /** mmap: the address, or -ENOMEM. With success the reference to the file is its own. `readOnly`: what is shared must not become writable. */
  map(address: usize, bytes: usize, protection: i32, flags: i32, file: File | null, offset: i64, readOnly: bool): i32 {
    const isShared = (flags & MAP_SHARED) != 0;
    let fcm: usize = 0;
    if (file === null) fcm = newFcm(zeroFR(), this.pm, NO_LIMIT);
    else fcm = isShared ? holdFcmOf(file) : this.copyOf(file);
    const kind = (isShared ? REGION_SHARED : 0) | (readOnly ? REGION_READ_ONLY : 0);
    const start = (flags & MAP_FIXED) != 0 ? address : ANYWHERE;
    const answer = this.attach(fcm, start, bytes, protection, kind, <i32>(offset >> PAGE_BITS));
    // The Region, or what is copied on write, keeps the file's FCM.
    if (answer >= 0 && file) file.put();
    return answer;
  }

  /** Private pages that begin as a file's; held by the caller. 0 without memory. */
  private copyOf(file: File): usize {
    const fcm = fcmOf(file);
    return fcm == 0 ? 0 : this.fcmOver(newCopyFR(fcm));
  }

  /** A private FCM over a new FR. */
  private fcmOver(fr: usize): usize {
    const fcm = newFcm(fr, this.pm, NO_LIMIT);
    dref<FR>(fr).letGo();
    return fcm;
  }

  /** Lets a Region show an FCM, which the caller has held so far: the address, or an error. */
  private attach(fcm: usize, start: usize, bytes: usize, protection: i32, kind: i32, firstPage: i32): i32 {
    if (fcm == 0) return -ENOMEM;
    const answer = dref<Process>(this.process).map(start, bytes, protection, kind, fcm, firstPage);
    dref<FCM>(fcm).letGo();
    return answer;
  }

  /** munmap: 0 or -ENOMEM. */
  unmap(start: usize, end: usize): i32 {
    return dref<Process>(this.process).unmap(start, end);
  }

  /** mprotect: 0 or an error. */
  protect(start: usize, end: usize, protection: i32): i32 {
    return dref<Process>(this.process).protect(start, end, protection);
  }

  /** What a futex is known by: the physical address where the word is shared with other processes, else address space and address. */
  futexKey(word: usize): u64 {
    if (dref<Process>(this.process).isShared(word) == 1) {
      const entry = dref<HAT>(this.hat).entry(word);
      if (entry != 0) return <u64>((entry & ENTRY_FRAME) | <u32>(word & (PAGE_BYTES - 1)));
    }
    return ((<u64>this.process) << 32) | <u64>word;
  }

  // --- copies and the end

  /** A copy in which private pages are shared with this one until either writes to them; none where there is no memory. */
  fork(): AddressSpace | null {
    const process = dref<Process>(this.process).fork();
    if (process == <usize>-ENOMEM) return null;
    const copy = new AddressSpace(process);
    copy.heapEnd = this.heapEnd;
    return copy;
  }

  /** Frees everything. Nobody runs in it. */
  destroy(): void {
    drefAny<Process>(this.process).destroy();
    release(this);
  }
}

/** A file's FCM, held by the caller; 0 without memory. */
function holdFcmOf(file: File): usize {
  const fcm = fcmOf(file);
  if (fcm != 0) dref<FCM>(fcm).hold();
  return fcm;
}
