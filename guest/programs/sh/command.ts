// Simple commands: assignments, functions, built-in commands, programs.

import {
  ByteBuffer,
  Bytes,
  ENOENT,
  ENOEXEC,
  errorText,
  findProgram,
  quit,
  spawnAt,
  writeAll,
  release,
  releaseArray,
} from '../../posix/index';
import { isBuiltin, runBuiltin } from './builtins';
import { callFunction } from './execute';
import { expandFields, expandText, takeExpansionError } from './expansion';
import { giveTerminal, setInterrupted, takeTerminal, waitForProcess } from './jobs';
import { report } from './messages';
import { assignmentEnd } from './parser';
import { Redirected } from './redirection';
import {
  descriptors,
  exportedEnvironment,
  functions,
  getVariable,
  isFunction,
  interactive,
  isExported,
  quote,
  setExported,
  setLine,
  setVariable,
  traceCommands,
  unsetVariable,
} from './state';
import { spawnSubshell } from './subshell';
import { clearSubstitutionStatus, substitutionStatus } from './substitution';
import { Command } from './syntax';

/** Variables that have other values while a command runs. */
class Assigned {
  private names: Bytes[] = [];
  private values: (Bytes | null)[] = [];
  private exported: bool[] = [];

  constructor(list: Bytes[], temporary: bool) {
    for (let i = 0; i < list.length; i++) {
      const cut = assignmentEnd(list[i]);
      const name = list[i].slice(0, cut);
      const value = expandText(list[i].slice(cut + 1), true);
      if (temporary) {
        this.names.push(name);
        this.values.push(getVariable(name));
        this.exported.push(isExported(name));
      }
      setVariable(name, value);
      if (temporary) setExported(name, true);
    }
  }

  /** Gives variables their values back; the object is used up then. */
  restore(): void {
    for (let i = this.names.length - 1; i >= 0; i--) {
      const value = this.values[i];
      if (value === null) {
        unsetVariable(this.names[i]);
      } else {
        setVariable(this.names[i], value);
        setExported(this.names[i], this.exported[i]);
      }
    }
    releaseArray(this.names);
    releaseArray(this.values);
    releaseArray(this.exported);
    release(this);
  }
}

/** After a failed expansion a shell that nobody types to ends; another goes back to its prompt. Returns the status. */
export function expansionFailed(): bool {
  const error = takeExpansionError();
  if (error === null) return false;
  report(error);
  if (!interactive) quit(2);
  setInterrupted(true);
  return true;
}

function expandWords(words: Bytes[]): Bytes[] {
  const argv: Bytes[] = [];
  for (let i = 0; i < words.length; i++) expandFields(words[i], argv);
  return argv;
}

function trace(command: Command, argv: Bytes[]): void {
  if (!traceCommands) return;
  const line = new ByteBuffer().byte(0x2b);
  for (let i = 0; i < command.assignments.length; i++) line.byte(0x20).bytes(command.assignments[i]);
  for (let i = 0; i < argv.length; i++) line.byte(0x20).bytes(argv[i]);
  line.byte(0x0a);
  if (descriptors[2] >= 0) writeAll(descriptors[2], line.start, line.length);
}

/** Runs a simple command to its end; returns its status. */
export function runSimple(command: Command): i32 {
  setLine(command.line);
  clearSubstitutionStatus();
  const argv = expandWords(command.words);
  if (expansionFailed()) return 2;
  const isBare = command.redirections.length == 0 && command.assignments.length == 0;
  const status = isBare && argv.length > 0 ? runTraced(command, argv) : runWithin(command, argv);
  releaseArray(argv);
  return status;
}

/** Runs a command with its redirections and assignments. */
function runWithin(command: Command, argv: Bytes[]): i32 {
  const redirected = new Redirected();
  if (!redirected.enter(command.redirections)) {
    redirected.leave();
    expansionFailed();
    return 2;
  }
  const keepsTable = argv.length == 1 && argv[0].is('exec');
  const temporary = argv.length > 0 && !isSpecial(argv[0]);
  const assigned = new Assigned(command.assignments, temporary);
  const status = expansionFailed() ? 2 : runTraced(command, argv);
  assigned.restore();
  if (!keepsTable) redirected.leave();
  return status;
}

function runTraced(command: Command, argv: Bytes[]): i32 {
  trace(command, argv);
  return argv.length == 0 ? substitutionStatus : runWords(argv);
}

/** Built-in commands in front of which assignments stay, as POSIX has it. */
function isSpecial(name: Bytes): bool {
  return (
    name.is(':') ||
    name.is('export') ||
    name.is('set') ||
    name.is('exec') ||
    name.is('eval') ||
    name.is('unset') ||
    name.is('.') ||
    name.is('return') ||
    name.is('exit') ||
    name.is('shift')
  );
}

/** Runs a command whose words are known. */
export function runWords(argv: Bytes[], withFunctions: bool = true): i32 {
  if (withFunctions && isFunction(argv[0])) return callFunction(functions.get(argv[0].toString()), argv);
  if (isBuiltin(argv[0])) {
    const output = new ByteBuffer();
    let status = runBuiltin(argv, output);
    if (output.length > 0) {
      const error = descriptors[1] < 0 ? -9 : writeAll(descriptors[1], output.start, output.length);
      if (error < 0) {
        report(Bytes.of(`${argv[0]}: write error: ${errorText(error)}`));
        status = 1;
      }
    }
    output.free();
    release(output);
    return status;
  }
  const pid = startProgram(argv, interactive ? 0 : -1);
  if (pid <= 0) return -pid;
  giveTerminal(pid);
  const status = waitForProcess(pid);
  takeTerminal();
  return status;
}

/** Starts a program; returns its process number, or its status negated after a message. */
export function startProgram(argv: Bytes[], group: i32): i32 {
  const searchPath = getVariable(Bytes.of('PATH'));
  const path = findProgram(argv[0], searchPath === null ? Bytes.of('/bin') : searchPath);
  if (path === null) return refuse(argv[0], -ENOENT);
  const environment = exportedEnvironment();
  let pid = spawnAt(path, argv, environment, descriptors, group);
  if (pid == -ENOEXEC) {
    // No program: then it is a script.
    const script: Bytes[] = [Bytes.of('sh'), path];
    for (let i = 1; i < argv.length; i++) script.push(argv[i]);
    pid = spawnAt(Bytes.of('/bin/sh'), script, environment, descriptors, group);
  }
  environment.free();
  return pid < 0 ? refuse(argv[0], pid) : pid;
}

function refuse(name: Bytes, error: i32): i32 {
  report(Bytes.of(`${name}: ${error == -ENOENT ? 'not found' : errorText(error)}`));
  return error == -ENOENT ? -127 : -126;
}

/** Starts a simple command beside the shell, as a stage of a pipeline or in the background; as startProgram. */
export function startSimple(command: Command, group: i32): i32 {
  setLine(command.line);
  const argv = expandWords(command.words);
  if (expansionFailed()) return -2;
  const redirected = new Redirected();
  if (!redirected.enter(command.redirections)) {
    redirected.leave();
    return -2;
  }
  const assigned = new Assigned(command.assignments, true);
  trace(command, argv);
  let pid: i32 = 0;
  if (argv.length > 0) {
    pid = needsShell(argv) ? spawnSubshell(quotedWords(argv), group) : startProgram(argv, group);
  }
  assigned.restore();
  redirected.leave();
  return pid;
}

/** Whether only a shell can run a command: a function, or a built-in command that is no program as well. */
function needsShell(argv: Bytes[]): bool {
  const name = argv[0];
  if (isFunction(name)) return true;
  if (!isBuiltin(name)) return false;
  if (name.is('echo')) {
    // The program does not know what backslashes mean here.
    for (let i = 1; i < argv.length; i++) if (argv[i].indexOf(0x5c) >= 0) return true;
    return false;
  }
  return !(name.is('test') || name.is('true') || name.is('false') || name.is('printf') || name.is('kill'));
}

function quotedWords(argv: Bytes[]): Bytes {
  const text = new ByteBuffer();
  for (let i = 0; i < argv.length; i++) {
    if (i > 0) text.byte(0x20);
    quote(text, argv[i]);
  }
  return text.view();
}
