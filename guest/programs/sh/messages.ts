// Messages of the shell: "sh: LINE: what is wrong", to what stderr is for the command that runs.

import { ByteBuffer, Bytes, writeAll } from '../../posix/index';
import { currentLine, descriptors, interactive, shellName } from './state';

export function report(message: Bytes): void {
  const text = new ByteBuffer().bytes(shellName).text(': ');
  if (!interactive) text.number(currentLine).text(': ');
  text.bytes(message).byte(0x0a);
  const fd = descriptors.length > 2 ? descriptors[2] : -1;
  if (fd >= 0) writeAll(fd, text.start, text.length);
  text.free();
}
