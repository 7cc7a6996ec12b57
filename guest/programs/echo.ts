// echo [-n] [WORD]...: writes its arguments, with blanks between them.

import { argumentBytes, out } from '../posix/index';

export function main(): i32 {
  const words = argumentBytes();
  const newline = !(words.length > 1 && words[1].is('-n'));
  const first = newline ? 1 : 2;
  for (let i = first; i < words.length; i++) {
    if (i > first) out.byte(0x20);
    out.bytes(words[i]);
  }
  if (newline) out.byte(0x0a);
  return 0;
}
