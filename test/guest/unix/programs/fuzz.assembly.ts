// Random system calls with random operands, good and bad: the kernel must stay, answer what comes after, and get everything back.
import {
  exit,
  fork,
  getpgid,
  getpid,
  getppid,
  kill,
  malloc,
  MAP_ANONYMOUS,
  MAP_SHARED,
  mmap,
  nanosleep,
  munmap,
  PROT_READ,
  PROT_WRITE,
  ProcessEnd,
  processes,
  setpgid,
  SIGKILL,
  waitpid,
  WNOHANG,
} from '../../../../guest/posix/index';
import {
  SYS_EXIT,
  SYS_FORK,
  SYS_GETPGID,
  SYS_GETPPID,
  SYS_KILL,
  SYS_PROCESSES,
  SYS_SETPGID,
  SYS_TCSETPGRP,
  SYS_WAITPID,
} from '../../../../guest/lib/unix/system-calls';
import { check } from './check.assembly';

@external("machine", "syscall")
declare function syscall(number: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64;

const LAST_CALL: i32 = 80;
/** Calls of one process at most, and nanoseconds that it may take for them. */
const CALLS_EACH: i32 = 120;
const TIME_EACH: i32 = 3_000_000;

let state: u64 = 1;

function random(below: i32): i32 {
  state = state * 6364136223846793005 + 1442695040888963407;
  return <i32>((state >> 33) % <u64>below);
}

const memoryOfCalls = malloc(65536);

/** Numbers that are meant to be something, and numbers that are nothing. */
function operand(): i32 {
  switch (random(12)) {
    case 0:
      return random(4);
    case 1:
      return random(300);
    case 2:
      return <i32>memoryOfCalls + random(65536);
    case 3:
      return <i32>memoryOfCalls + random(16) * 4096;
    case 4:
      return 0x4000_0000 + random(64) * 4096;
    case 5:
      return <i32>0x8000_0000 + random(1 << 20);
    case 6:
      return <i32>0xc000_0000 + random(1 << 20);
    case 7:
      return -random(40);
    case 8:
      return <i32>0x7fff_f000 + random(4096);
    case 9:
      return 1 << random(32);
    case 10:
      return random(1 << 30) * 4;
    default:
      return 0;
  }
}

/** Calls about other processes are not system calls with all kernels. */
function call(n: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  switch (n) {
    case SYS_WAITPID:
      return waitpid(a, b, c, d);
    case SYS_KILL:
      return kill(a, b);
    case SYS_GETPPID:
      return getppid();
    case SYS_SETPGID:
      return setpgid(a, b);
    case SYS_GETPGID:
      return getpgid(a);
    case SYS_PROCESSES:
      return processes(a, b);
    default:
      return syscall(n, a, b, c, d, e, f);
  }
}

/** Makes calls until it has made enough, one ends it, or its parent does. */
function callAtRandom(seed: u64, counter: usize): void {
  state = seed;
  const self = getpid();
  const parent = getppid();
  setpgid(0, 0);
  const path = '/bin/echo\0/tmp/a\0/tmp\0/lib/posix.wasm';
  for (let i = 0; i < path.length; i++) store<u8>(memoryOfCalls + i, <u8>path.charCodeAt(i));
  for (let i = 0; i < CALLS_EACH; i++) {
    const n = random(LAST_CALL);
    const a = operand();
    // It may end itself, but neither its parent nor the others.
    if (n == SYS_KILL && a != self && a != 0) continue;
    if ((n == SYS_SETPGID && (a == 0 || a == self)) || n == SYS_TCSETPGRP || n == SYS_EXIT || a == parent) continue;
    atomic.add<i32>(counter, 1);
    const answer = call(n, a, operand(), operand(), operand(), operand(), operand());
    if (n == SYS_FORK && answer == 0) exit(0);
  }
  exit(0);
}

export function checkFuzz(seed: i32, calls: i32): void {
  const counter = <usize>mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const end = new ProcessEnd();
  let children = 0;
  while (load<i32>(counter) < calls) {
    const pid = fork();
    if (pid == 0) callAtRandom(<u64>(seed * 100000 + children), counter);
    check(pid > 0, 'a child can be made');
    children++;
    let waited = 0;
    while (end.wait(pid, WNOHANG) == 0) {
      nanosleep(200_000);
      waited += 200_000;
      if (waited > TIME_EACH) kill(-pid, SIGKILL);
    }
    kill(-pid, SIGKILL);
  }
  munmap(counter, 4096);
}
