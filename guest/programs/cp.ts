// cp [-rf] SOURCE... TARGET: copies files, with -r directories and all that is in them; into a directory if TARGET is one.

import {
  Bytes,
  CHUNK,
  EEXIST,
  ENOTDIR,
  FileStatus,
  O_CREAT,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  Options,
  baseName,
  close,
  complain,
  complainThat,
  errorText,
  isDirectory,
  joinPath,
  malloc,
  mkdir,
  namesIn,
  openPath,
  readSome,
  writeAll,
} from '../posix/index';

let recursive = false;
const buffer = malloc(CHUNK);

function copyFile(from: Bytes, to: Bytes, mode: i32): i32 {
  const source = openPath(from, O_RDONLY);
  if (source < 0) return complainThat('cannot open', from, source, ' for reading');
  const target = openPath(to, O_WRONLY | O_CREAT | O_TRUNC, mode & 0o777);
  if (target < 0) {
    close(source);
    return complainThat('cannot create regular file', to, target);
  }
  let error = 0;
  while (true) {
    const count = readSome(source, buffer, CHUNK);
    if (count <= 0) {
      error = count;
      break;
    }
    error = writeAll(target, buffer, count);
    if (error < 0) break;
  }
  close(source);
  close(target);
  return error < 0 ? complainThat('error copying', from, error) : 0;
}

function copy(from: Bytes, to: Bytes): i32 {
  const status = new FileStatus();
  const error = status.ofPath(from);
  if (error < 0) return complainThat('cannot stat', from, error);
  const there = new FileStatus();
  if (there.ofPath(to) == 0 && there.inode == status.inode && there.device == status.device) {
    return complain(`'${from}' and '${to}' are the same file`);
  }
  if (!status.isDirectory) return copyFile(from, to, status.mode);
  if (!recursive) return complain(`-r not specified; omitting directory '${from}'`);
  // Before the directory is made: it may be made in this one.
  const names = namesIn(from);
  const made = mkdir(to.start, to.length, status.mode & 0o777);
  if (made < 0 && !(made == -EEXIST && isDirectory(to))) return complainThat('cannot create directory', to, made);
  if (names === null) return complain(`cannot access '${from}'`);
  let failed = 0;
  for (let i = 0; i < names.length; i++) failed |= copy(joinPath(from, names[i]), joinPath(to, names[i]));
  return failed;
}

export function main(): i32 {
  const options = new Options('rRf');
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x72 || option == 0x52) recursive = true;
    else if (option != 0x66) return 1;
  }
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
    status |= copy(operands[i], into ? joinPath(target, baseName(operands[i])) : target);
  }
  return status;
}
