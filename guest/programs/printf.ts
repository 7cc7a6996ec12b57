// printf FORMAT [ARGUMENT]...: the program; the shell has the same built in.

import { ByteBuffer, argumentBytes, complain, out } from '../posix/index';
import { printf, printfError } from './sh/printf';

export function main(): i32 {
  const operands = argumentBytes().slice(1);
  if (operands.length == 0) return complain('usage: printf format [arg ...]');
  const text = new ByteBuffer();
  const status = printf(operands, text);
  out.bytes(text.view());
  return status == 0 ? 0 : complain(printfError);
}
