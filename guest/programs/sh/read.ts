// read [-r] NAME...: reads one line from stdin, not a byte more, since what follows belongs to the next command.

import { ByteBuffer, Bytes, SEEK_CUR, lseek, readSome } from '../../posix/index';
import { descriptors, fieldSeparators, setVariable } from './state';

const BLOCK: i32 = 512;

/** Appends the next line without its newline; false at the end of the file. */
function nextLine(fd: i32, line: ByteBuffer): bool {
  // What was read too much can be given back where the file has an offset.
  const canSeek = lseek(fd, 0, SEEK_CUR) >= 0;
  while (true) {
    const want = canSeek ? BLOCK : 1;
    const count = readSome(fd, line.reserve(want), want);
    if (count <= 0) return false;
    const added = new Bytes(line.start + line.length, count);
    const newline = added.indexOf(0x0a);
    if (newline >= 0) {
      if (newline + 1 < count) lseek(fd, newline + 1 - count, SEEK_CUR);
      line.length += newline;
      return true;
    }
    line.length += count;
  }
}

export function readLine(operands: Bytes[]): i32 {
  let raw = false;
  if (operands.length > 0 && operands[0].is('-r')) {
    raw = true;
    operands = operands.slice(1);
  }
  const fd = descriptors[0];
  if (fd < 0) return 1;
  const line = new ByteBuffer();
  let complete = nextLine(fd, line);
  while (complete && !raw && endsInBackslash(line)) {
    line.length--;
    complete = nextLine(fd, line);
  }
  assign(operands, line.view(), raw);
  return complete ? 0 : 1;
}

function endsInBackslash(line: ByteBuffer): bool {
  let count = 0;
  while (count < line.length && load<u8>(line.start + line.length - 1 - count) == 0x5c) count++;
  return (count & 1) == 1;
}

function isBlank(byte: i32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a;
}

/** Gives each name a field, and the last one all that is left. */
function assign(names: Bytes[], line: Bytes, raw: bool): void {
  const separators = fieldSeparators();
  let at = skipBlanks(line, 0, separators);
  for (let i = 0; i < names.length; i++) {
    const isLast = i + 1 == names.length;
    const value = new ByteBuffer();
    let kept = 0;
    while (at < line.length) {
      const byte = line[at];
      if (byte == 0x5c && !raw && at + 1 < line.length) {
        value.byte(line[at + 1]);
        kept = value.length;
        at += 2;
        continue;
      }
      const separates = separators.indexOf(byte) >= 0;
      if (separates && !isLast) break;
      value.byte(byte);
      if (!separates || !isBlank(byte)) kept = value.length;
      at++;
    }
    // Blanks at the end of the line are no part of the last field.
    value.length = kept;
    setVariable(names[i], value.view());
    at = skipBlanks(line, at, separators);
    if (at < line.length && separators.indexOf(line[at]) >= 0 && !isBlank(line[at]))
      at = skipBlanks(line, at + 1, separators);
  }
}

function skipBlanks(line: Bytes, from: i32, separators: Bytes): i32 {
  let at = from;
  while (at < line.length && isBlank(line[at]) && separators.indexOf(line[at]) >= 0) at++;
  return at;
}
