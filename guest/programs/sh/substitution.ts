// Command substitution: the output of commands, without the newlines at its end.

import { ByteBuffer, Bytes, CHUNK, Pipe, close, readSome } from '../../posix/index';
import { captureBuiltin } from './builtins';
import { startStage } from './pipeline';
import { Parser } from './parser';
import { waitForProcess } from './jobs';
import { descriptors, setDescriptors } from './state';
import { spawnSubshell } from './subshell';
import * as syntax from './syntax';
import { Command } from './syntax';

/** Status of the last substitution, which is that of a command without a name. */
export let substitutionStatus: i32 = 0;

export function clearSubstitutionStatus(): void {
  substitutionStatus = 0;
}

export function substitute(text: Bytes): Bytes {
  const simple = onlyCommand(text);
  if (simple !== null) {
    const output = new ByteBuffer();
    const status = captureBuiltin(simple, output);
    if (status >= 0) {
      substitutionStatus = status;
      return trimmed(output);
    }
  }
  const pipe = new Pipe();
  if (pipe.from < 0) return new Bytes(0, 0);
  const outer = descriptors;
  const table = outer.slice(0);
  while (table.length < 2) table.push(-1);
  table[1] = pipe.to;
  setDescriptors(table);
  const pid = simple !== null ? startStage(simple, -1) : spawnSubshell(text, -1);
  setDescriptors(outer);
  close(pipe.to);
  const output = new ByteBuffer();
  while (true) {
    const count = readSome(pipe.from, output.reserve(CHUNK), CHUNK);
    if (count <= 0) break;
    output.length += count;
  }
  close(pipe.from);
  substitutionStatus = pid > 0 ? waitForProcess(pid) : -pid;
  return trimmed(output);
}

/** The simple command that the text is; null where it is more, or nothing. */
function onlyCommand(text: Bytes): Command | null {
  const parser = new Parser(text);
  const list = parser.next();
  if (list === null || list.parts.length != 1 || list.background[0]) return null;
  const part = list.parts[0];
  if (part.kind != syntax.SIMPLE || part.words.length == 0 || part.assignments.length > 0) return null;
  return parser.next() === null && parser.error === null ? part : null;
}

function trimmed(output: ByteBuffer): Bytes {
  // Zero bytes cannot be in a word.
  let kept = 0;
  for (let i = 0; i < output.length; i++) {
    const byte = load<u8>(output.start + i);
    if (byte != 0) store<u8>(output.start + kept++, byte);
  }
  while (kept > 0 && load<u8>(output.start + kept - 1) == 0x0a) kept--;
  return new Bytes(output.start, kept);
}
