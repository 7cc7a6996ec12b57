// tee [-a] [FILE]...: copies stdin to stdout and to files.

import {
  CHUNK,
  O_APPEND,
  O_CREAT,
  O_TRUNC,
  O_WRONLY,
  Options,
  complainOf,
  malloc,
  openPath,
  readSome,
  writeAll,
} from '../posix/index';

export function main(): i32 {
  const options = new Options('a');
  let mode = O_TRUNC;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option != 0x61) return 1;
    mode = O_APPEND;
  }
  const targets: i32[] = [1];
  let status = 0;
  for (let i = 0; i < options.operands.length; i++) {
    const fd = openPath(options.operands[i], O_WRONLY | O_CREAT | mode);
    if (fd < 0) status = complainOf(options.operands[i], fd);
    else targets.push(fd);
  }
  const buffer = malloc(CHUNK);
  while (true) {
    const count = readSome(0, buffer, CHUNK);
    if (count < 0) return complainOf('read error', count);
    if (count == 0) return status;
    for (let i = 0; i < targets.length; i++) {
      const error = writeAll(targets[i], buffer, count);
      if (error < 0) status = complainOf('write error', error);
    }
  }
}
