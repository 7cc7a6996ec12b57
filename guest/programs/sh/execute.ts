// Executes what the parser made: lists, conditions, loops, functions, groups.

import { Bytes, quit } from '../../posix/index';
import { expansionFailed, runSimple } from './command';
import { expandFields, expandPattern, expandText } from './expansion';
import { interrupted, waitForProcess } from './jobs';
import { matches } from './pattern';
import { runPipeline, startBackground, startStage } from './pipeline';
import { Redirected } from './redirection';
import {
  errorExit,
  functions,
  lastStatus,
  positional,
  setLine,
  setPositional,
  setStatus,
  setVariable,
  unsetVariable,
} from './state';
import * as syntax from './syntax';
import { Command } from './syntax';

/** What makes commands end early. */
export const RUNNING: i32 = 0;
export const BREAKING: i32 = 1;
export const CONTINUING: i32 = 2;
export const RETURNING: i32 = 3;

export let flow: i32 = RUNNING;
/** How many loops `break` and `continue` still have to leave. */
let flowLoops: i32 = 0;
/** Loops and functions that commands are in. */
export let loopDepth: i32 = 0;
export let functionDepth: i32 = 0;
/** Greater than 0 where a status is asked for: a failure does not end the shell then. */
let tested: i32 = 0;
/** Variables that functions have made their own, with their values outside; a null name begins a function. */
const localNames: (Bytes | null)[] = [];
const localValues: (Bytes | null)[] = [];

export function setFlow(kind: i32, loops: i32): void {
  flow = kind;
  flowLoops = loops;
}

/** Runs a command to its end; returns its status, which is $? then. */
export function execute(command: Command): i32 {
  const status = command.kind == syntax.SIMPLE ? runSimple(command) : executeCompound(command);
  setStatus(status);
  if (status != 0 && errorExit && tested == 0 && canFail(command)) quit(status);
  return status;
}

function canFail(command: Command): bool {
  const kind = command.kind;
  return kind == syntax.SIMPLE || (kind == syntax.PIPELINE && !command.flag) || kind == syntax.SUBSHELL;
}

function executeCompound(command: Command): i32 {
  if (command.redirections.length == 0) return executeBody(command);
  const redirected = new Redirected();
  const status = redirected.enter(command.redirections) ? executeBody(command) : 2;
  redirected.leave();
  return status;
}

function executeBody(command: Command): i32 {
  const left = command.left;
  const right = command.right;
  switch (command.kind) {
    case syntax.LIST:
      return executeList(command);
    case syntax.PIPELINE:
      return executePipeline(command);
    case syntax.AND:
    case syntax.OR: {
      const status = test(left!);
      if (flow != RUNNING || interrupted || (status == 0) != (command.kind == syntax.AND)) return status;
      return execute(right!);
    }
    case syntax.GROUP:
      return execute(left!);
    case syntax.SUBSHELL: {
      const pid = startStage(command, -1);
      return pid > 0 ? waitForProcess(pid) : -pid;
    }
    case syntax.IF: {
      if (test(left!) == 0) return flow == RUNNING ? execute(right!) : lastStatus;
      if (flow != RUNNING || interrupted) return lastStatus;
      const otherwise = command.otherwise;
      return otherwise === null ? 0 : execute(otherwise);
    }
    case syntax.WHILE:
    case syntax.UNTIL:
      return executeLoop(command);
    case syntax.FOR:
      return executeFor(command);
    case syntax.CASE:
      return executeCase(command);
    default: {
      functions.set(command.name.toString(), command);
      return 0;
    }
  }
}

/** Runs a command whose status decides what comes next. */
function test(command: Command): i32 {
  tested++;
  const status = execute(command);
  tested--;
  return status;
}

function executeList(list: Command): i32 {
  let status = 0;
  for (let i = 0; i < list.parts.length; i++) {
    status = list.background[i] ? startBackground(list.parts[i]) : execute(list.parts[i]);
    if (list.background[i]) setStatus(0);
    if (flow != RUNNING || interrupted) return status;
  }
  return status;
}

function executePipeline(command: Command): i32 {
  let status: i32;
  if (command.parts.length > 1) {
    setLine(command.line);
    status = runPipeline(command.parts);
  } else {
    // One command with "!" in front.
    status = test(command.parts[0]);
  }
  return command.flag ? i32(status == 0) : status;
}

/** Whether the loop ends after its body: `break`, `return`, Ctrl-C, or `continue` of a loop further out. */
function leavesLoop(): bool {
  if (interrupted || flow == RETURNING) return true;
  if (flow == RUNNING) return false;
  const kind = flow;
  if (--flowLoops > 0) return true;
  flow = RUNNING;
  return kind == BREAKING;
}

function executeLoop(command: Command): i32 {
  let status = 0;
  loopDepth++;
  while (true) {
    const condition = test(command.left!);
    if (flow != RUNNING || interrupted) {
      if (leavesLoop()) break;
      continue;
    }
    if ((condition == 0) != (command.kind == syntax.WHILE)) break;
    status = execute(command.right!);
    if (leavesLoop()) break;
  }
  loopDepth--;
  return status;
}

function executeFor(command: Command): i32 {
  let words: Bytes[] = [];
  if (command.flag) words = positional;
  else for (let i = 0; i < command.words.length; i++) expandFields(command.words[i], words);
  if (expansionFailed()) return 2;
  let status = 0;
  loopDepth++;
  for (let i = 0; i < words.length; i++) {
    setVariable(command.name, words[i]);
    status = execute(command.right!);
    if (leavesLoop()) break;
  }
  loopDepth--;
  return status;
}

function executeCase(command: Command): i32 {
  const word = expandText(command.name);
  for (let i = 0; i < command.items.length; i++) {
    const item = command.items[i];
    for (let j = 0; j < item.patterns.length; j++) {
      const pattern = expandPattern(item.patterns[j]);
      if (expansionFailed()) return 2;
      if (!matches(pattern, 0, pattern.length, word)) continue;
      const body = item.body;
      return body === null ? 0 : execute(body);
    }
  }
  return 0;
}

/** Calls a function: its arguments are the positional parameters. */
export function callFunction(definition: Command, argv: Bytes[]): i32 {
  const outer = positional;
  const outerLoops = loopDepth;
  setPositional(argv.slice(1));
  localNames.push(null);
  localValues.push(null);
  loopDepth = 0;
  functionDepth++;
  let status = execute(definition.left!);
  functionDepth--;
  loopDepth = outerLoops;
  if (flow == RETURNING) {
    flow = RUNNING;
    status = lastStatus;
  }
  restoreLocals();
  setPositional(outer);
  return status;
}

/** Makes a variable the running function's own: it gets its value back when that returns. */
export function makeLocal(name: Bytes, value: Bytes | null): void {
  localNames.push(name);
  localValues.push(value);
}

function restoreLocals(): void {
  while (true) {
    const name = localNames.pop();
    const value = localValues.pop();
    if (name === null) return;
    if (value === null) unsetVariable(name);
    else setVariable(name, value);
  }
}
