// tail [-n [+]LINES | -c [+]BYTES | -LINES] [FILE]...: writes the end of files, or what is behind their first lines. Each is read into memory.

import {
  ByteBuffer,
  Bytes,
  NOT_A_NUMBER,
  NUMBER_OPTION,
  O_RDONLY,
  Options,
  behindLastByte,
  close,
  complain,
  complainThat,
  findByte,
  openPath,
  out,
  parseNumber,
  readAll,
} from '../posix/index';

let count: i64 = 10;
let inBytes = false;
let fromStart = false;

/** Where the part begins that is written. */
function beginning(start: usize, end: usize): usize {
  const length = <i64>(end - start);
  if (inBytes)
    return fromStart ? start + <usize>min<i64>(max<i64>(count - 1, 0), length) : end - <usize>min<i64>(count, length);
  let at: usize;
  if (fromStart) {
    at = start;
    for (let line: i64 = 1; line < count && at < end; line++) at = min(findByte(at, end, 0x0a) + 1, end);
    return at;
  }
  at = end;
  // The newline at the very end ends the last line: it begins no other.
  if (at > start && count > 0) at--;
  for (let line: i64 = 0; line < count; line++) {
    at = behindLastByte(start, at, 0x0a);
    if (at == start) return start;
    if (line + 1 < count) at--;
  }
  return at;
}

export function main(): i32 {
  const options = new Options('#n:c:q');
  let quiet = false;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x71) quiet = true;
    else if (option == 0x6e || option == 0x63 || option == NUMBER_OPTION) {
      inBytes = option == 0x63;
      fromStart = options.value.startsWith('+');
      count = parseNumber(options.value);
      if (count == NOT_A_NUMBER)
        return complain(`invalid number of ${inBytes ? 'bytes' : 'lines'}: '${options.value}'`);
      if (count < 0) count = -count;
    } else return 1;
  }
  const files = options.operands;
  if (files.length == 0) files.push(Bytes.of('-'));
  let status = 0;
  let shown = 0;
  for (let i = 0; i < files.length; i++) {
    const isInput = files[i].is('-');
    const fd = isInput ? 0 : openPath(files[i], O_RDONLY);
    if (fd < 0) {
      out.flush();
      status = complainThat('cannot open', files[i], fd, ' for reading');
      continue;
    }
    if (files.length > 1 && !quiet) {
      out
        .text(shown++ > 0 ? '\n==> ' : '==> ')
        .bytes(isInput ? Bytes.of('standard input') : files[i])
        .text(' <==\n');
    }
    const contents = new ByteBuffer();
    const error = readAll(fd, contents);
    if (error < 0) status = complainThat('error reading', files[i], error);
    const end = contents.start + contents.length;
    const start = beginning(contents.start, end);
    out.raw(start, <i32>(end - start));
    contents.free();
    if (!isInput) close(fd);
  }
  return status;
}
