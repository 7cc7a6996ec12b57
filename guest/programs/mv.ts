// mv SOURCE... TARGET: gives files and directories other names; into a directory if TARGET is one.

import {
  Bytes,
  EINVAL,
  ENOTDIR,
  FileStatus,
  Options,
  baseName,
  complain,
  errorText,
  isDirectory,
  joinPath,
  rename,
  complainThat,
} from '../posix/index';

function move(from: Bytes, to: Bytes): i32 {
  const error = new FileStatus().ofPath(from);
  if (error < 0) return complainThat('cannot stat', from, error);
  const failed = rename(from.start, from.length, to.start, to.length);
  if (failed == 0) return 0;
  if (failed == -ENOTDIR) return complain(`cannot overwrite non-directory '${to}' with directory '${from}'`);
  if (failed == -EINVAL) return complain(`cannot move '${from}' to a subdirectory of itself, '${to}'`);
  return complain(`cannot move '${from}' to '${to}': ${errorText(failed)}`);
}

export function main(): i32 {
  const options = new Options('f');
  for (let option = options.next(); option != 0; option = options.next()) if (option != 0x66) return 1;
  const operands = options.operands;
  if (operands.length == 0) return complain('missing file operand');
  if (operands.length == 1) return complain(`missing destination file operand after '${operands[0]}'`);
  const target = operands[operands.length - 1];
  const into = isDirectory(target);
  if (operands.length > 2 && !into) {
    const error = new FileStatus().ofPath(target);
    return complain(`target '${target}': ${errorText(error < 0 ? error : ENOTDIR)}`);
  }
  let status = 0;
  for (let i = 0; i + 1 < operands.length; i++) {
    status |= move(operands[i], into ? joinPath(target, baseName(operands[i])) : target);
  }
  return status;
}
