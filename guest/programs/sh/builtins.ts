// Built-in commands: those that change the shell itself, and a few that are so frequent that they need no process.

import {
  ByteBuffer,
  Bytes,
  ENOENT,
  NOT_A_NUMBER,
  errorText,
  exec,
  findProgram,
  parseNumber,
  zeroTerminated,
  releaseArray,
} from '../../posix/index';
import { runWords } from './command';
import { changeDirectory, currentDirectory } from './directory';
import { BREAKING, CONTINUING, RETURNING, loopDepth, setFlow } from './execute';
import { expandFields } from './expansion';
import { jobPid, listJobs, reportJobs, waitForJobs, waitForProcess } from './jobs';
import { killProcesses } from './kill';
import { report } from './messages';
import { printf, printfError, unescape } from './printf';
import { readLine } from './read';
import { placeDescriptors } from './redirection';
import { runFile, runText } from './run';
import { exportedEnvironment, functions, getVariable, lastStatus, positional, setPositional } from './state';
import { Command } from './syntax';
import { testError, testExpression } from './test-expression';
import { exitShell, setTrap } from './trap';
import { exportVariables, makeLocals, setCommand, unsetCommand } from './variables';

const NAMES = [
  ':',
  '.',
  '[',
  'break',
  'cd',
  'command',
  'continue',
  'echo',
  'eval',
  'exec',
  'exit',
  'export',
  'false',
  'jobs',
  'kill',
  'local',
  'printf',
  'pwd',
  'read',
  'readonly',
  'return',
  'set',
  'shift',
  'test',
  'trap',
  'true',
  'type',
  'umask',
  'unset',
  'wait',
];

export function isBuiltin(name: Bytes): bool {
  for (let i = 0; i < NAMES.length; i++) if (name.is(NAMES[i])) return true;
  return false;
}

/** Built-in commands whose whole effect is their output and status. */
function isPure(name: Bytes): bool {
  return (
    name.is('echo') ||
    name.is('printf') ||
    name.is('pwd') ||
    name.is('test') ||
    name.is('[') ||
    name.is('true') ||
    name.is('false')
  );
}

/** Runs a simple command whose output is wanted, if it is a built-in one and changes nothing; -1: it is not. */
export function captureBuiltin(command: Command, output: ByteBuffer): i32 {
  if (command.redirections.length > 0) return -1;
  const name = command.words[0];
  if (!isPure(name) || functions.has(name.toString())) return -1;
  const argv: Bytes[] = [];
  for (let i = 0; i < command.words.length; i++) expandFields(command.words[i], argv);
  return runBuiltin(argv, output);
}

function say(name: Bytes, message: string): i32 {
  report(Bytes.of(`${name}: ${message}`));
  return 2;
}

/** Runs a built-in command; what it writes to stdout is appended to `output`. */
export function runBuiltin(argv: Bytes[], output: ByteBuffer): i32 {
  const rest = argv.slice(1);
  const status = dispatch(argv, rest, output);
  releaseArray(rest);
  return status;
}

/** `rest`: what is behind the name; nobody keeps it. */
function dispatch(argv: Bytes[], rest: Bytes[], output: ByteBuffer): i32 {
  const name = argv[0];
  if (name.is(':') || name.is('true') || name.is('umask')) return 0;
  if (name.is('false')) return 1;
  if (name.is('echo')) return echo(rest, output);
  if (name.is('[') || name.is('test')) return test(name, rest);
  if (name.is('printf')) return print(name, rest, output);
  if (name.is('cd')) return changeDirectory(rest, output);
  if (name.is('pwd')) {
    output.bytes(currentDirectory()).byte(0x0a);
    return 0;
  }
  if (name.is('exit')) return exitCommand(rest);
  if (name.is('break') || name.is('continue')) return leaveLoop(name, rest);
  if (name.is('return')) {
    const status = rest.length > 0 ? <i32>parseNumber(rest[0]) : lastStatus;
    setFlow(RETURNING, 0);
    return status & 0xff;
  }
  if (name.is('eval')) return evalCommand(rest);
  if (name.is('.')) return source(rest);
  if (name.is('exec')) return execCommand(rest);
  if (name.is('export') || name.is('readonly')) return exportVariables(rest, name.is('export'), output);
  if (name.is('unset')) return unsetCommand(rest);
  if (name.is('local')) return makeLocals(rest);
  if (name.is('set')) return setCommand(rest, output);
  if (name.is('shift')) return shift(rest);
  if (name.is('read')) return readLine(rest);
  if (name.is('wait')) return waitCommand(rest);
  if (name.is('jobs')) {
    reportJobs();
    listJobs(output);
    return 0;
  }
  if (name.is('kill')) return killCommand(argv, output);
  if (name.is('trap')) return setTrap(rest);
  if (name.is('type')) return describe(rest, output, false);
  return commandCommand(rest, output);
}

/** As dash has it: -n, and backslashes mean what they mean in printf's %b. */
function echo(words: Bytes[], output: ByteBuffer): i32 {
  const newline = !(words.length > 0 && words[0].is('-n'));
  for (let i = newline ? 0 : 1; i < words.length; i++) {
    const word = words[i];
    if (i > (newline ? 0 : 1)) output.byte(0x20);
    if (word.indexOf(0x5c) < 0) {
      output.bytes(word);
      continue;
    }
    for (let at = 0; at < word.length; ) {
      if (word[at] != 0x5c) {
        output.byte(word[at++]);
        continue;
      }
      at = unescape(word, at, output, true);
      if (at < 0) return 0;
    }
  }
  if (newline) output.byte(0x0a);
  return 0;
}

function test(name: Bytes, operands: Bytes[]): i32 {
  if (name.is('[')) {
    if (operands.length == 0 || !operands[operands.length - 1].is(']')) return say(name, 'missing ]');
    operands.pop();
  }
  const status = testExpression(operands);
  return status == 2 ? say(name, testError()) : status;
}

function print(name: Bytes, operands: Bytes[], output: ByteBuffer): i32 {
  if (operands.length > 0 && operands[0].is('--')) operands = operands.slice(1);
  if (operands.length == 0) return say(name, 'usage: printf format [arg ...]');
  const status = printf(operands, output);
  if (status != 0) say(name, printfError);
  return status;
}

function exitCommand(operands: Bytes[]): i32 {
  let status = lastStatus;
  if (operands.length > 0) {
    const number = parseNumber(operands[0]);
    if (number == NOT_A_NUMBER || number < 0) return say(Bytes.of('exit'), `Illegal number: ${operands[0]}`);
    status = <i32>number & 0xff;
  }
  exitShell(status);
  return status;
}

function leaveLoop(name: Bytes, operands: Bytes[]): i32 {
  const loops = operands.length > 0 ? parseNumber(operands[0]) : 1;
  if (loops == NOT_A_NUMBER || loops < 1) return say(name, `Illegal number: ${operands[0]}`);
  if (loopDepth > 0) setFlow(name.is('break') ? BREAKING : CONTINUING, <i32>min<i64>(loops, loopDepth));
  return 0;
}

function evalCommand(words: Bytes[]): i32 {
  const text = new ByteBuffer();
  for (let i = 0; i < words.length; i++) {
    if (i > 0) text.byte(0x20);
    text.bytes(words[i]);
  }
  return runText(text.view());
}

function source(operands: Bytes[]): i32 {
  if (operands.length == 0) return 2;
  const status = runFile(operands[0]);
  if (status == -ENOENT) return say(Bytes.of('.'), `cannot open ${operands[0]}: No such file`);
  return status < 0 ? say(Bytes.of('.'), errorText(status)) : status;
}

/** Goes on as another program. Without one its redirections stay (command.ts). */
function execCommand(words: Bytes[]): i32 {
  if (words.length == 0) return 0;
  const searchPath = getVariable(Bytes.of('PATH'));
  const path = findProgram(words[0], searchPath === null ? Bytes.of('/bin') : searchPath);
  if (path === null) {
    say(Bytes.of('exec'), `${words[0]}: not found`);
    exitShell(127);
    return 127;
  }
  placeDescriptors();
  const args = zeroTerminated(words);
  const environment = exportedEnvironment();
  const error = exec(path.start, path.length, args.start, args.length, environment.start, environment.length);
  say(Bytes.of('exec'), `${words[0]}: ${errorText(error)}`);
  exitShell(126);
  return 126;
}

function shift(operands: Bytes[]): i32 {
  const count = operands.length > 0 ? parseNumber(operands[0]) : 1;
  if (count == NOT_A_NUMBER || count < 0) return say(Bytes.of('shift'), `Illegal number: ${operands[0]}`);
  if (count > positional.length) return say(Bytes.of('shift'), "can't shift that many");
  setPositional(positional.slice(<i32>count));
  return 0;
}

/** A process number, or "%N" for that of a job; 0: neither. */
function processOf(word: Bytes): i32 {
  const number = parseNumber(word.length > 0 && word[0] == 0x25 ? word.slice(1) : word);
  if (number == NOT_A_NUMBER) return 0;
  return word[0] == 0x25 ? jobPid(<i32>number) : <i32>number;
}

function waitCommand(operands: Bytes[]): i32 {
  if (operands.length == 0) {
    waitForJobs();
    return 0;
  }
  let status = 0;
  for (let i = 0; i < operands.length; i++) {
    const pid = processOf(operands[i]);
    if (pid == 0) return say(Bytes.of('wait'), `Illegal number: ${operands[i]}`);
    status = waitForProcess(pid);
  }
  return status;
}

function killCommand(argv: Bytes[], output: ByteBuffer): i32 {
  const words = argv.slice(0);
  for (let i = 1; i < words.length; i++) {
    if (words[i].length > 1 && words[i][0] == 0x25) words[i] = new ByteBuffer().number(processOf(words[i])).view();
  }
  return killProcesses(words, output);
}

/** command [-v] NAME [ARGUMENT]...: runs a command even if there is a function of that name. */
function commandCommand(words: Bytes[], output: ByteBuffer): i32 {
  if (words.length == 0) return 0;
  if (words[0].is('-v')) return describe(words.slice(1), output, true);
  return runWords(words, false);
}

/** What commands of these names are. */
function describe(names: Bytes[], output: ByteBuffer, short: bool): i32 {
  let status = 0;
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    const searchPath = getVariable(Bytes.of('PATH'));
    if (functions.has(name.toString())) output.bytes(name).text(short ? '\n' : ' is a shell function\n');
    else if (isBuiltin(name)) output.bytes(name).text(short ? '\n' : ' is a shell builtin\n');
    else {
      const path = findProgram(name, searchPath === null ? Bytes.of('/bin') : searchPath);
      if (path === null) {
        if (!short) output.bytes(name).text(': not found\n');
        status = 127;
      } else if (short) output.bytes(path).byte(0x0a);
      else output.bytes(name).text(' is ').bytes(path).byte(0x0a);
    }
  }
  return status;
}
