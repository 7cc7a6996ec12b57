// postmark [-n FILES] [-t TRANSACTIONS] [-s LEAST,MOST] [-d SUBDIRECTORIES] [-r SEED] [-b READ] [-c CREATE] [-B BYTES] [DIRECTORY]: the work of a mail server, after
// J. Katcher, "PostMark: A New File System Benchmark" (1997). Files of random sizes are made; each transaction then reads or appends to one, and creates or
// deletes one; in the end all are deleted. Biases of 0 to 10: of ten, so many transactions read (append otherwise), and create (delete otherwise); -1 leaves
// the half out. -B: bytes of a read or write.

import {
  ByteBuffer,
  Bytes,
  CLOCK_MONOTONIC,
  NOT_A_NUMBER,
  O_APPEND,
  O_CREAT,
  O_EXCL,
  O_RDONLY,
  O_WRONLY,
  Options,
  clock,
  close,
  complain,
  complainOf,
  malloc,
  mkdir,
  openPath,
  out,
  parseNumber,
  quit,
  readSome,
  rmdir,
  unlink,
  writeAll,
} from '../posix/index';

let files: i32 = 500;
let transactions: i32 = 500;
let least: i32 = 500;
let most: i32 = 10000;
let subdirectories: i32 = 0;
let seed: u32 = 42;
let readBias: i32 = 5;
let createBias: i32 = 5;
let block: i32 = 512;
let directory: Bytes = new Bytes(0, 0);

/** Number in its name and bytes of each file; -1: there is none at this place. */
let numbers: usize = 0;
let sizes: usize = 0;
let places: i32 = 0;
let living: i32 = 0;
let nextNumber: i32 = 0;
let buffer: usize = 0;

let created: i32 = 0;
let deleted: i32 = 0;
let reads: i32 = 0;
let appends: i32 = 0;
let bytesRead: i64 = 0;
let bytesWritten: i64 = 0;

/** A number below a limit, by xorshift. */
function random(limit: i32): i32 {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return <i32>((<u64>seed * <u64>limit) >> 32);
}

function die(what: Bytes, error: i32): void {
  quit(complainOf(what, error));
}

const path = new ByteBuffer();

/** Directory of the i-th subdirectory. */
function folderPath(i: i32): ByteBuffer {
  path.length = 0;
  path.bytes(directory).byte(0x2f).byte(0x73);
  return path.number(i);
}

function filePath(number: i32): Bytes {
  if (subdirectories > 0) folderPath(number % subdirectories).byte(0x2f);
  else {
    path.length = 0;
    path.bytes(directory).byte(0x2f);
  }
  return path.number(number).view();
}

function writeBytes(fd: i32, bytes: i32): void {
  bytesWritten += bytes;
  while (bytes > 0) {
    const piece = min(bytes, block);
    const error = writeAll(fd, buffer, piece);
    if (error < 0) die(path.view(), error);
    bytes -= piece;
  }
}

function createFile(): void {
  let place = 0;
  if (living == places) return;
  do place = random(places);
  while (load<i32>(numbers + (place << 2)) >= 0);
  const number = nextNumber++;
  const name = filePath(number);
  const fd = openPath(name, O_WRONLY | O_CREAT | O_EXCL);
  if (fd < 0) die(name, fd);
  const size = least + (most > least ? random(most - least + 1) : 0);
  writeBytes(fd, size);
  close(fd);
  store<i32>(numbers + (place << 2), number);
  store<i32>(sizes + (place << 2), size);
  living++;
  created++;
}

/** A place with a file. */
function anyFile(): i32 {
  let place = 0;
  do place = random(places);
  while (load<i32>(numbers + (place << 2)) < 0);
  return place;
}

function deleteFile(place: i32): void {
  const name = filePath(load<i32>(numbers + (place << 2)));
  const error = unlink(name.start, name.length);
  if (error < 0) die(name, error);
  store<i32>(numbers + (place << 2), -1);
  living--;
  deleted++;
}

function readFile(place: i32): void {
  const name = filePath(load<i32>(numbers + (place << 2)));
  const fd = openPath(name, O_RDONLY);
  if (fd < 0) die(name, fd);
  for (let count = readSome(fd, buffer, block); count != 0; count = readSome(fd, buffer, block)) {
    if (count < 0) die(name, count);
    bytesRead += count;
  }
  close(fd);
  reads++;
}

/** Appends up to what the file has room for below the largest size. */
function appendFile(place: i32): void {
  const room = most - load<i32>(sizes + (place << 2));
  if (room <= 0) return;
  const name = filePath(load<i32>(numbers + (place << 2)));
  const fd = openPath(name, O_WRONLY | O_APPEND);
  if (fd < 0) die(name, fd);
  const bytes = 1 + random(room);
  writeBytes(fd, bytes);
  store<i32>(sizes + (place << 2), load<i32>(sizes + (place << 2)) + bytes);
  close(fd);
  appends++;
}

function transaction(): void {
  if (readBias >= 0 && living > 0) {
    const place = anyFile();
    if (random(10) < readBias) readFile(place);
    else appendFile(place);
  }
  if (createBias < 0) return;
  if (random(10) < createBias) createFile();
  else if (living > 0) deleteFile(anyFile());
}

function prepare(): i32 {
  places = files + transactions;
  numbers = malloc(places * 4);
  sizes = malloc(places * 4);
  memory.fill(numbers, 0xff, places * 4);
  buffer = malloc(block);
  for (let i = 0; i < block; i++) store<u8>(buffer + i, 0x20 + random(95));
  for (let i = 0; i < subdirectories; i++) {
    const folder = folderPath(i).view();
    const error = mkdir(folder.start, folder.length, 0o777);
    if (error < 0) return complainOf(folder, error);
  }
  return 0;
}

function parse(option: i32, text: Bytes): bool {
  const comma = text.indexOf(0x2c);
  const value = parseNumber(comma < 0 ? text : text.slice(0, comma));
  const second = comma < 0 ? value : parseNumber(text.slice(comma + 1));
  if (value == NOT_A_NUMBER || second == NOT_A_NUMBER || comma >= 0 != (option == 0x73)) return false;
  const isBias = option == 0x62 || option == 0x63;
  const floor: i64 = isBias ? -1 : option == 0x64 || option == 0x74 ? 0 : 1;
  if (value < floor || second < value || second > (isBias ? 10 : 100000000)) return false;
  const number = <i32>value;
  if (option == 0x6e) files = number;
  else if (option == 0x74) transactions = number;
  else if (option == 0x64) subdirectories = number;
  else if (option == 0x72) seed = number;
  else if (option == 0x62) readBias = number;
  else if (option == 0x63) createBias = number;
  else if (option == 0x42) block = number;
  else {
    least = number;
    most = <i32>second;
  }
  return true;
}

export function main(): i32 {
  const options = new Options('n:t:s:d:r:b:c:B:');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x3f) return 2;
    if (!parse(option, options.value)) return complain(`not a value of that option: ${options.value}`);
  }
  directory = options.operands.length > 0 ? options.operands[0] : Bytes.of('.');
  const failed = prepare();
  if (failed != 0) return failed;
  const begin = clock(CLOCK_MONOTONIC);
  for (let i = 0; i < files; i++) createFile();
  const made = clock(CLOCK_MONOTONIC);
  const createdAlone = created;
  for (let i = 0; i < transactions; i++) transaction();
  const done = clock(CLOCK_MONOTONIC);
  const deletedMixed = deleted;
  for (let place = 0; place < places; place++) if (load<i32>(numbers + (place << 2)) >= 0) deleteFile(place);
  for (let i = 0; i < subdirectories; i++) {
    const folder = folderPath(i).view();
    rmdir(folder.start, folder.length);
  }
  report(begin, made, done, clock(CLOCK_MONOTONIC), createdAlone, deletedMixed);
  return 0;
}

/** How many in a second. */
function rate(count: i64, nanoseconds: i64): i64 {
  return nanoseconds == 0 ? 0 : (count * 1000000000) / nanoseconds;
}

function counted(indent: string, count: i64, what: string, nanoseconds: i64): void {
  out.text(indent).number(count).text(what).text(' (').number(rate(count, nanoseconds)).line(' per second)');
}

/** Seconds with six digits. */
function seconds(nanoseconds: i64, what: string): Bytes {
  const text = new ByteBuffer()
    .byte(0x09)
    .number(nanoseconds / 1000000000)
    .byte(0x2e);
  const micros = (nanoseconds / 1000) % 1000000;
  for (let digit: i64 = 100000; digit > 0; digit /= 10) text.byte(0x30 + <i32>((micros / digit) % 10));
  return text.text(what).view();
}

function report(begin: i64, made: i64, done: i64, end: i64, createdAlone: i32, deletedMixed: i32): void {
  const all = end - begin;
  const mixed = done - made;
  out.line('Time:').bytes(seconds(all, ' seconds total')).line();
  out.bytes(seconds(mixed, ' seconds of transactions'));
  out.text(' (').number(rate(transactions, mixed)).line(' per second)');
  out.line().line('Files:');
  counted('\t', created, ' created', all);
  counted('\t\tCreation alone: ', createdAlone, ' files', made - begin);
  counted('\t\tMixed with transactions: ', created - createdAlone, ' files', mixed);
  counted('\t', reads, ' read', mixed);
  counted('\t', appends, ' appended', mixed);
  counted('\t', deleted, ' deleted', all);
  counted('\t\tDeletion alone: ', deleted - deletedMixed, ' files', end - done);
  counted('\t\tMixed with transactions: ', deletedMixed, ' files', mixed);
  out.line().line('Data:');
  counted('\t', bytesRead, ' bytes read', all);
  counted('\t', bytesWritten, ' bytes written', all);
}
