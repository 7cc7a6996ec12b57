// head [-n LINES | -c BYTES | -LINES] [FILE]...: writes the beginning of files.

import {
  Bytes,
  CHUNK,
  NOT_A_NUMBER,
  NUMBER_OPTION,
  O_RDONLY,
  Options,
  SEEK_CUR,
  close,
  complain,
  complainThat,
  findByte,
  lseek,
  malloc,
  openPath,
  out,
  parseNumber,
  readSome,
} from '../posix/index';

let count: i64 = 10;
let inBytes = false;
const buffer = malloc(CHUNK);

/** Writes the beginning of an open file; what was read too much is given back where that is possible. */
function show(fd: i32): i32 {
  let left = count;
  while (left > 0) {
    const length = readSome(fd, buffer, inBytes ? <i32>min<i64>(left, CHUNK) : CHUNK);
    if (length <= 0) return length;
    const end = buffer + length;
    let at = buffer;
    if (inBytes) {
      at = end;
      left -= length;
    } else {
      for (; left > 0 && at < end; left--) {
        const newline = findByte(at, end, 0x0a);
        if (newline == end) {
          at = end;
          break;
        }
        at = newline + 1;
      }
    }
    out.raw(buffer, <i32>(at - buffer));
    if (at < end) lseek(fd, -(<i64>(end - at)), SEEK_CUR);
  }
  return 0;
}

export function main(): i32 {
  const options = new Options('#n:c:qv');
  let names = 0;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x71) names = -1;
    else if (option == 0x76) names = 1;
    else if (option == 0x6e || option == 0x63 || option == NUMBER_OPTION) {
      inBytes = option == 0x63;
      count = parseNumber(options.value);
      if (count == NOT_A_NUMBER || count < 0)
        return complain(`invalid number of ${inBytes ? 'bytes' : 'lines'}: '${options.value}'`);
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
      complainThat('cannot open', files[i], fd, ' for reading');
      status = 1;
      continue;
    }
    if (names > 0 || (names == 0 && files.length > 1)) {
      out
        .text(shown++ > 0 ? '\n==> ' : '==> ')
        .bytes(isInput ? Bytes.of('standard input') : files[i])
        .text(' <==\n');
    }
    const error = show(fd);
    if (error < 0) status = complainThat('error reading', files[i], error);
    if (!isInput) close(fd);
  }
  return status;
}
