// The shell at a terminal: prompts, commands that go on over several lines, Ctrl-C, jobs that have ended.

import { ByteBuffer, Bytes, EINTR, SIGINT, SIGQUIT, SIG_IGN, err, read, setpgid, signal } from '../../posix/index';
import { RUNNING, execute, setFlow } from './execute';
import { interrupted, reportJobs, setInterrupted, takeTerminal } from './jobs';
import { report } from './messages';
import { Parser } from './parser';
import { getVariable, lastStatus, setLine, setStatus } from './state';
import { exitShell } from './trap';

const LINE_BYTES: i32 = 4096;

function onInterrupt(_signal: i32): void {
  setInterrupted(true);
}

function prompt(name: string, otherwise: string): void {
  const value = getVariable(Bytes.of(name));
  if (value === null) err.text(otherwise);
  else err.bytes(value);
  err.flush();
}

/** Runs what is typed until the end of input; returns the status of the last command. */
export function runInteractive(): void {
  signal(SIGINT, onInterrupt.index);
  signal(SIGQUIT, SIG_IGN);
  setpgid(0, 0);
  takeTerminal();
  const typed = new ByteBuffer();
  while (true) {
    setInterrupted(false);
    setFlow(RUNNING, 0);
    if (typed.length == 0) reportJobs();
    prompt(typed.length == 0 ? 'PS1' : 'PS2', typed.length == 0 ? '$ ' : '> ');
    const count = read(0, typed.reserve(LINE_BYTES), LINE_BYTES);
    if (count == -EINTR || interrupted) {
      setStatus(130);
      typed.clear();
      continue;
    }
    if (count <= 0) break;
    typed.length += count;
    if (runTyped(typed.copy())) typed.clear();
  }
  err.byte(0x0a);
  err.flush();
  exitShell(lastStatus);
}

/** Runs what was typed so far; false, and nothing was done, where more must follow. */
function runTyped(text: Bytes): bool {
  const trial = new Parser(text);
  while (trial.next() !== null) {}
  if (trial.incomplete) return false;
  const parser = new Parser(text);
  while (!interrupted) {
    const command = parser.next();
    if (command === null) break;
    execute(command);
  }
  if (interrupted) setStatus(130);
  const error = parser.error;
  if (error !== null) {
    setLine(parser.line);
    report(Bytes.of('Syntax error: ' + error.toString()));
    setStatus(2);
  }
  return true;
}
