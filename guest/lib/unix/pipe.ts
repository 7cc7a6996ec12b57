// Pipes: bytes in a ring of pages, which come when they are first written to. A reader waits while it is empty, a writer while it is full; what has at
// most PIPE_BUF bytes is written in one piece.
import { frameAddress, releaseFrame, takeFrame } from '../page-frames';
import { PAGE_BYTES } from '../page-table';
import { release } from '../objects';
import {
  EAGAIN,
  EBADF,
  ENOMEM,
  EPIPE,
  O_RDONLY,
  O_WRONLY,
  PIPE_BUF,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  S_IFIFO,
  SIGPIPE,
  STAT_MODE,
} from '../../posix/abi';
import { currentThread } from 'kernel/cpu';
import { Lockable } from 'kernel/lock';
import { NAME_PIPE, nameKind } from './names';
import { OpenFile } from './open-file';
import { raiseSignal } from './signal';
import { copyIn, copyOut } from './user-memory';
import { WaitQueue } from './wait-queue';

const PAGES: u32 = 16;
const CAPACITY: u32 = PAGES * <u32>PAGE_BYTES;

export class Pipe extends Lockable {
  private readonly frames: StaticArray<usize> = new StaticArray<usize>(PAGES);
  /** How many bytes have been read, and written. They wrap around. */
  private taken: u32 = 0;
  private given: u32 = 0;
  /** Whether the ends are open. */
  private reader: bool = true;
  private writer: bool = true;
  readonly changed: WaitQueue = new WaitQueue();

  constructor() {
    super();
    nameKind(NAME_PIPE, changetype<usize>(this), offsetof<Pipe>());
  }

  private get length(): u32 {
    return this.given - this.taken;
  }

  read(buffer: usize, bytes: i32, waits: bool): i32 {
    let error = 0;
    let done = 0;
    this.lock();
    while (this.length == 0 && this.writer && error == 0 && bytes > 0) {
      error = waits ? this.changed.sleep(this) : -EAGAIN;
    }
    if (this.length > 0) error = 0;
    while (done < bytes && this.length > 0 && error == 0) {
      const part = this.partAt(this.taken, min(<u32>(bytes - done), this.length));
      error = copyOut(buffer + done, this.addressOf(this.taken), part);
      if (error != 0) break;
      this.taken += part;
      done += part;
    }
    if (done > 0) this.changed.wakeAll();
    this.unlock();
    return done > 0 ? done : error;
  }

  write(buffer: usize, bytes: i32, waits: bool): i32 {
    let error = 0;
    let done = 0;
    this.lock();
    while (done < bytes && error == 0) {
      const room = CAPACITY - this.length;
      if (!this.reader) {
        error = -EPIPE;
      } else if (room < <u32>(bytes <= PIPE_BUF ? bytes - done : 1)) {
        // Readers come when there is no more to be written now, not for each page.
        this.changed.wakeAll();
        error = waits ? this.changed.sleep(this) : -EAGAIN;
      } else {
        const part = this.partAt(this.given, min(<u32>(bytes - done), room));
        error = this.hasPage(this.given) ? copyIn(this.addressOf(this.given), buffer + done, part) : -ENOMEM;
        if (error != 0) break;
        this.given += part;
        done += part;
      }
    }
    if (done > 0) this.changed.wakeAll();
    this.unlock();
    return done > 0 ? done : error;
  }

  /** POLL* of one end. */
  ready(reads: bool): i32 {
    this.lock();
    let events = 0;
    if (reads) {
      if (this.length > 0) events |= POLLIN;
      if (!this.writer) events |= POLLHUP;
    } else {
      if (CAPACITY - this.length >= <u32>PIPE_BUF) events |= POLLOUT;
      if (!this.reader) events |= POLLERR;
    }
    this.unlock();
    return events;
  }

  closeEnd(reads: bool): void {
    this.lock();
    if (reads) this.reader = false;
    else this.writer = false;
    const over = !this.reader && !this.writer;
    this.changed.wakeAll();
    this.unlock();
    if (over) this.destroy();
  }

  private destroy(): void {
    for (let i: u32 = 0; i < PAGES; i++) if (unchecked(this.frames[i])) releaseFrame(unchecked(this.frames[i]));
    release(this.frames);
    release(this.changed);
    release(this);
  }

  // --- the ring

  /** How many of `bytes` from a position on are in one page. */
  private partAt(position: u32, bytes: u32): u32 {
    return min(bytes, <u32>PAGE_BYTES - (position & (<u32>PAGE_BYTES - 1)));
  }

  @inline
  private indexOf(position: u32): i32 {
    return (position >> 12) & (PAGES - 1);
  }

  private addressOf(position: u32): usize {
    return frameAddress(unchecked(this.frames[this.indexOf(position)])) + (position & (<u32>PAGE_BYTES - 1));
  }

  private hasPage(position: u32): bool {
    const index = this.indexOf(position);
    if (unchecked(this.frames[index]) == 0) unchecked((this.frames[index] = takeFrame()));
    return unchecked(this.frames[index]) != 0;
  }
}

/** An end of a pipe as an open file. */
export class PipeEnd extends OpenFile {
  constructor(
    private readonly pipe: Pipe,
    flags: i32,
  ) {
    super(flags);
  }

  read(buffer: usize, bytes: i32): i32 {
    return this.canRead ? this.pipe.read(buffer, bytes, this.waits) : -EBADF;
  }

  write(buffer: usize, bytes: i32): i32 {
    if (!this.canWrite) return -EBADF;
    const answer = this.pipe.write(buffer, bytes, this.waits);
    if (answer == -EPIPE) raiseSignal(currentThread().process, SIGPIPE);
    return answer;
  }

  status(record: usize): void {
    store<i32>(record, S_IFIFO | 0o600, STAT_MODE);
  }

  ready(): i32 {
    return this.pipe.ready(this.canRead);
  }

  get changes(): WaitQueue | null {
    return this.pipe.changed;
  }

  protected close(): void {
    this.pipe.closeEnd(this.canRead);
    release(this);
  }
}

/** The two ends of a new pipe: to read from, and to write to. */
export function pipeReader(pipe: Pipe, flags: i32): PipeEnd {
  return new PipeEnd(pipe, flags | O_RDONLY);
}

export function pipeWriter(pipe: Pipe, flags: i32): PipeEnd {
  return new PipeEnd(pipe, flags | O_WRONLY);
}
