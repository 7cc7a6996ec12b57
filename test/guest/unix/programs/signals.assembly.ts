// Signals: handlers, default actions, interrupted system calls, kill.
import {
  close,
  EINTR,
  EINVAL,
  EPIPE,
  ESRCH,
  exit,
  fork,
  getpid,
  kill,
  malloc,
  nanosleep,
  Pipe,
  ProcessEnd,
  read,
  signal,
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGINT,
  SIGKILL,
  SIGPIPE,
  SIGTERM,
  SIGUSR1,
  SIGUSR2,
  write,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

let seen: i32 = 0;
const note = (number: i32): void => {
  seen = seen * 100 + number;
};
const buffer = malloc(16);

function handlers(): void {
  same(signal(SIGUSR1, note.index), SIG_DFL, 'the handler before');
  same(kill(getpid(), SIGUSR1), 0, 'kill');
  same(seen, SIGUSR1, 'it was called before kill returned');
  same(signal(SIGUSR1, SIG_IGN), note.index, 'the handler before');
  kill(getpid(), SIGUSR1);
  same(seen, SIGUSR1, 'it is ignored');
  same(signal(SIGKILL, SIG_IGN), -EINVAL, 'SIGKILL cannot be ignored');
  same(signal(99, SIG_IGN), -EINVAL, 'no such signal');
  same(kill(30000, 0), -ESRCH, 'no such process');
  same(kill(getpid(), 0), 0, 'it exists');
}

/** A child that waits in some system call is ended by a signal, or goes on with EINTR behind its handler. */
function interruptions(): void {
  const ends = new Pipe();
  const ready = new Pipe();
  const end = new ProcessEnd();
  let pid = fork();
  if (pid == 0) {
    signal(SIGUSR2, note.index);
    write(ready.to, buffer, 1);
    const answer = read(ends.from, buffer, 1);
    exit(answer == -EINTR && seen == SIGUSR1 * 100 + SIGUSR2 ? 0 : 1);
  }
  read(ready.from, buffer, 1);
  nanosleep(100_000);
  kill(pid, SIGUSR2);
  end.wait(pid);
  same(end.status, 0, 'a read that is interrupted');
  pid = fork();
  if (pid == 0) while (true) {}
  nanosleep(10_000);
  kill(pid, SIGTERM);
  end.wait(pid);
  same(end.signal, SIGTERM, 'an endless loop');
  pid = fork();
  if (pid == 0) {
    read(ends.from, buffer, 1);
    exit(1);
  }
  nanosleep(10_000);
  kill(pid, SIGINT);
  end.wait(pid);
  same(end.signal, SIGINT, 'a read');
  close(ends.from);
  same(signal(SIGPIPE, SIG_IGN), SIG_DFL, 'SIGPIPE');
  same(write(ends.to, buffer, 1), -EPIPE, 'nobody reads');
  signal(SIGPIPE, SIG_DFL);
  pid = fork();
  if (pid == 0) {
    write(ends.to, buffer, 1);
    exit(1);
  }
  end.wait(pid);
  same(end.signal, SIGPIPE, 'nobody reads');
}

function children(): void {
  seen = 0;
  signal(SIGCHLD, note.index);
  const end = new ProcessEnd();
  const pid = fork();
  if (pid == 0) exit(7);
  same(end.wait(pid), pid, 'a child ends');
  same(seen, SIGCHLD, 'its parent is told');
  signal(SIGCHLD, SIG_DFL);
}

export function checkSignals(): void {
  handlers();
  interruptions();
  children();
}
