// Other processes: starting them, waiting for them, connecting them by pipes.

import { EINTR, ENOENT, O_CLOEXEC, USAGE_BYTES } from './abi';
import { environmentVariable } from './arguments';
import { ByteBuffer } from './byte-buffer';
import { Bytes, bytesOf } from './bytes';
import { joinPath } from './directory';
import { FileStatus } from './file';
import * as posix from './posix';

/** Texts that each end with a zero byte, as spawn and exec want arguments and environment. */
export function zeroTerminated(texts: Bytes[]): ByteBuffer {
  const all = new ByteBuffer();
  for (let i = 0; i < texts.length; i++) all.bytes(texts[i]).byte(0);
  return all;
}

/** The environment as the program itself got it. */
export function ownEnvironment(): ByteBuffer {
  const bytes = posix.processEnvironment(0, 0);
  const all = new ByteBuffer();
  all.reserve(bytes);
  posix.processEnvironment(all.start, bytes);
  all.length = bytes;
  return all;
}

/** Where a command is: the name itself if there is a slash in it, or the first file of that name in the folders of a search path (a:b:c). */
export function findProgram(name: Bytes, searchPath: Bytes): Bytes | null {
  if (name.indexOf(0x2f) >= 0) return name;
  if (name.length == 0) return null;
  const status = new FileStatus();
  let from = 0;
  while (from <= searchPath.length) {
    let to = searchPath.indexOf(0x3a, from);
    if (to < 0) to = searchPath.length;
    const candidate = joinPath(searchPath.slice(from, to), name);
    if (status.ofPath(candidate) == 0 && status.isRegular) return candidate;
    from = to + 1;
  }
  return null;
}

/** Starts a program at a path; returns the process's number or an error. `fds` null: all descriptors that are not O_CLOEXEC. */
export function spawnAt(
  path: Bytes,
  argv: Bytes[],
  environment: ByteBuffer,
  fds: i32[] | null = null,
  group: i32 = -1,
): i32 {
  const args = zeroTerminated(argv);
  const table = fds === null ? <usize>0 : fds.dataStart;
  const count = fds === null ? -1 : fds.length;
  const pid = posix.spawn(
    path.start,
    path.length,
    args.start,
    args.length,
    environment.start,
    environment.length,
    table,
    count,
    group,
  );
  args.free();
  return pid;
}

/** Starts a command, found by PATH, with arguments (the first is the command); returns the process's number or an error. */
export function run(argv: string[], fds: i32[] | null = null): i32 {
  const list = new Array<Bytes>(argv.length);
  for (let i = 0; i < argv.length; i++) list[i] = Bytes.of(argv[i]);
  const searchPath = environmentVariable('PATH');
  const path = findProgram(list[0], searchPath === null ? Bytes.of('/bin') : searchPath);
  if (path === null) return -ENOENT;
  return spawnAt(path, list, ownEnvironment(), fds);
}

/** How a process ended. */
export class ProcessEnd {
  private record: usize = __alloc(8 + USAGE_BYTES);
  /** Number of the process, or why none was waited for: an error number, negated. 0 with WNOHANG: none has ended. */
  pid: i32 = 0;

  /** Waits for a child; -1: for any. Signals do not end the wait. */
  wait(pid: i32, options: i32 = 0): i32 {
    do this.pid = posix.waitpid(pid, this.record, options, this.record + 8);
    while (this.pid == -EINTR);
    return this.pid;
  }

  /** The signal that ended it, or 0. */
  get signal(): i32 {
    return load<i32>(this.record) & 0x7f;
  }
  /** What main returned, or 128 and the signal's number, as shells have it. */
  get status(): i32 {
    return this.signal != 0 ? 128 + this.signal : (load<i32>(this.record) >> 8) & 0xff;
  }
  /** A USAGE_* record. */
  get usage(): usize {
    return this.record + 8;
  }
}

/** The two ends of a pipe, which programs that are started do not inherit by themselves; negative `from`: an error number. */
export class Pipe {
  readonly from: i32;
  readonly to: i32;

  constructor() {
    const ends = __alloc(8);
    const error = posix.pipe(ends, O_CLOEXEC);
    this.from = error < 0 ? error : load<i32>(ends);
    this.to = error < 0 ? error : load<i32>(ends, 4);
  }
}
