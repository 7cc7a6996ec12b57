// Pipelines and commands in the background: stages that run beside each other.

import { Bytes, O_RDONLY, Pipe, close, errorText, openPath } from '../../posix/index';
import { startSimple } from './command';
import { addJob, giveTerminal, takeTerminal, waitForProcess } from './jobs';
import { report } from './messages';
import { Redirected } from './redirection';
import { descriptors, interactive, setBackgroundPid, setDescriptors } from './state';
import { spawnSubshell } from './subshell';
import * as syntax from './syntax';
import { Command } from './syntax';

/** Starts any command with the descriptors that are in force; returns its process number, or its status negated. 0: it is done, with status 0. */
export function startStage(command: Command, group: i32): i32 {
  if (command.kind == syntax.SIMPLE) return startSimple(command, group);
  const redirected = new Redirected();
  // Parentheses ask for what is made here.
  const source = command.kind == syntax.SUBSHELL ? command.left!.source : command.source;
  const pid = redirected.enter(command.redirections) ? spawnSubshell(source, group) : -2;
  redirected.leave();
  return pid;
}

/** Starts all stages; returns what startStage does for each. */
function startAll(stages: Command[], inBackground: bool): i32[] {
  const outer = descriptors;
  const started: i32[] = [];
  let group = interactive ? 0 : -1;
  let input = -1;
  for (let i = 0; i < stages.length; i++) {
    const table = outer.slice(0);
    while (table.length < 2) table.push(-1);
    if (i > 0) table[0] = input;
    let output = -1;
    let next = -1;
    if (i + 1 < stages.length) {
      const pipe = new Pipe();
      if (pipe.from < 0) {
        report(Bytes.of('pipe: ' + errorText(pipe.from)));
        started.push(-2);
        break;
      }
      next = pipe.from;
      output = pipe.to;
      table[1] = output;
    }
    setDescriptors(table);
    const pid = startStage(stages[i], group);
    setDescriptors(outer);
    if (input >= 0) close(input);
    if (output >= 0) close(output);
    input = next;
    started.push(pid);
    if (group == 0 && pid > 0) {
      group = pid;
      if (!inBackground) giveTerminal(group);
    }
  }
  if (input >= 0) close(input);
  return started;
}

/** Runs a pipeline to the end of all its stages; returns the status of the last. */
export function runPipeline(stages: Command[]): i32 {
  const started = startAll(stages, false);
  let status = 0;
  for (let i = 0; i < started.length; i++) status = started[i] > 0 ? waitForProcess(started[i]) : -started[i];
  takeTerminal();
  return status;
}

/** Starts a command in the background. Where nobody types, its stdin is empty. */
export function startBackground(command: Command): i32 {
  const outer = descriptors;
  let nothing = -1;
  if (!interactive) {
    const table = outer.slice(0);
    nothing = openPath('/dev/null', O_RDONLY);
    table[0] = nothing;
    setDescriptors(table);
  }
  let pid: i32;
  if (command.kind == syntax.PIPELINE && !command.flag) {
    const started = startAll(command.parts, true);
    pid = started[started.length - 1];
  } else {
    pid = startStage(command, interactive ? 0 : -1);
  }
  setDescriptors(outer);
  if (nothing >= 0) close(nothing);
  if (pid <= 0) return 0;
  setBackgroundPid(pid);
  addJob(pid, command.source);
  return 0;
}
