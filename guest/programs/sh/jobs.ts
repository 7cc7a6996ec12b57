// Processes that the shell has started: waiting for them, jobs in the background, the terminal's foreground group.

import * as posix from '../../posix/index';
import { ByteBuffer, Bytes, ProcessEnd, SIGINT, SIGPIPE, WNOHANG, err, tcsetpgrp } from '../../posix/index';
import { interactive, shellPid } from './state';

class Job {
  status: i32 = 0;
  done: bool = false;

  constructor(
    readonly number: i32,
    /** Its last process, whose status is the job's. */
    readonly pid: i32,
    readonly text: Bytes,
  ) {}
}

const jobs: Job[] = [];
/** Statuses of processes that have ended before someone waited for them. */
const endedPids: i32[] = [];
const endedStatuses: i32[] = [];

/** Ctrl-C was typed, or has ended the command in the foreground: the shell goes back to its prompt. */
export let interrupted: bool = false;

export function setInterrupted(on: bool): void {
  interrupted = on;
}

function signalText(signal: i32): string {
  switch (signal) {
    case posix.SIGHUP:
      return 'Hangup';
    case posix.SIGQUIT:
      return 'Quit';
    case posix.SIGILL:
      return 'Illegal instruction';
    case posix.SIGABRT:
      return 'Aborted';
    case posix.SIGFPE:
      return 'Floating point exception';
    case posix.SIGKILL:
      return 'Killed';
    case posix.SIGSEGV:
      return 'Segmentation fault';
    case posix.SIGTERM:
      return 'Terminated';
    case posix.SIGALRM:
      return 'Alarm clock';
    default:
      return 'Signal ' + signal.toString();
  }
}

/** Remembers how a process ended. */
function note(end: ProcessEnd): void {
  for (let i = 0; i < jobs.length; i++) {
    if (jobs[i].pid != end.pid) continue;
    jobs[i].done = true;
    jobs[i].status = end.status;
  }
  endedPids.push(end.pid);
  endedStatuses.push(end.status);
}

/** Takes what is remembered of a process; -1: nothing. */
function take(pid: i32): i32 {
  const at = endedPids.lastIndexOf(pid);
  if (at < 0) return -1;
  const status = endedStatuses[at];
  endedPids.splice(at, 1);
  endedStatuses.splice(at, 1);
  return status;
}

/** Waits for a process that the shell has started; returns its status, 127 for one that is none of its children. */
export function waitForProcess(pid: i32): i32 {
  const known = take(pid);
  if (known >= 0) return known;
  const end = new ProcessEnd();
  while (end.wait(-1) > 0) {
    if (end.pid != pid) {
      note(end);
      continue;
    }
    for (let i = 0; i < jobs.length; i++) if (jobs[i].pid == pid) jobs.splice(i--, 1);
    reportSignal(end.signal);
    return end.status;
  }
  return 127;
}

function reportSignal(signal: i32): void {
  if (signal == 0) return;
  if (signal == SIGINT) {
    // The terminal has begun a new line behind its ^C.
    if (interactive) interrupted = true;
    return;
  }
  if (signal == SIGPIPE) return;
  err.text(signalText(signal)).line();
  err.flush();
}

/** Gives the terminal to a group, so that Ctrl-C reaches that one. */
export function giveTerminal(group: i32): void {
  if (interactive) tcsetpgrp(0, group);
}

export function takeTerminal(): void {
  if (interactive) tcsetpgrp(0, shellPid);
}

export function addJob(pid: i32, text: Bytes): void {
  let number = 1;
  for (let i = 0; i < jobs.length; i++) number = max(number, jobs[i].number + 1);
  jobs.push(new Job(number, pid, text));
  if (!interactive) return;
  err.text('[').number(number).text('] ').number(pid).byte(0x0a);
  err.flush();
}

/** Waits for all jobs in the background. */
export function waitForJobs(): void {
  const end = new ProcessEnd();
  while (end.wait(-1) > 0) note(end);
  while (jobs.length > 0) {
    take(jobs[0].pid);
    jobs.shift();
  }
}

/** Tells of jobs that have ended since the last time. */
export function reportJobs(): void {
  const end = new ProcessEnd();
  while (end.wait(-1, WNOHANG) > 0) note(end);
  for (let i = 0; i < jobs.length; i++) {
    const job = jobs[i];
    if (!job.done) continue;
    err
      .text('[')
      .number(job.number)
      .text('] Done')
      .text(job.status == 0 ? '    ' : '(')
      .bytes(statusText(job.status));
    err.text('  ').bytes(job.text).byte(0x0a);
    jobs.splice(i--, 1);
  }
  err.flush();
}

function statusText(status: i32): Bytes {
  const text = new ByteBuffer();
  if (status != 0) text.number(status).byte(0x29);
  return text.view();
}

/** The jobs that run, a line for each. */
export function listJobs(into: ByteBuffer): void {
  for (let i = 0; i < jobs.length; i++) {
    into
      .byte(0x5b)
      .number(jobs[i].number)
      .text('] ')
      .number(jobs[i].pid)
      .text(jobs[i].done ? ' Done  ' : ' Running  ');
    into.bytes(jobs[i].text).byte(0x0a);
  }
}

/** Process number of job N of "%N"; 0: there is none. */
export function jobPid(number: i32): i32 {
  for (let i = 0; i < jobs.length; i++) if (jobs[i].number == number) return jobs[i].pid;
  return 0;
}
