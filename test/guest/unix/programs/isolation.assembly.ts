// Programs that do what they should not: they fail or are ended, the others go on, and all that they had comes back.
import {
  close,
  EAGAIN,
  EMFILE,
  ENOMEM,
  exit,
  fork,
  getpid,
  kill,
  malloc,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  mmap,
  munmap,
  nanosleep,
  pipe,
  ProcessEnd,
  PROT_READ,
  PROT_WRITE,
  run,
  setpgid,
  SIGABRT,
  SIGFPE,
  SIGILL,
  SIGKILL,
  SIGSEGV,
  Thread,
  threadYield,
  WNOHANG,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';
import { rivalExecs } from './programs.assembly';

@external("machine", "halt")
declare function halt(): void;
@external("machine", "set_page_root")
declare function setPageRoot(physical: usize, space: i32): void;

const words = malloc(4096);

function deep(n: i32): i32 {
  return n == 0 ? 0 : deep(n + 1) + load<i32>(words + (n & 7));
}

/** The signal by which a child ends. */
function endOf(act: () => void): i32 {
  const pid = fork();
  if (pid == 0) {
    act();
    exit(0);
  }
  const end = new ProcessEnd();
  end.wait(pid);
  return end.signal;
}

function misbehaviour(): void {
  same(
    endOf(() => halt()),
    SIGILL,
    'a privileged intrinsic',
  );
  same(
    endOf(() => setPageRoot(0, 0)),
    SIGILL,
    'another one',
  );
  same(
    endOf(() => store<i32>(words, deep(1))),
    SIGSEGV,
    'endless recursion',
  );
  same(
    endOf(() => store<i32>(words, 1 / load<i32>(words + 64))),
    SIGFPE,
    'a division by zero',
  );
  same(
    endOf(() => unreachable()),
    SIGABRT,
    'unreachable',
  );
  same(
    endOf(() => call_indirect<void>(100000)),
    SIGILL,
    'no function',
  );
}

/** Takes all memory that there is, page by page. */
function exhaustion(): void {
  const chunk: usize = 1 << 20;
  const signal = endOf(() => {
    while (true) {
      const at = mmap(0, chunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (at < 0 && at > -4096) {
        same(at, -ENOMEM, 'no more memory');
        exit(0);
      }
      for (let page: usize = 0; page < chunk; page += 4096) store<i32>(<usize>at + page, 1);
    }
  });
  check(signal == 0 || signal == SIGKILL, 'memory runs out');
  const again = <usize>mmap(0, chunk, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (let page: usize = 0; page < chunk; page += 4096) store<i32>(again + page, 1);
  munmap(again, chunk);
  const ends = malloc(8);
  let pipes = 0;
  let error = 0;
  while (error == 0) {
    error = pipe(ends, 0);
    if (error == 0) pipes++;
  }
  same(error, -EMFILE, 'no more descriptors');
  for (let fd = 3; fd < 3 + 2 * pipes + 2; fd++) close(fd);
}

/** Forks until nothing is left to fork with. */
function forkBomb(): void {
  const pid = fork();
  if (pid == 0) {
    setpgid(0, 0);
    while (true) {
      const child = fork();
      check(child >= 0 || child == -EAGAIN || child == -ENOMEM, 'fork');
      if (child < 0) nanosleep(1000);
    }
  }
  // What it writes to is its own before the others have taken all memory.
  const end = new ProcessEnd();
  nanosleep(3_000_000);
  // Those that are being made while their group is killed are found the next time.
  while (kill(-pid, SIGKILL) == 0) {
    nanosleep(100_000);
    end.wait(pid, WNOHANG);
  }
}

function threadsWithoutEnd(): void {
  const pid = fork();
  if (pid == 0) {
    let made = 0;
    while (
      Thread.start(() => {
        while (true) threadYield();
        return 0;
      }).id > 0
    )
      made++;
    exit(made > 100 ? 0 : 1);
  }
  const end = new ProcessEnd();
  end.wait(pid);
  same(end.status, 0, 'many threads, and then no more');
}

/** All of it, `rounds` times. */
export function checkIsolation(rounds: i32): void {
  for (let round = 0; round < rounds; round++) {
    misbehaviour();
    exhaustion();
    forkBomb();
    threadsWithoutEnd();
    rivalExecs();
    const end = new ProcessEnd();
    end.wait(run(['echo', 'still here']));
    same(end.status, 0, 'the system goes on');
  }
  check(getpid() == 1, 'the first process');
}
