// rm [-rf] PATH...: removes files, with -r directories and all that is in them.

import {
  Bytes,
  EISDIR,
  ENOENT,
  FileStatus,
  Options,
  baseName,
  complain,
  complainThat,
  joinPath,
  namesIn,
  rmdir,
  unlink,
} from '../posix/index';

let recursive = false;
let force = false;

/** Removes what is at a path; returns 0, or 1 after a message. */
function remove(path: Bytes): i32 {
  const status = new FileStatus();
  const error = status.ofPath(path);
  if (error == -ENOENT && force) return 0;
  if (error < 0) return complainThat('cannot remove', path, error);
  if (!status.isDirectory) return answer(path, unlink(path.start, path.length));
  if (!recursive) return complainThat('cannot remove', path, -EISDIR);
  const names = namesIn(path);
  let failed = 0;
  if (names !== null) for (let i = 0; i < names.length; i++) failed |= remove(joinPath(path, names[i]));
  return failed | answer(path, rmdir(path.start, path.length));
}

function answer(path: Bytes, error: i32): i32 {
  return error < 0 ? complainThat('cannot remove', path, error) : 0;
}

export function main(): i32 {
  const options = new Options('rRf');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x72 || option == 0x52) recursive = true;
    else if (option == 0x66) force = true;
    else return 1;
  }
  const operands = options.operands;
  if (operands.length == 0 && !force) return complain('missing operand');
  let status = 0;
  for (let i = 0; i < operands.length; i++) {
    const last = baseName(operands[i]);
    if (last.is('.') || last.is('..'))
      status = complain(`refusing to remove '.' or '..' directory: skipping '${operands[i]}'`);
    else status |= remove(operands[i]);
  }
  return status;
}
