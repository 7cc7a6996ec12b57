// time COMMAND [ARGUMENT]...: runs a command, and tells on stderr how long it took and what it has used, in seconds. Its status is the command's.

import {
  Bytes,
  CLOCK_MONOTONIC,
  ENOENT,
  ProcessEnd,
  USAGE_FAULTS,
  USAGE_SYSTEM,
  USAGE_USER,
  argumentBytes,
  clock,
  complain,
  complainOf,
  environmentVariable,
  err,
  findProgram,
  ownEnvironment,
  spawnAt,
} from '../posix/index';

const MICROSECOND: i64 = 1000;
const SECOND: i64 = 1_000_000;

function show(name: string, nanoseconds: i64): void {
  const microseconds = nanoseconds / MICROSECOND;
  err
    .text(name)
    .number(microseconds / SECOND)
    .byte(0x2e);
  const rest = microseconds % SECOND;
  for (let power = SECOND / 10; power > rest && power > 1; power /= 10) err.byte(0x30);
  err.number(rest).byte(0x0a);
}

export function main(): i32 {
  const words = argumentBytes().slice(1);
  if (words.length == 0) return complain('usage: time COMMAND [ARGUMENT]...');
  const searchPath = environmentVariable('PATH');
  const path = findProgram(words[0], searchPath === null ? Bytes.of('/bin') : searchPath);
  if (path === null) return complainOf(words[0], -ENOENT) + 126;
  const before = clock(CLOCK_MONOTONIC);
  const pid = spawnAt(path, words, ownEnvironment());
  if (pid < 0) return complainOf(words[0], pid) + 125;
  const end = new ProcessEnd();
  end.wait(pid);
  const elapsed = clock(CLOCK_MONOTONIC) - before;
  err.byte(0x0a);
  show('real ', elapsed);
  show('user ', load<i64>(end.usage, USAGE_USER));
  show('sys  ', load<i64>(end.usage, USAGE_SYSTEM));
  err.text('page faults ').number(load<i64>(end.usage, USAGE_FAULTS)).byte(0x0a);
  return end.status;
}
