// Parents and children: who can be waited for, by whom, and what is told; groups; and that nobody is lost when many come and go at once.
import {
  cores,
  EBADF,
  ECHILD,
  EFAULT,
  EINTR,
  EINVAL,
  ENOTTY,
  EPERM,
  ESRCH,
  exit,
  fork,
  getpgid,
  getpid,
  getppid,
  kill,
  malloc,
  nanosleep,
  pipe,
  PROCESS_BYTES,
  PROCESS_ID,
  PROCESS_STATE,
  processes,
  read,
  setpgid,
  SIG_DFL,
  SIGCHLD,
  SIGKILL,
  signal,
  SIGUSR1,
  tcsetpgrp,
  Thread,
  USAGE_BYTES,
  USAGE_SYSTEM,
  waitpid,
  WNOHANG,
  write,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

const MICROSECOND: i64 = 1000;
/** Nobody can be waited for by a number that no process has. */
const NOBODY: i32 = 30000;
const NOWHERE: usize = 0x3ff0_0000;
const ZOMBIE: i32 = 0x5a;
const PROCESSES: i32 = 64;

const status = malloc(8 + USAGE_BYTES);
const usage = status + 8;
const records = malloc(PROCESSES * PROCESS_BYTES);
const ends = malloc(8);

/** A child that does nothing until it is killed. */
function sleeper(): i32 {
  const pid = fork();
  if (pid == 0) while (true) nanosleep(1000 * MICROSECOND);
  return pid;
}

function stop(pid: i32): void {
  same(kill(pid, SIGKILL), 0, 'a child is killed');
  same(waitpid(pid, status, 0, 0), pid, 'and waited for');
  same(load<i32>(status), SIGKILL, 'its status');
}

/** R, S or Z; 0 where there is no such process. */
function stateOf(pid: i32): i32 {
  const count = processes(records, PROCESSES * PROCESS_BYTES);
  check(count <= PROCESSES, 'a few processes');
  for (let i = 0; i < count; i++) {
    const record = records + i * PROCESS_BYTES;
    if (load<i32>(record, PROCESS_ID) == pid) return load<i32>(record, PROCESS_STATE);
  }
  return 0;
}

function errors(): void {
  same(waitpid(-1, 0, 0, 0), -ECHILD, 'nobody to wait for');
  same(waitpid(getpid(), 0, WNOHANG, 0), -ECHILD, 'oneself');
  same(waitpid(0, 0, 0, 0), -EINVAL, 'no process');
  same(waitpid(-2, 0, 0, 0), -EINVAL, 'a group');
  same(waitpid(-1, 0, 8, 0), -EINVAL, 'an option that there is not');
  same(kill(-1, SIGKILL), -EPERM, 'everybody');
  same(kill(getpid(), 32), -EINVAL, 'no signal');
  same(kill(NOBODY, 0), -ESRCH, 'no process');
  same(kill(-NOBODY, 0), -ESRCH, 'no group');
  same(kill(i32.MIN_VALUE, 0), -ESRCH, 'no number');
  same(kill(0, 0), 0, 'the own group');
  same(getpgid(NOBODY), -ESRCH, 'the group of nobody');
  same(setpgid(NOBODY, 0), -ESRCH, 'nobody into a group');
  same(setpgid(0, NOBODY), -EPERM, 'into no group');
  same(setpgid(0, -1), -EINVAL, 'a group of a bad number');
  same(tcsetpgrp(99, getpid()), -EBADF, 'no descriptor');
  pipe(ends, 0);
  same(tcsetpgrp(load<i32>(ends), getpid()), -ENOTTY, 'no terminal');
  const child = sleeper();
  same(waitpid(child, 0, WNOHANG, 0), 0, 'one that runs');
  same(waitpid(NOBODY, 0, 0, 0), -ECHILD, 'another than the own child');
  stop(child);
  for (let i = 0; i < 2; i++) {
    const pid = fork();
    if (pid == 0) exit(i);
    same(waitpid(pid, i == 0 ? NOWHERE : 0, 0, i == 0 ? 0 : NOWHERE), -EFAULT, 'a bad address');
    same(waitpid(pid, 0, 0, 0), -ECHILD, 'it was told of nevertheless');
  }
}

/** Those who have ended are there until they are waited for. */
function zombies(): void {
  const pid = fork();
  if (pid == 0) exit(9);
  while (stateOf(pid) != ZOMBIE) nanosleep(20 * MICROSECOND);
  same(kill(pid, 0), 0, 'it is there');
  same(kill(pid, SIGKILL), 0, 'it can be sent signals');
  same(getpgid(pid), getpgid(0), 'it has a group');
  same(waitpid(-1, status, 0, usage), pid, 'it is waited for');
  same(load<i32>(status), 9 << 8, 'it has ended before');
  check(load<i64>(usage, USAGE_SYSTEM) > 0, 'it took time');
  same(stateOf(pid), 0, 'it is gone');
  same(kill(pid, 0), -ESRCH, 'it is not there');
}

function orphans(): void {
  same(getppid(), 0, 'the first process has no parent');
  pipe(ends, 0);
  const self = getpid();
  const pid = fork();
  if (pid == 0) {
    check(getppid() == self, "the child's parent");
    if (fork() == 0) {
      while (getppid() != 0) nanosleep(20 * MICROSECOND);
      store<i32>(status, getpid());
      write(load<i32>(ends, 4), status, 4);
      exit(0);
    }
    exit(0);
  }
  same(waitpid(pid, 0, 0, 0), pid, 'the child ends');
  same(read(load<i32>(ends), status, 4), 4, 'the grandchild has lost its parent');
  same(waitpid(-1, 0, 0, 0), -ECHILD, 'it is nobody that we wait for');
  const orphan = load<i32>(status);
  while (kill(orphan, 0) == 0) nanosleep(20 * MICROSECOND);
  same(kill(orphan, 0), -ESRCH, 'it is gone without being waited for');
}

const ignore = (number: i32): void => {};
let reaped: i32 = 0;
const reap = (number: i32): void => {
  while (waitpid(-1, 0, WNOHANG, 0) > 0) reaped++;
};

function interruptions(): void {
  const pid = fork();
  if (pid == 0) {
    signal(SIGUSR1, ignore.index);
    const child = sleeper();
    const answer = waitpid(child, 0, 0, 0);
    stop(child);
    exit(answer == -EINTR ? 0 : 1);
  }
  // It may not have begun to wait yet, or to expect a signal.
  nanosleep(300 * MICROSECOND);
  kill(pid, SIGUSR1);
  same(waitpid(pid, status, 0, 0), pid, 'a child that was interrupted');
  check(load<i32>(status) == 0, 'its wait has ended with EINTR');
  // Who waits gets the child, even when its end is a signal that has a handler.
  signal(SIGCHLD, reap.index);
  for (let i = 0; i < 10; i++) {
    const child = fork();
    if (child == 0) {
      nanosleep(<i64>(i * 10) * MICROSECOND);
      exit(3);
    }
    const answer = waitpid(child, status, 0, 0);
    check(answer == child || reaped > 0, 'a child that ends while a handler is there');
    reaped = 0;
  }
  signal(SIGCHLD, SIG_DFL);
}

function waitForAny(nothing: i32): i32 {
  return waitpid(-1, 0, 0, 0);
}

function waitForOne(pid: i32): i32 {
  return waitpid(pid, 0, 0, 0);
}

/** Several threads wait: each child is one's, and who is left is told that there is none. */
function threads(): void {
  const waiting: Thread[] = [];
  const children = [sleeper(), sleeper(), sleeper()];
  for (let i = 0; i < 4; i++) waiting.push(Thread.start(waitForAny));
  nanosleep(100 * MICROSECOND);
  let expected = 0;
  for (let i = 0; i < 3; i++) {
    kill(children[i], SIGKILL);
    expected += children[i];
  }
  let sum = 0;
  for (let i = 0; i < 4; i++) sum += waiting[i].join();
  same(sum, expected - ECHILD, 'three are waited for once');
  const child = sleeper();
  for (let i = 0; i < 3; i++) waiting[i] = Thread.start(waitForOne, child);
  nanosleep(50 * MICROSECOND);
  kill(child, SIGKILL);
  sum = 0;
  for (let i = 0; i < 3; i++) sum += waiting[i].join();
  same(sum, child - 2 * ECHILD, 'one is waited for once');
}

/** A group is there as long as one of its members runs, whoever has founded it. */
function groups(): void {
  const founder = sleeper();
  same(setpgid(founder, 0), 0, 'a group');
  const member = sleeper();
  same(setpgid(member, founder), 0, 'another member');
  same(getpgid(member), founder, 'its group');
  stop(founder);
  same(kill(-founder, 0), 0, 'the group is there');
  const late = sleeper();
  same(setpgid(late, founder), 0, 'one that comes later');
  same(setpgid(0, member), -EPERM, 'a process that is no group');
  same(kill(-founder, SIGKILL), 0, 'the end of the group');
  check(waitpid(member, status, 0, 0) == member && load<i32>(status) == SIGKILL, 'a member');
  check(waitpid(late, status, 0, 0) == late && load<i32>(status) == SIGKILL, 'the other');
  same(kill(-founder, 0), -ESRCH, 'there is no such group any more');
  const own = fork();
  if (own == 0) {
    check(setpgid(0, 0) == 0 && getpgid(0) == getpid(), 'its own group');
    const grandchild = fork();
    if (grandchild == 0) exit(getpgid(0) == getppid() ? 5 : 1);
    // Not one's child.
    check(waitpid(grandchild, status, 0, 0) == grandchild && load<i32>(status) == 5 << 8, 'groups are inherited');
    check(setpgid(member, 0) == -ESRCH, 'a stranger');
    kill(0, SIGKILL);
  }
  check(waitpid(own, status, 0, 0) == own && load<i32>(status) == SIGKILL, 'a group that ends itself');
}

/** Children and grandchildren that end at any time, also by signals and before each other, in groups that come and go. */
function storm(number: i32): void {
  let living = 0;
  let previous = 0;
  for (let i = 0; i < 30; i++) {
    const pid = fork();
    if (pid == 0) {
      if (i % 5 == 1) setpgid(0, 0);
      if (i % 3 == 0 && fork() == 0) exit(1);
      if (i % 7 == 2) kill(getpid(), SIGKILL);
      exit(number);
    }
    check(pid > 0, 'a child of the storm');
    living++;
    setpgid(pid, i % 4 == 0 ? pid : previous);
    // Whom this reaches has not begun yet, or ends just now, or has ended.
    if (i % 4 == 3) same(kill(pid, i % 8 == 3 ? SIGKILL : 0), 0, 'a child that was not waited for');
    if (previous != 0) kill(-previous, 0);
    previous = pid;
    if (i % 6 == 5) {
      for (let answer = 1; answer > 0; ) {
        answer = waitpid(-1, status, WNOHANG, 0);
        if (answer > 0) living--;
      }
    }
  }
  for (; living > 0; living--) {
    check(waitpid(-1, status, 0, 0) > 0, 'one of the storm');
    const how = load<i32>(status);
    check(how == number << 8 || how == SIGKILL, 'how it ended');
  }
  same(waitpid(-1, 0, 0, 0), -ECHILD, 'all have ended once');
  exit(0);
}

function storms(): void {
  const storms = cores() + 2;
  for (let i = 0; i < storms; i++) if (fork() == 0) storm(i + 1);
  for (let i = 0; i < storms; i++) {
    check(waitpid(-1, status, 0, 0) > 0, 'a storm ends');
    same(load<i32>(status), 0, 'as it should');
  }
  // Nobody waits for the grandchildren.
  while (processes(0, 0) > 1) nanosleep(50 * MICROSECOND);
}

export function checkFamilies(): void {
  errors();
  zombies();
  orphans();
  interruptions();
  threads();
  groups();
  storms();
}
