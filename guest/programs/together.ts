// together [-n COUNT] COMMAND [ARGUMENT]...: runs a command many times at once, one on each CPU, all let go at the same moment. {} in its words is the
// number of the copy, from 0 on. Writes how long the copies took, from when they were let go to when each had ended; ends with status 1 where one failed.
//
// Each copy is first this program again, which waits on its CPU for the end of a pipe (-w) and then becomes the command.

import {
  ByteBuffer,
  Bytes,
  CLOCK_MONOTONIC,
  NOT_A_NUMBER,
  Options,
  Pipe,
  ProcessEnd,
  argumentBytes,
  clock,
  close,
  complain,
  complainOf,
  cores,
  environmentVariable,
  exec,
  findProgram,
  malloc,
  out,
  ownEnvironment,
  parseNumber,
  readSome,
  spawnAt,
  threadAffinity,
  zeroTerminated,
} from '../posix/index';

/** Descriptor of the pipe that a copy waits for. */
const GATE: i32 = 3;

/** A word with the copy's number in the place of each {}. */
function withNumber(word: Bytes, number: i32): Bytes {
  const made = new ByteBuffer();
  for (let i = 0; i < word.length; i++) {
    if (word[i] == 0x7b && i + 1 < word.length && word[i + 1] == 0x7d) {
      made.number(number);
      i++;
    } else made.byte(word[i]);
  }
  return made.view();
}

/** The file of a command, or null after a message. */
function fileOf(command: Bytes): Bytes | null {
  const searchPath = environmentVariable('PATH');
  const path = findProgram(command, searchPath === null ? Bytes.of('/bin') : searchPath);
  if (path === null) complain(`${command}: not found`);
  return path;
}

/** A copy, before it is the command. */
function becomeCopy(number: i32, words: Bytes[]): i32 {
  threadAffinity(0, number % cores());
  const own = new Array<Bytes>(words.length);
  for (let i = 0; i < words.length; i++) own[i] = withNumber(words[i], number);
  const path = fileOf(own[0]);
  if (path === null) return 127;
  const args = zeroTerminated(own);
  const environment = ownEnvironment();
  const byte = malloc(1);
  while (readSome(GATE, byte, 1) > 0);
  close(GATE);
  const error = exec(path.start, path.length, args.start, args.length, environment.start, environment.length);
  complainOf(own[0], error);
  return 126;
}

export function main(): i32 {
  const options = new Options('+n:w:');
  let count = cores();
  let copy = -1;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option != 0x6e && option != 0x77) return 2;
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < 0 || value > 1024) return complain(`not a number: ${options.value}`);
    if (option == 0x6e) count = <i32>value;
    else copy = <i32>value;
  }
  const words = options.operands;
  if (words.length == 0 || count < 1) return complain('usage: together [-n COUNT] COMMAND [ARGUMENT]...');
  return copy >= 0 ? becomeCopy(copy, words) : runAll(count, words);
}

function runAll(count: i32, words: Bytes[]): i32 {
  if (fileOf(words[0]) === null) return 127;
  const gate = new Pipe();
  if (gate.from < 0) return complainOf('pipe', gate.from);
  const self = fileOf(argumentBytes()[0]);
  if (self === null) return 127;
  const environment = ownEnvironment();
  const pids = malloc(count * 4);
  for (let i = 0; i < count; i++) {
    const number = new ByteBuffer().number(i).view();
    const argv = [Bytes.of('together'), Bytes.of('-w'), number, Bytes.of('--')].concat(words);
    const pid = spawnAt(self, argv, environment, [0, 1, 2, gate.from]);
    if (pid < 0) return complainOf('spawn', pid);
    store<i32>(pids + (i << 2), pid);
  }
  close(gate.from);
  const begin = clock(CLOCK_MONOTONIC);
  close(gate.to);
  return report(count, words[0], begin);
}

/** Waits for all copies in the order in which they end. */
function report(count: i32, command: Bytes, begin: i64): i32 {
  const end = new ProcessEnd();
  let sum: i64 = 0;
  let least: i64 = 0;
  let most: i64 = 0;
  let failed = 0;
  for (let i = 0; i < count; i++) {
    const pid = end.wait(-1);
    if (pid < 0) return complainOf('wait', pid);
    const time = clock(CLOCK_MONOTONIC) - begin;
    if (i == 0) least = time;
    most = time;
    sum += time;
    if (end.status != 0) failed++;
  }
  out
    .text('together: ')
    .number(count)
    .text(' of ')
    .bytes(command)
    .text(': mean ')
    .number(sum / count / 1000);
  out
    .text(' us, least ')
    .number(least / 1000)
    .text(' us, most ')
    .number(most / 1000)
    .line(' us');
  return failed == 0 ? 0 : complain(`${failed} of ${count} failed`);
}
