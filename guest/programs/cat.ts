// cat [FILE]...: writes files one after the other; "-" or none at all: stdin.

import {
  Bytes,
  CHUNK,
  O_RDONLY,
  Options,
  close,
  complainOf,
  malloc,
  openPath,
  readSome,
  writeAll,
} from '../posix/index';

const buffer = malloc(CHUNK);

function copy(fd: i32, name: Bytes): i32 {
  while (true) {
    const count = readSome(fd, buffer, CHUNK);
    if (count == 0) return 0;
    if (count < 0) return complainOf(name, count);
    const error = writeAll(1, buffer, count);
    if (error != 0) return complainOf('write error', error);
  }
}

export function main(): i32 {
  const options = new Options('u');
  for (let option = options.next(); option != 0; option = options.next()) if (option != 0x75) return 1;
  const files = options.operands;
  if (files.length == 0) return copy(0, Bytes.of('-'));
  let status = 0;
  for (let i = 0; i < files.length; i++) {
    if (files[i].is('-')) {
      status |= copy(0, files[i]);
      continue;
    }
    const fd = openPath(files[i], O_RDONLY);
    if (fd < 0) {
      status = complainOf(files[i], fd);
      continue;
    }
    status |= copy(fd, files[i]);
    close(fd);
  }
  return status;
}
