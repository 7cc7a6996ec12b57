// mkdir [-p] DIRECTORY...: makes directories; -p: with those on the way, and without a complaint about one that is there.

import { Bytes, EEXIST, ENOTDIR, Options, complain, complainThat, isDirectory, mkdir } from '../posix/index';

const MODE: i32 = 0o777;

/** Makes a directory with those on the way; returns 0, or 1 after a message. */
function makeWithParents(path: Bytes): i32 {
  for (let at = 1; at <= path.length; at++) {
    const isLast = at == path.length;
    if (!isLast && path[at] != 0x2f) continue;
    const part = path.slice(0, at);
    const error = mkdir(part.start, part.length, MODE);
    if (error == 0 || (error == -EEXIST && isDirectory(part))) continue;
    return complainThat('cannot create directory', part, error == -EEXIST && !isLast ? -ENOTDIR : error);
  }
  return 0;
}

export function main(): i32 {
  const options = new Options('p');
  let parents = false;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option != 0x70) return 1;
    parents = true;
  }
  const operands = options.operands;
  if (operands.length == 0) return complain('missing operand');
  let status = 0;
  for (let i = 0; i < operands.length; i++) {
    const path = operands[i];
    if (parents) {
      status |= makeWithParents(path);
      continue;
    }
    const error = mkdir(path.start, path.length, MODE);
    if (error < 0) status = complainThat('cannot create directory', path, error);
  }
  return status;
}
