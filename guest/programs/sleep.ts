// sleep SECONDS: waits for a time, which may have a fraction.

import { argumentBytes, complain, nanosleep } from '../posix/index';

export function main(): i32 {
  const words = argumentBytes();
  if (words.length != 2) return complain(words.length < 2 ? 'missing operand' : `extra operand '${words[2]}'`);
  const seconds = F64.parseFloat(words[1].toString());
  if (!(seconds >= 0)) return complain(`invalid time interval '${words[1]}'`);
  nanosleep(<i64>(seconds * 1e9));
  return 0;
}
