// Processes: spawn, fork, exec, pipes, waitpid, groups, ps.
import {
  Bytes,
  close,
  dup2,
  EAGAIN,
  EBADF,
  ECHILD,
  EINVAL,
  ENOENT,
  environmentVariable,
  exec,
  exit,
  fork,
  getpgid,
  getpid,
  getppid,
  kill,
  malloc,
  nanosleep,
  O_NONBLOCK,
  pipe,
  PROCESS_BYTES,
  PROCESS_ID,
  PROCESS_NAME,
  PROCESS_PARENT,
  PROCESS_STATE,
  processes,
  ProcessEnd,
  Pipe,
  read,
  run,
  setpgid,
  SIGKILL,
  spawn,
  USAGE_FAULTS,
  USAGE_USER,
  WNOHANG,
  write,
  zeroTerminated,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

const buffer = malloc(65536);

function words(): void {
  const end = new ProcessEnd();
  const pid = run(['echo', 'a', 'b  c']);
  check(pid > 1, 'a process is started');
  same(end.wait(pid), pid, 'it is waited for');
  same(end.status, 0, 'its status');
  check(load<i64>(end.usage, USAGE_USER) > 0, 'it took time');
  check(load<i64>(end.usage, USAGE_FAULTS) > 0, 'it had page faults');
  same(end.wait(-1), -ECHILD, 'there is no other child');
  same(run(['nothing-of-this-name']), -ENOENT, 'a program that there is not');
  const echo = Bytes.of('/bin/echo');
  same(spawn(echo.start, echo.length, echo.start, 4, 0, 0, 0, -1, -1), -EINVAL, 'arguments without an end');
  same(spawn(echo.start, echo.length, 0, 0, echo.start, 4, 0, -1, -1), -EINVAL, 'an environment without one');
}

/** What a child writes comes through a pipe. */
function pipes(): void {
  const ends = new Pipe();
  const end = new ProcessEnd();
  const pid = run(['echo', 'through a pipe'], [0, ends.to, 2]);
  close(ends.to);
  let bytes = 0;
  for (let count = 1; count > 0; ) {
    count = read(ends.from, buffer + bytes, 100);
    bytes += count;
  }
  same(bytes, 15, 'bytes from the child');
  end.wait(pid);
  close(ends.from);
  // A full pipe, and an empty one.
  same(pipe(buffer, O_NONBLOCK), 0, 'a pipe');
  const from = load<i32>(buffer);
  const to = load<i32>(buffer, 4);
  same(read(from, buffer, 1), -EAGAIN, 'nothing to read');
  let written = 0;
  for (let count = 1; count > 0; ) {
    count = write(to, buffer, 3000);
    if (count > 0) written += count;
    else same(count, -EAGAIN, 'it is full');
  }
  check(written >= 32768, 'a pipe holds something');
  same(dup2(from, 200), 200, 'dup2');
  close(to);
  let got = 0;
  for (let count = 1; count > 0; got += count) count = read(200, buffer, 4096);
  same(got, written, 'all of it comes out');
  close(from);
  close(200);
  same(read(from, buffer, 1), -EBADF, 'a closed descriptor');
}

let shared: i32 = 1;

/** Parent and child see their own memory and variables from fork on. */
function forks(): void {
  store<i32>(buffer, 1);
  shared = 7;
  const self = getpid();
  const ends = new Pipe();
  const pid = fork();
  if (pid == 0) {
    check(getppid() == self, "the child's parent");
    check(load<i32>(buffer) == 1 && shared == 7, 'the child begins with what there was');
    store<i32>(buffer, 2);
    shared = 8;
    write(ends.to, buffer, 4);
    exit(42);
  }
  check(pid > 0, 'a child');
  store<i32>(buffer, 3);
  const end = new ProcessEnd();
  same(end.wait(pid), pid, 'the child ends');
  same(end.status, 42, "the child's status");
  check(load<i32>(buffer) == 3 && shared == 7, 'the parent keeps its memory');
  read(ends.from, buffer + 8, 4);
  same(load<i32>(buffer, 8), 2, 'the child had its own');
  close(ends.from);
  close(ends.to);
}

function execs(): void {
  const pid = fork();
  if (pid == 0) {
    const args = zeroTerminated([Bytes.of('echo'), Bytes.of('exec')]);
    same(exec('/bin/none'.length ? Bytes.of('/bin/none').start : 0, 9, args.start, args.length, 0, 0), -ENOENT, 'none');
    exec(Bytes.of('/bin/echo').start, 9, args.start, args.length, 0, 0);
    exit(1);
  }
  const end = new ProcessEnd();
  end.wait(pid);
  same(end.status, 0, 'exec');
}

function groups(): void {
  const pid = fork();
  if (pid == 0) while (true) nanosleep(1_000_000);
  same(setpgid(pid, 0), 0, 'a group of its own');
  same(getpgid(pid), pid, 'its group');
  const end = new ProcessEnd();
  same(end.wait(pid, WNOHANG), 0, 'it runs');
  const count = processes(buffer, 65536);
  let seen = false;
  for (let i = 0; i < count; i++) {
    const record = buffer + i * PROCESS_BYTES;
    if (load<i32>(record, PROCESS_ID) == pid) {
      seen = load<i32>(record, PROCESS_PARENT) == getpid() && load<u8>(record, PROCESS_NAME) != 0;
      check(load<i32>(record, PROCESS_STATE) != 0x5a, 'it is no zombie');
    }
  }
  check(seen, 'it is listed');
  same(kill(-pid, SIGKILL), 0, 'killed by its group');
  same(end.wait(pid), pid, 'it ends');
  same(end.signal, SIGKILL, 'by the signal');
}

/** Many at a time, and one after the other. */
function many(): void {
  const end = new ProcessEnd();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 12; i++) {
      const pid = fork();
      if (pid == 0) exit(i);
      check(pid > 0, 'one of many');
    }
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      check(end.wait(-1) > 0, 'one of many ends');
      sum += end.status;
    }
    same(sum, 66, 'all of them ended');
  }
}

export function checkProcesses(): void {
  check(environmentVariable('PATH')!.is('/bin'), 'the environment');
  words();
  pipes();
  forks();
  execs();
  groups();
  many();
}
