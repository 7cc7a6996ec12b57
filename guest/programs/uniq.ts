// uniq [-cdui] [INPUT [OUTPUT]]: leaves lines out that are the same as the one before.

import {
  ByteBuffer,
  Bytes,
  Lines,
  O_CREAT,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  Options,
  Output,
  complain,
  complainOf,
  equalBytes,
  openPath,
  out,
} from '../posix/index';

let counts = false;
let onlyRepeated = false;
let onlyUnique = false;
let ignoreCase = false;

function same(a: ByteBuffer, b: Lines): bool {
  if (a.length != b.length) return false;
  if (!ignoreCase) return equalBytes(a.start, b.start, a.length);
  for (let i = 0; i < a.length; i++) {
    const x = <i32>load<u8>(a.start + i);
    const y = <i32>load<u8>(b.start + i);
    if (x != y && ((x | 0x20) != (y | 0x20) || (x | 0x20) < 0x61 || (x | 0x20) > 0x7a)) return false;
  }
  return true;
}

function show(to: Output, line: ByteBuffer, count: i64): void {
  if (count == 0 || (onlyRepeated && count == 1) || (onlyUnique && count > 1)) return;
  if (counts) to.padded(count, 7).byte(0x20);
  to.raw(line.start, line.length).byte(0x0a);
}

export function main(): i32 {
  const options = new Options('cdui');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x63) counts = true;
    else if (option == 0x64) onlyRepeated = true;
    else if (option == 0x75) onlyUnique = true;
    else if (option == 0x69) ignoreCase = true;
    else return 1;
  }
  const operands = options.operands;
  if (operands.length > 2) return complain(`extra operand '${operands[2]}'`);
  const name = operands.length > 0 ? operands[0] : Bytes.of('-');
  const fd = name.is('-') ? 0 : openPath(name, O_RDONLY);
  if (fd < 0) return complainOf(name, fd);
  let to = out;
  if (operands.length > 1) {
    const target = openPath(operands[1], O_WRONLY | O_CREAT | O_TRUNC);
    if (target < 0) return complainOf(operands[1], target);
    to = new Output(target);
  }
  const lines = new Lines(fd);
  const before = new ByteBuffer();
  let count: i64 = 0;
  while (lines.next()) {
    if (count > 0 && same(before, lines)) {
      count++;
      continue;
    }
    show(to, before, count);
    before.clear();
    before.raw(lines.start, lines.length);
    count = 1;
  }
  show(to, before, count);
  to.flush();
  return lines.error < 0 ? complainOf(name, lines.error) : 0;
}
