// sort [-bcfnrsu] [-k KEY]... [-t BYTE] [-o FILE] [FILE]...: sorts lines in the order of their bytes, or by keys.
//
// Everything is read into memory. A line is a record with a rank, which decides most comparisons without looking at the line; records are merged.

import {
  ByteBuffer,
  Bytes,
  O_CREAT,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  Options,
  Output,
  close,
  compareBytes,
  complain,
  complainOf,
  countByte,
  findByte,
  malloc,
  openPath,
  out,
  programName,
  err,
  readAll,
} from '../posix/index';
import { Key, compareByKey, parseKey, rank, setSeparator } from './sort/keys';

/** A record: rank (u64), address (u32), length (i32). */
const RECORD_BYTES: i32 = 16;
const RUN: i32 = 12;

let keys: Key[] = [];
let whole: Key = new Key();
let unique = false;
let stable = false;
let checkOnly = false;
let target: Bytes | null = null;
/** The only key is the whole line in the order of its bytes: its rank is most of what there is to compare. */
let plain = false;

/** Order of two records. */
function compare(a: usize, b: usize): i32 {
  const aRank = load<u64>(a);
  const bRank = load<u64>(b);
  if (aRank != bRank) return aRank < bRank ? -1 : 1;
  const aLine: usize = load<u32>(a, 8);
  const bLine: usize = load<u32>(b, 8);
  const aLength = load<i32>(a, 12);
  const bLength = load<i32>(b, 12);
  if (plain) {
    // The first eight bytes are the same, or those of the shorter line and zeroes.
    const order = compareBytes(aLine, aLength, bLine, bLength);
    return whole.reverse ? -order : order;
  }
  for (let i = 0; i < keys.length; i++) {
    const order = compareByKey(keys[i], aLine, aLength, bLine, bLength);
    if (order != 0) return order;
  }
  if (unique || stable) return 0;
  const order = compareBytes(aLine, aLength, bLine, bLength);
  return whole.reverse ? -order : order;
}

@inline
function copyRecord(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

const held = memory.data(16, 8);

function insertionSort(start: usize, count: i32): void {
  for (let i = 1; i < count; i++) {
    let at = start + i * RECORD_BYTES;
    if (compare(at - RECORD_BYTES, at) <= 0) continue;
    copyRecord(held, at);
    do {
      copyRecord(at, at - RECORD_BYTES);
      at -= RECORD_BYTES;
    } while (at > start && compare(at - RECORD_BYTES, held) > 0);
    copyRecord(at, held);
  }
}

/** Sorts records in place, with as much room for half of them at `spare`. Equal ones keep their order. */
function mergeSort(start: usize, count: i32, spare: usize): void {
  if (count <= RUN) {
    insertionSort(start, count);
    return;
  }
  const half = count >> 1;
  let right = start + half * RECORD_BYTES;
  const rightEnd = start + count * RECORD_BYTES;
  mergeSort(start, half, spare);
  mergeSort(right, count - half, spare);
  if (compare(right - RECORD_BYTES, right) <= 0) return;
  memory.copy(spare, start, half * RECORD_BYTES);
  let left = spare;
  const leftEnd = spare + half * RECORD_BYTES;
  let to = start;
  while (left < leftEnd && right < rightEnd) {
    if (compare(right, left) < 0) {
      copyRecord(to, right);
      right += RECORD_BYTES;
    } else {
      copyRecord(to, left);
      left += RECORD_BYTES;
    }
    to += RECORD_BYTES;
  }
  memory.copy(to, left, leftEnd - left);
}

/** Appends a file, and a newline where its last line has none. */
function readInto(all: ByteBuffer, name: Bytes): bool {
  const isInput = name.is('-');
  const fd = isInput ? 0 : openPath(name, O_RDONLY);
  const before = all.length;
  const error = fd < 0 ? fd : readAll(fd, all);
  if (error < 0) {
    complainOf(fd < 0 ? `cannot read: ${name}` : `read failed: ${name}`, error);
    return false;
  }
  if (!isInput) close(fd);
  if (all.length > before && load<u8>(all.start + all.length - 1) != 0x0a) all.byte(0x0a);
  return true;
}

function readOptions(options: Options): i32 {
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x75) unique = true;
    else if (option == 0x73) stable = true;
    else if (option == 0x63) checkOnly = true;
    else if (option == 0x6f) target = options.value;
    else if (option == 0x74) {
      if (options.value.length != 1) {
        complain(`multi-character tab '${options.value}'`);
        return 2;
      }
      setSeparator(options.value[0]);
    } else if (option == 0x6b) {
      const key = parseKey(options.value);
      if (key === null) {
        complain(`invalid field specification '${options.value}'`);
        return 2;
      }
      keys.push(key);
    } else if (!whole.letter(option, false)) return 2;
  }
  return 0;
}

/** General letters hold for keys without any of their own; without keys the line is the key. */
function completeKeys(): void {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (key.own) continue;
    key.numeric = whole.numeric;
    key.reverse = whole.reverse;
    key.fold = whole.fold;
    key.skipBlanks = whole.skipBlanks;
    key.skipBlanksAtEnd = whole.skipBlanks;
  }
  plain = keys.length == 0 && !whole.numeric && !whole.fold && !whole.skipBlanks;
  if (keys.length == 0) keys.push(whole);
}

/** Makes records of the lines; returns their address, 0 where memory is exhausted. */
function makeRecords(all: ByteBuffer, count: i32): usize {
  const records = malloc(max(count, 1) * RECORD_BYTES);
  if (records == 0) return 0;
  const end = all.start + all.length;
  let to = records;
  for (let line = all.start; line < end; ) {
    const newline = findByte(line, end, 0x0a);
    const length = <i32>(newline - line);
    store<u64>(to, rank(keys[0], line, length));
    store<u32>(to, <u32>line, 8);
    store<i32>(to, length, 12);
    to += RECORD_BYTES;
    line = newline + 1;
  }
  return records;
}

function check(records: usize, count: i32, name: Bytes): i32 {
  for (let i = 1; i < count; i++) {
    const record = records + i * RECORD_BYTES;
    const order = compare(record - RECORD_BYTES, record);
    if (order < 0 || (order == 0 && !unique)) continue;
    err
      .bytes(programName())
      .text(': ')
      .bytes(name)
      .text(':')
      .number(i + 1)
      .text(': disorder: ');
    err.raw(load<u32>(record, 8), load<i32>(record, 12)).byte(0x0a);
    return 1;
  }
  return 0;
}

function write(records: usize, count: i32, to: Output): void {
  for (let i = 0; i < count; i++) {
    const record = records + i * RECORD_BYTES;
    if (unique && i > 0 && compare(record - RECORD_BYTES, record) == 0) continue;
    // With the newline behind it.
    to.raw(load<u32>(record, 8), load<i32>(record, 12) + 1);
  }
}

export function main(): i32 {
  const options = new Options('bcfnrsuk:t:o:');
  if (readOptions(options) != 0) return 2;
  completeKeys();
  const files = options.operands;
  if (files.length == 0) files.push(Bytes.of('-'));
  const all = new ByteBuffer();
  for (let i = 0; i < files.length; i++) if (!readInto(all, files[i])) return 2;
  const count = countByte(all.start, all.start + all.length, 0x0a);
  const records = makeRecords(all, count);
  if (records == 0) return complain('memory exhausted') + 1;
  if (checkOnly) return check(records, count, files[0]);
  const spare = malloc(((count >> 1) + 1) * RECORD_BYTES);
  if (spare == 0) return complain('memory exhausted') + 1;
  mergeSort(records, count, spare);
  const name = target;
  if (name === null) {
    write(records, count, out);
    return 0;
  }
  const fd = openPath(name, O_WRONLY | O_CREAT | O_TRUNC);
  if (fd < 0) return complainOf(`open failed: ${name}`, fd) + 1;
  const file = new Output(fd);
  write(records, count, file);
  return file.flush() == 0 ? 0 : 2;
}
