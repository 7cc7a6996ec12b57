// wc [-lwc] [FILE]...: counts lines, words and bytes of files; "-" or none at all: stdin.
//
// A word begins with a byte that can be printed in the C locale: other bytes than those of ASCII neither begin nor end one, as GNU wc has it.

import {
  Bytes,
  CHUNK,
  FileStatus,
  O_RDONLY,
  Options,
  close,
  complainOf,
  countByte,
  malloc,
  openPath,
  out,
  readSome,
} from '../posix/index';

const buffer = malloc(CHUNK);

let showLines = false;
let showWords = false;
let showBytes = false;
let width = 1;

let lines: i64 = 0;
let words: i64 = 0;
let bytes: i64 = 0;

/** 1 for the bytes that stand between words. */
const blanks = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
]);

@inline
function isBlank(byte: u8): bool {
  return byte <= 0x20 && load<u8>(blanks + byte) != 0;
}

@inline
function isPrinted(byte: u8): bool {
  return byte > 0x20 && byte < 0x7f;
}

/** Counts an open file; returns 0 or an error. */
function count(fd: i32): i32 {
  lines = 0;
  words = 0;
  bytes = 0;
  let inWord = false;
  while (true) {
    const length = readSome(fd, buffer, CHUNK);
    if (length <= 0) return length;
    bytes += length;
    const end = buffer + length;
    if (showLines) lines += countByte(buffer, end, 0x0a);
    if (!showWords) continue;
    let begun = 0;
    for (let at = buffer; at < end; at++) {
      const byte = load<u8>(at);
      if (isPrinted(byte)) {
        if (!inWord) begun++;
        inWord = true;
      } else if (isBlank(byte)) inWord = false;
    }
    words += begun;
  }
}

let columns = 0;

function column(value: i64): void {
  if (columns++ > 0) out.byte(0x20);
  out.padded(value, width);
}

function show(name: Bytes | null): void {
  columns = 0;
  if (showLines) column(lines);
  if (showWords) column(words);
  if (showBytes) column(bytes);
  if (name !== null) out.byte(0x20).bytes(name);
  out.line();
}

/** Columns are as wide as the sizes of the files together, and at least 7 where some size is not known, as GNU wc has it. */
function chooseWidth(files: Bytes[]): void {
  const shown = i32(showLines) + i32(showWords) + i32(showBytes);
  if (files.length <= 1 && shown == 1) return;
  let total: i64 = 0;
  let least = 1;
  const status = new FileStatus();
  for (let i = 0; i < max(files.length, 1); i++) {
    const error = files.length == 0 || files[i].is('-') ? status.ofDescriptor(0) : status.ofPath(files[i]);
    if (error != 0) continue;
    if (status.isRegular) total += status.size;
    else least = 7;
  }
  width = 1;
  for (; total >= 10; total /= 10) width++;
  width = max(width, least);
}

export function main(): i32 {
  const options = new Options('lwc');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x6c) showLines = true;
    else if (option == 0x77) showWords = true;
    else if (option == 0x63) showBytes = true;
    else return 1;
  }
  if (!showLines && !showWords && !showBytes) {
    showLines = true;
    showWords = true;
    showBytes = true;
  }
  const files = options.operands;
  chooseWidth(files);
  if (files.length == 0) {
    const error = count(0);
    show(null);
    return error == 0 ? 0 : complainOf('-', error);
  }
  let status = 0;
  let allLines: i64 = 0;
  let allWords: i64 = 0;
  let allBytes: i64 = 0;
  for (let i = 0; i < files.length; i++) {
    const isInput = files[i].is('-');
    const fd = isInput ? 0 : openPath(files[i], O_RDONLY);
    const error = fd < 0 ? fd : count(fd);
    if (error != 0) status = complainOf(files[i], error);
    if (fd < 0) continue;
    show(files[i]);
    if (!isInput) close(fd);
    allLines += lines;
    allWords += words;
    allBytes += bytes;
  }
  if (files.length > 1) {
    lines = allLines;
    words = allWords;
    bytes = allBytes;
    show(Bytes.of('total'));
  }
  return status;
}
