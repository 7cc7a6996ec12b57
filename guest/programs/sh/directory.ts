// The working directory: cd and pwd.

import { ByteBuffer, Bytes, ENOENT, ENOTDIR, PATH_MAX, chdir, errorText, getcwd } from '../../posix/index';
import { report } from './messages';
import { getVariable, setVariable } from './state';

export function currentDirectory(): Bytes {
  const path = new ByteBuffer();
  const length = getcwd(path.reserve(PATH_MAX), PATH_MAX);
  if (length < 0) return Bytes.of('.');
  path.length = length;
  return path.view();
}

/** cd [DIRECTORY]: "-" is the one before, none is $HOME. */
export function changeDirectory(operands: Bytes[], output: ByteBuffer): i32 {
  const before = currentDirectory();
  const isBack = operands.length > 0 && operands[0].is('-');
  let target: Bytes | null = operands.length > 0 ? operands[0] : getVariable(Bytes.of('HOME'));
  if (isBack) target = getVariable(Bytes.of('OLDPWD'));
  if (target === null || target.length == 0) return 0;
  const error = chdir(target.start, target.length);
  if (error < 0) {
    const plain = error == -ENOENT || error == -ENOTDIR;
    report(Bytes.of(`cd: can't cd to ${target}` + (plain ? '' : ': ' + errorText(error))));
    return 2;
  }
  const now = currentDirectory();
  setVariable(Bytes.of('OLDPWD'), before);
  setVariable(Bytes.of('PWD'), now);
  if (isBack) output.bytes(now).byte(0x0a);
  return 0;
}
