// One file that many threads read, write, cut off and map at the same time, into memory that others map anew meanwhile. A piece that is written at
// once is read as it was written by one of them: all its bytes are the same. And reading together takes not much longer than reading alone.
import {
  Bytes,
  clock,
  CLOCK_MONOTONIC,
  close,
  cores,
  EFAULT,
  ftruncate,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_PRIVATE,
  MAP_SHARED,
  mmap,
  O_CREAT,
  O_RDWR,
  open,
  pread,
  PROT_READ,
  PROT_WRITE,
  pwrite,
  Thread,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

const PIECE: i32 = 3 * 4096;
const PIECES: i32 = 6;
const ROUNDS: i32 = 60;
const FILE_BYTES: i32 = 1 << 18;

let file: i32 = 0;
/** The first piece of the file, which is never cut off. */
let mapped: usize = 0;
/** Memory that all read into, and that is mapped anew. */
let common: usize = 0;

function memoryFor(bytes: i32, at: usize = 0): usize {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | (at == 0 ? 0 : MAP_FIXED);
  const address = mmap(at, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
  check(address > 0, 'memory');
  return address;
}

function isOneWriters(piece: usize, bytes: i32): bool {
  for (let i = 8; i < bytes; i += 8) if (load<u64>(piece + i) != load<u64>(piece)) return false;
  return true;
}

/** What a thread does: it has a number, and its own random numbers. */
function change(thread: i32): i32 {
  const own = memoryFor(PIECE);
  let random = <u32>thread * 2654435761 + 1;
  for (let round = 0; round < ROUNDS; round++) {
    random = random * 1664525 + 1013904223;
    const piece = <i32>((random >> 8) % PIECES);
    const choice = (random >> 16) % 8;
    if (choice <= 3) {
      const bytes = pread(file, own, PIECE, <i64>piece * PIECE);
      check(bytes >= 0 && (bytes & 4095) == 0, 'a piece is read in whole pages');
      check(isOneWriters(own, bytes), 'a piece is that of one writer');
    } else if (choice <= 5) {
      memory.fill(own, <u8>(random >> 24), PIECE);
      same(pwrite(file, own, PIECE, <i64>piece * PIECE), PIECE, 'a piece is written');
    } else if (choice == 6) {
      same(ftruncate(file, <i64>(1 + piece) * PIECE), 0, 'the file is cut off');
      check(isOneWriters(mapped, 1), 'the first piece stays mapped');
    } else if (piece == 0) {
      memoryFor(PIECE, common);
    } else {
      const bytes = pread(file, common, PIECE, 0);
      check((bytes > 0 && (bytes & 4095) == 0) || bytes == -EFAULT, 'memory that others map anew');
    }
  }
  return 0;
}

function together(count: i32, what: (thread: i32) => i32): i64 {
  const threads = new Array<Thread>(count);
  const before = clock(CLOCK_MONOTONIC);
  for (let i = 0; i < count; i++) threads[i] = Thread.start(what, i, i % cores());
  for (let i = 0; i < count; i++) same(threads[i].join(), 0, 'a thread');
  return clock(CLOCK_MONOTONIC) - before;
}

/** Against a model that is an array: what is there after all that. */
function followsModel(): void {
  const model = memoryFor(PIECES * PIECE);
  const found = memoryFor(PIECES * PIECE);
  same(ftruncate(file, 0), 0, 'the file is empty');
  for (let piece = PIECES - 1; piece >= 0; piece -= 2) {
    memory.fill(model + piece * PIECE, <u8>(piece + 1), PIECE);
    same(pwrite(file, model + piece * PIECE, PIECE, <i64>piece * PIECE), PIECE, 'a piece behind a hole');
  }
  same(pread(file, found, PIECES * PIECE, 0), PIECES * PIECE, 'the whole file');
  same(memory.compare(found, model, PIECES * PIECE), 0, 'the file is as the model');
}

function readAll(thread: i32): i32 {
  const own = memoryFor(1 << 16);
  for (let round = 0; round < 4; round++) {
    for (let at = 0; at < FILE_BYTES; at += 1 << 16) {
      if (pread(file, own, 1 << 16, at) != 1 << 16) return thread + 1;
    }
  }
  return 0;
}

/** On as many cores as there are, each of which reads as much as one alone did. */
function readingTogether(): void {
  const text = memoryFor(FILE_BYTES);
  memory.fill(text, 0x61, FILE_BYTES);
  same(pwrite(file, text, FILE_BYTES, 0), FILE_BYTES, 'a large file');
  const alone = together(1, readAll);
  const all = together(cores(), readAll);
  check(all < 2 * alone, 'cores that read one file do not wait for each other');
}

export function checkSharing(): void {
  const path = Bytes.of('/tmp/shared');
  file = open(path.start, path.length, O_CREAT | O_RDWR, 0o644);
  check(file >= 0, 'open');
  same(ftruncate(file, PIECE), 0, 'the first piece');
  mapped = mmap(0, PIECE, PROT_READ, MAP_SHARED, file, 0);
  check(<i32>mapped > 0, 'mmap of a file');
  common = memoryFor(PIECE);
  together(2 * cores(), change);
  followsModel();
  readingTogether();
  close(file);
}
