// cut -b LIST | -c LIST | -f LIST [-d BYTE] [-s] [FILE]...: writes parts of lines. A LIST is N, N-M, N-, -M, with commas between them.

import {
  Bytes,
  Lines,
  NOT_A_NUMBER,
  O_RDONLY,
  Options,
  close,
  complain,
  complainOf,
  openPath,
  out,
  parseNumber,
} from '../posix/index';

let fields = false;
let delimiter = 0x09;
let onlyDelimited = false;
const lows: i32[] = [];
const highs: i32[] = [];

function parseList(list: Bytes): bool {
  for (let from = 0; from <= list.length; ) {
    let to = list.indexOf(0x2c, from);
    if (to < 0) to = list.length;
    const part = list.slice(from, to);
    const dash = part.indexOf(0x2d);
    const low = dash < 0 ? parseNumber(part) : dash == 0 ? 1 : parseNumber(part.slice(0, dash));
    const high = dash < 0 ? low : dash + 1 == part.length ? i32.MAX_VALUE : parseNumber(part.slice(dash + 1));
    if (low == NOT_A_NUMBER || high == NOT_A_NUMBER || low < 1 || high < low || part.is('-')) return false;
    lows.push(<i32>low);
    highs.push(<i32>high);
    from = to + 1;
  }
  return true;
}

function isChosen(number: i32): bool {
  for (let i = 0; i < lows.length; i++) if (number >= lows[i] && number <= highs[i]) return true;
  return false;
}

function cutLine(line: Bytes): void {
  if (!fields) {
    for (let i = 0; i < line.length; i++) if (isChosen(i + 1)) out.byte(line[i]);
    out.byte(0x0a);
    return;
  }
  if (line.indexOf(delimiter) < 0) {
    if (!onlyDelimited) out.bytes(line).byte(0x0a);
    return;
  }
  let number = 1;
  let any = false;
  for (let from = 0; from <= line.length; number++) {
    let to = line.indexOf(delimiter, from);
    if (to < 0) to = line.length;
    if (isChosen(number)) {
      if (any) out.byte(delimiter);
      any = true;
      out.raw(line.start + from, to - from);
    }
    from = to + 1;
  }
  out.byte(0x0a);
}

export function main(): i32 {
  const options = new Options('b:c:f:d:s');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x73) onlyDelimited = true;
    else if (option == 0x64) {
      if (options.value.length != 1) return complain('the delimiter must be a single character');
      delimiter = options.value[0];
    } else if (option == 0x62 || option == 0x63 || option == 0x66) {
      fields = option == 0x66;
      if (!parseList(options.value)) return complain(`invalid ${fields ? 'field' : 'byte or character'} range`);
    } else return 1;
  }
  if (lows.length == 0) return complain('you must specify a list of bytes, characters, or fields');
  const files = options.operands;
  if (files.length == 0) files.push(Bytes.of('-'));
  let status = 0;
  for (let i = 0; i < files.length; i++) {
    const fd = files[i].is('-') ? 0 : openPath(files[i], O_RDONLY);
    if (fd < 0) {
      status = complainOf(files[i], fd);
      continue;
    }
    const lines = new Lines(fd);
    while (lines.next()) cutLine(lines.line);
    if (lines.error < 0) status = complainOf(files[i], lines.error);
    lines.free();
    if (fd != 0) close(fd);
  }
  return status;
}
