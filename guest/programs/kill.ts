// kill [-SIGNAL] PROCESS..., kill -l: the program; the shell's own knows jobs as well.

import { ByteBuffer, argumentBytes, out } from '../posix/index';
import { killProcesses } from './sh/kill';

export function main(): i32 {
  const text = new ByteBuffer();
  const status = killProcesses(argumentBytes(), text);
  out.bytes(text.view());
  return status;
}
