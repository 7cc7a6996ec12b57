// The console device as a file: standard input, output and error of the first process.
//
// Where it is a terminal its input comes as typed, and the line discipline makes lines of it: it echoes, erases (Backspace, Ctrl-U), and gives a line
// to readers when it ends (Enter, Ctrl-D). Ctrl-C and Ctrl-\ send a signal to the group in the foreground. Otherwise input is read as it comes, as
// much as a reader asks for.
import { consoleRead, consoleWrite } from '../machine';
import { CONSOLE_OUTPUT } from '../machine-constants';
import { frameAddress, takeReservedFrame } from '../page-frames';
import { release } from '../objects';
import { EAGAIN, EBADF, EFAULT, EINTR, POLLIN, POLLOUT, S_IFCHR, SIGINT, SIGQUIT, STAT_MODE } from '../../posix/abi';
import { Lockable } from 'kernel/lock';
import { OpenFile } from './open-file';
import { raiseInForeground } from 'kernel/family';
import { holdPage } from 'kernel/user-memory';
import { copyOut, letGoPage, upToPageEnd } from './user-memory';
import { WaitQueue } from './wait-queue';

export const VECTOR_CONSOLE: i32 = 3;

/** Bytes of input that wait for readers, a power of two. */
const CAPACITY: u32 = 2048;
/** In the page of the terminal, behind the ring: what has just been typed, and what is echoed. */
const TYPED: usize = 2048;
const TYPED_BYTES: i32 = 256;
const ECHO: usize = 3072;

const CTRL_C: i32 = 3;
/** In the ring it is the end of a line that has no newline: alone, the end of input. */
const CTRL_D: i32 = 4;
const BACKSPACE: i32 = 8;
const NEWLINE: i32 = 10;
const RETURN: i32 = 13;
const CTRL_U: i32 = 21;
const CTRL_BACKSLASH: i32 = 28;
const DELETE: i32 = 127;
const SPACE: i32 = 32;

export class Terminal extends Lockable {
  private readonly page: usize = frameAddress(takeReservedFrame());
  /** Positions in the ring: read up to, complete lines up to, typed up to. */
  private readEnd: u32 = 0;
  private lineEnd: u32 = 0;
  private typedEnd: u32 = 0;
  private ended: bool = false;
  readonly changed: WaitQueue = new WaitQueue();

  constructor(readonly isTerminal: bool) {
    super();
  }

  // --- reading

  read(buffer: usize, bytes: i32, waits: bool): i32 {
    if (bytes == 0) return 0;
    this.lock();
    let answer = this.isTerminal ? this.takeLine(buffer, bytes) : this.readDevice(buffer, bytes);
    while (answer == -EAGAIN && waits) {
      const reason = this.changed.sleep(this);
      answer = this.isTerminal ? this.takeLine(buffer, bytes) : this.readDevice(buffer, bytes);
      if (answer == -EAGAIN && reason == -EINTR) answer = -EINTR;
    }
    this.unlock();
    return answer;
  }

  /** What the device has, into the page of the buffer: bytes, 0 at the end of input, or an error. */
  private readDevice(buffer: usize, bytes: i32): i32 {
    const reached = holdPage(buffer, true);
    if (reached == 0) return -EFAULT;
    const answer = consoleRead(reached, <i32>upToPageEnd(buffer, bytes));
    letGoPage(reached);
    return answer;
  }

  /** A line or the part of it that there is room for. */
  private takeLine(buffer: usize, bytes: i32): i32 {
    let done = 0;
    while (done < bytes && this.readEnd != this.lineEnd) {
      const byte = this.byteAt(this.readEnd);
      if (byte == CTRL_D) {
        // Behind other characters it only ends the line; alone it is the end of input.
        this.readEnd++;
        return done;
      }
      if (copyOut(buffer + done, this.addressOf(this.readEnd), 1) != 0) return done > 0 ? done : -EFAULT;
      this.readEnd++;
      done++;
      if (byte == NEWLINE) return done;
    }
    return done > 0 ? done : this.ended ? 0 : -EAGAIN;
  }

  get isReady(): bool {
    return !this.isTerminal || this.readEnd != this.lineEnd || this.ended;
  }

  // --- typing

  /** For the device's interrupt. */
  receive(): void {
    let signal = 0;
    this.lock();
    if (this.isTerminal) signal = this.takeTyped();
    this.changed.wakeAll();
    this.unlock();
    if (signal != 0) raiseInForeground(signal);
  }

  /** Takes what has been typed; the signal that it asks for, or 0. */
  private takeTyped(): i32 {
    let signal = 0;
    while (true) {
      const count = consoleRead(this.page + TYPED, TYPED_BYTES);
      if (count == 0) this.ended = true;
      if (count <= 0) return signal;
      for (let i = 0; i < count; i++) {
        const asked = this.type(load<u8>(this.page + TYPED + i));
        if (asked != 0) signal = asked;
      }
    }
  }

  private type(byte: i32): i32 {
    if (byte == RETURN) byte = NEWLINE;
    if (byte == CTRL_C || byte == CTRL_BACKSLASH) {
      this.typedEnd = this.lineEnd;
      this.echo(0x5e);
      this.echo(byte + 0x40);
      this.echo(NEWLINE);
      return byte == CTRL_C ? SIGINT : SIGQUIT;
    }
    if (byte == BACKSPACE || byte == DELETE) {
      this.erase();
    } else if (byte == CTRL_U) {
      while (this.erase()) {}
    } else if (byte == CTRL_D || byte == NEWLINE) {
      this.endLine(byte);
    } else if (byte >= SPACE || byte == 9) {
      // One place is kept for the end of the line.
      if (this.typedEnd - this.readEnd < CAPACITY - 1) this.append(byte);
    }
    return 0;
  }

  private append(byte: i32): void {
    store<u8>(this.addressOf(this.typedEnd), byte);
    this.typedEnd++;
    this.echo(byte);
  }

  private endLine(byte: i32): void {
    if (this.typedEnd - this.readEnd == CAPACITY) return;
    store<u8>(this.addressOf(this.typedEnd), byte);
    this.typedEnd++;
    this.lineEnd = this.typedEnd;
    if (byte == NEWLINE) this.echo(byte);
  }

  /** Takes the last character of the line back, all bytes of it; whether there was one. */
  private erase(): bool {
    if (this.typedEnd == this.lineEnd) return false;
    this.typedEnd--;
    while (this.typedEnd != this.lineEnd && (this.byteAt(this.typedEnd) & 0xc0) == 0x80) this.typedEnd--;
    this.echo(BACKSPACE);
    this.echo(SPACE);
    this.echo(BACKSPACE);
    return true;
  }

  private echo(byte: i32): void {
    store<u8>(this.page + ECHO, byte);
    consoleWrite(CONSOLE_OUTPUT, this.page + ECHO, 1);
  }

  @inline
  private addressOf(position: u32): usize {
    return this.page + (position & (CAPACITY - 1));
  }

  private byteAt(position: u32): i32 {
    return load<u8>(this.addressOf(position));
  }
}

/** The one that there is; the same on each core. */
export let terminal: Terminal = changetype<Terminal>(0);

export function setTerminal(value: Terminal): void {
  terminal = value;
}

/** The console as an open file. What is written to it comes out on a stream. */
export class TerminalFile extends OpenFile {
  constructor(
    flags: i32,
    private readonly stream: i32,
  ) {
    super(flags);
  }

  read(buffer: usize, bytes: i32): i32 {
    return this.canRead ? terminal.read(buffer, bytes, this.waits) : -EBADF;
  }

  write(buffer: usize, bytes: i32): i32 {
    if (!this.canWrite) return -EBADF;
    let done = 0;
    while (done < bytes) {
      const part = <i32>upToPageEnd(buffer + done, bytes - done);
      const reached = holdPage(buffer + done, false);
      if (reached == 0) return done > 0 ? done : -EFAULT;
      consoleWrite(this.stream, reached, part);
      letGoPage(reached);
      done += part;
    }
    return done;
  }

  status(record: usize): void {
    store<i32>(record, S_IFCHR | 0o620, STAT_MODE);
  }

  get isTerminal(): bool {
    return terminal.isTerminal;
  }

  ready(): i32 {
    return terminal.isReady ? POLLIN | POLLOUT : POLLOUT;
  }

  get changes(): WaitQueue | null {
    return terminal.changed;
  }

  protected close(): void {
    release(this);
  }
}
