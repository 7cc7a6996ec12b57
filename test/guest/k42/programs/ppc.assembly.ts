// Protected procedure calls from the inside: `ppc CASE...` makes the checks of those names; see ../ppc.test.ts. Cases fork servers of their own.
import {
  args,
  clock,
  CLOCK_MONOTONIC,
  cores,
  EACCES,
  EBADF,
  EBUSY,
  EFAULT,
  EINTR,
  EINVAL,
  ENOSYS,
  ENOTDIR,
  EPERM,
  EPIPE,
  ESRCH,
  exit,
  fork,
  free,
  getpid,
  kill,
  malloc,
  mprotect,
  nanosleep,
  out,
  PROT_READ,
  PROT_WRITE,
  SIG_DFL,
  SIGKILL,
  signal,
  SIGUSR1,
  STAT_BYTES,
  Thread,
  threadAffinity,
  threadExit,
  USAGE_BYTES,
  USAGE_SYSTEM,
  USAGE_USER,
  waitpid,
  WNOHANG,
} from '../../../../guest/posix/index';
import { syscall } from '../../../../guest/lib/machine';
import { PPC_GIVE, PPC_TAKE, ppcCall, PpcCall, serve } from '../../../../guest/k42/ppc-api';
import { PPC_B, PPC_C, SYS_PPC_FETCH, SYS_PPC_SERVE, SYS_PPC_WAIT } from '../../../../guest/k42/ppc-numbers';
import { FIND, LIST, OPEN, STAT } from '../../../../guest/k42/file-service';
import { KILL, LIST as PROCESS_LIST, NEW } from '../../../../guest/k42/process-service';
import { FILE_SERVER, PROCESS_SERVER, SYS_SERVED, SYS_SERVED_END } from '../../../../guest/k42/service-numbers';
import { check, same } from '../../unix/programs/check.assembly';

// What servers do: the first word of a call.
const ADD: i32 = 0;
const WHO: i32 = 1;
const REVERSE: i32 = 2;
const NAP: i32 = 3;
const FORWARD: i32 = 4;
const LEAVE: i32 = 5;
const END_THREAD: i32 = 6;
const SPIN: i32 = 7;
const OVERREACH: i32 = 8;
const DIVIDE: i32 = 9;
const WORK: i32 = 10;

const SERVER: i32 = 7;
const SECOND: i32 = 8;
const MICROSECOND: i64 = 1000;

function answer(call: PpcCall): i64 {
  switch (call.a) {
    case ADD:
      return <i64>call.b + <i64>call.c;
    case WHO:
      return call.caller;
    case REVERSE:
      return reverse(call);
    case NAP:
      nanosleep(<i64>call.b * MICROSECOND);
      return call.c;
    case FORWARD:
      // Between the two servers, so often.
      return call.b == 0 ? call.caller : 1000 + ppcCall(call.c, FORWARD, call.b - 1, SERVER + SECOND - call.c);
    case LEAVE:
      exit(3);
      return 0;
    case END_THREAD:
      threadExit(0);
      return 0;
    case SPIN:
      for (;;) if (call.caller == 0) return 0;
    case DIVIDE:
      return call.b / call.c;
    case WORK:
      return work(<i64>call.b * MICROSECOND);
    default:
      return overreach(call);
  }
}

/** Works for a time, and returns how long that was, both in nanoseconds. */
function work(nanoseconds: i64): i64 {
  const begin = clock(CLOCK_MONOTONIC);
  while (clock(CLOCK_MONOTONIC) < begin + nanoseconds) continue;
  return clock(CLOCK_MONOTONIC) - begin;
}

function reverse(call: PpcCall): i64 {
  const bytes = <i32>call.bytes;
  const copy = malloc(bytes);
  let error = call.fetch(0, copy, bytes);
  for (let i = 0, j = bytes - 1; i < j; i++, j--) {
    const byte = load<u8>(copy + i);
    store<u8>(copy + i, load<u8>(copy + j));
    store<u8>(copy + j, byte);
  }
  if (error == 0) error = call.store(0, copy, bytes);
  free(copy);
  return error;
}

/** Which of the accesses that it must not make a server gets away with: bits. */
function overreach(call: PpcCall): i64 {
  const own = malloc(64);
  const bytes = call.bytes;
  let done: i64 = 0;
  if (call.fetch(0, own, bytes + 1) != -EFAULT) done |= 1;
  if (call.fetch(bytes, own, 1) != -EFAULT) done |= 2;
  if (call.fetch(-4, own, 8) != -EFAULT) done |= 4;
  if (call.store(0, own, 1) != -EACCES) done |= 8;
  if (call.fetch(0, 0x3ff0_0000, 4) != -EFAULT) done |= 16;
  if (call.fetch(0, 0x8000_1000, 4) != -EFAULT) done |= 32;
  if (call.fetch(0, own, bytes) != 0) done |= 64;
  free(own);
  return done;
}

/** A server in a process of its own: its number. */
function startServer(server: i32): i32 {
  const pid = fork();
  if (pid == 0) exit(-serve(server, answer));
  while (ppcCall(server) == -ESRCH) nanosleep(20 * MICROSECOND);
  return pid;
}

function stopServer(pid: i32): void {
  kill(pid, SIGKILL);
  same(waitpid(pid, 0, 0, 0), pid, 'the server ends');
}

// --- cases

function checkCalls(): void {
  same(ppcCall(SERVER, ADD, 1, 2), -ESRCH, 'without a server');
  same(ppcCall(0, ADD, 1, 2), -ESRCH, 'there is no server 0');
  same(serve(0, answer), -EINVAL, 'nobody serves 0');
  const pid = startServer(SERVER);
  for (let i = 0; i < 50; i++) same(ppcCall(SERVER, ADD, i, 1 - 2 * i), 1 - i, 'a sum');
  same(ppcCall(SERVER, ADD, i32.MAX_VALUE, i32.MAX_VALUE), 2 * <i64>i32.MAX_VALUE, 'answers have 64 bits');
  same(ppcCall(SERVER, WHO), getpid(), 'the server is told who calls');
  const child = fork();
  if (child == 0) exit(ppcCall(SERVER, WHO) == getpid() ? 0 : 1);
  const status = malloc(4);
  waitpid(child, status, 0, 0);
  same(load<i32>(status), 0, 'the server is told of another');
  same(serve(SERVER, answer), -EBUSY, 'there is one server of a number');
  stopServer(pid);
  same(ppcCall(SERVER, ADD, 1, 2), -ESRCH, 'after the server');
  stopServer(startServer(SERVER));
}

function checkBuffers(): void {
  const pid = startServer(SERVER);
  const bytes = 3 * 4096 + 123;
  const buffer = malloc(bytes + 2) + 1;
  for (let i = -1; i <= bytes; i++) store<u8>(buffer + i, <u8>(i * 7));
  same(ppcCall(SERVER | PPC_GIVE | PPC_TAKE, REVERSE, 0, 0, buffer, bytes), 0, 'the server reverses the buffer');
  for (let i = 0; i < bytes; i++) same(load<u8>(buffer + i), <u8>((bytes - 1 - i) * 7), 'a byte of it');
  same(load<u8>(buffer - 1), <u8>-7, 'the byte before it');
  same(load<u8>(buffer + bytes), <u8>(bytes * 7), 'the byte behind it');
  same(ppcCall(SERVER | PPC_GIVE, REVERSE, 0, 0, buffer, 8), -EACCES, 'what is given only');
  same(ppcCall(SERVER | PPC_TAKE, REVERSE, 0, 0, buffer, 8), -EACCES, 'what is to be filled only');
  same(ppcCall(SERVER | PPC_GIVE | PPC_TAKE, REVERSE, 0, 0, 0x3ff0_0000, 8), -EFAULT, 'a buffer that is not there');
  same(ppcCall(SERVER | PPC_GIVE | PPC_TAKE, REVERSE, 0, 0, 0x9000_0000, 8), -EFAULT, "the kernel's memory");
  same(ppcCall(SERVER | PPC_GIVE, OVERREACH, 0, 0, buffer, 16), 0, 'a server gets no more than it was given');
  const block = malloc(64);
  same(syscall(SYS_PPC_WAIT, <i32>block, 0, 0, 0, 0, 0), -EPERM, 'only workers answer');
  same(syscall(SYS_PPC_FETCH, 0, <i32>block, 4, 0, 0, 0), -EPERM, 'only workers fetch');
  same(syscall(SYS_PPC_FETCH + 2, 0, 0, 0, 0, 0, 0), -38, 'there are no further calls');
  stopServer(pid);
}

/** Where a worker without the library wants its calls: at first where it cannot have them, then where its memory begins. */
function workAtZero(nothing: i32): i32 {
  const bad: i32[] = [0x3ff0_0000, <i32>0x9000_0000, 4094, 6, 4096 - 28];
  for (let i = 0; i < bad.length; i++) {
    if (<i32>syscall(SYS_PPC_WAIT, bad[i], 0, 0, 0, 0, 0) != -EFAULT) return 0;
  }
  mprotect(0, 4096, PROT_READ);
  if (<i32>syscall(SYS_PPC_WAIT, 0, 0, 0, 0, 0, 0) != -EFAULT) return 0;
  mprotect(0, 4096, PROT_READ | PROT_WRITE);
  for (let answer = 0; <i32>syscall(SYS_PPC_WAIT, 0, answer, 0, 0, 0, 0) == 0; ) {
    answer = load<i32>(0, PPC_B) + load<i32>(0, PPC_C);
  }
  return 0;
}

function checkBlocks(): void {
  const pid = fork();
  if (pid == 0) exit(<i32>syscall(SYS_PPC_SERVE, SERVER, workAtZero.index, 0, 0, 0, 0));
  while (ppcCall(SERVER) == -ESRCH) nanosleep(20 * MICROSECOND);
  for (let i = 1; i < 9; i++) same(ppcCall(SERVER, ADD, i, 100), 100 + i, 'a call that is described at 0');
  stopServer(pid);
}

/** The kernel's own servers answer everybody, and are nobody's to be. */
function checkTrusted(): void {
  same(serve(FILE_SERVER, answer), -EPERM, "a number of the kernel's own servers");
  for (let n = SYS_SERVED; n < SYS_SERVED_END; n++) same(syscall(n, 0, 0, 0, 0, 0, 0), -EPERM, "a server's call");
  const path = malloc(16);
  store<u8>(path, 0x2f);
  same(ppcCall(FILE_SERVER, 1000), -ENOSYS, 'an operation that there is not');
  same(ppcCall(FILE_SERVER, OPEN, 0x3ff0_0000, 16), -EFAULT, 'a path that is not there');
  same(ppcCall(FILE_SERVER, OPEN, 0x9000_0000, 16), -EFAULT, "a path in the kernel's memory");
  same(ppcCall(FILE_SERVER, STAT, <i32>path, 1, 0x9000_0000), -EFAULT, "a record in the kernel's memory");
  same(ppcCall(FILE_SERVER, FIND, <i32>path, 1), -EACCES, 'a directory as a program');
  memory.copy(path, changetype<usize>(String.UTF8.encode('/bin/echo')), 9);
  same(ppcCall(FILE_SERVER, FIND, <i32>path, 9), -EPERM, 'what only the kernel is given');
  same(ppcCall(FILE_SERVER, LIST, 1, <i32>path, 16), -ENOTDIR, 'a descriptor of the terminal');
  same(ppcCall(FILE_SERVER, LIST, 9, <i32>path, 16), -EBADF, 'a descriptor that is closed');
  same(ppcCall(PROCESS_SERVER, NEW, 1, 0, 1), -ENOSYS, 'what only the kernel asks for');
  same(ppcCall(PROCESS_SERVER, PROCESS_LIST, 0x9000_0000, 4096), -EFAULT, "a list in the kernel's memory");
  endInCalls();
  // A signal for the caller has to wait, and what was asked for is done.
  const pid = getpid();
  for (let i = 0; i < 20; i++) {
    const other = fork();
    if (other == 0) {
      for (let round = 0; round < 50; round++) kill(pid, SIGUSR1);
      exit(0);
    }
    signal(SIGUSR1, count.index);
    for (let round = 0; round < 10; round++) same(ppcCall(FILE_SERVER, STAT, <i32>path, 9, <i32>record), 0, 'a call');
    while (waitpid(other, 0, 0, 0) == -EINTR) {}
  }
  check(load<i32>(counted) > 0, 'signals have come');
}

/** Whoever is killed in a call ends behind it. */
function endInCalls(): void {
  for (let i = 0; i < 20; i++) {
    const other = fork();
    if (other == 0) for (;;) ppcCall(PROCESS_SERVER, KILL, getpid(), 0);
    nanosleep(<i64>(i * 5) * MICROSECOND);
    kill(other, SIGKILL);
    same(waitpid(other, <usize>record, 0, 0), other, 'one that is killed in a call');
    same(load<i32>(record), SIGKILL, 'how it has ended');
  }
}

const counted = memory.data(4, 4);
const record = memory.data(STAT_BYTES, 8);

function count(signal: i32): void {
  atomic.add<i32>(counted, 1);
}

function checkNested(): void {
  const first = startServer(SERVER);
  const second = startServer(SECOND);
  same(ppcCall(SERVER, FORWARD, 1, SECOND), 1000 + first, 'the second server sees the first');
  same(ppcCall(SERVER, FORWARD, 9, SECOND), 9000 + first, 'there and back');
  same(ppcCall(SERVER, FORWARD, 8, SERVER), 8000 + first, 'by way of itself');
  stopServer(first);
  stopServer(second);
}

/** Calls from one core after the other. */
function callMany(thread: i32): i32 {
  for (let i = 0; i < 20; i++) {
    if (ppcCall(SERVER, ADD, thread, i) != thread + i) return 1;
    if (i % 5 == 0) threadAffinity(0, (thread + i) % cores());
    if ((i & 7) == thread % 8 && ppcCall(SERVER, NAP, 30 + i, i) != i) return 2;
  }
  return 0;
}

function checkMany(): void {
  const pid = startServer(SERVER);
  const threads: Thread[] = [];
  for (let i = 0; i < 3 * cores(); i++) threads.push(Thread.start(callMany, i, i % cores()));
  // Some are sent away in the middle of a call.
  for (let i = 0; i < threads.length; i++) threadAffinity(threads[i].id, (3 * i) % cores());
  for (let i = 0; i < threads.length; i++) same(threads[i].join(), 0, 'a thread of many');
  stopServer(pid);
}

function ignore(number: i32): void {}

function checkSignals(): void {
  const pid = startServer(SERVER);
  signal(SIGUSR1, ignore.index);
  const self = getpid();
  const child = fork();
  if (child == 0) {
    for (;;) {
      nanosleep(300 * MICROSECOND);
      kill(self, SIGUSR1);
    }
  }
  same(ppcCall(SERVER, NAP, 1_000_000, 5), -EINTR, 'a signal ends a call in which the server sleeps');
  same(ppcCall(SERVER, SPIN), -EINTR, 'or works');
  kill(child, SIGKILL);
  waitpid(child, 0, 0, 0);
  signal(SIGUSR1, SIG_DFL);
  same(ppcCall(SERVER, ADD, 1, 2), 3, 'the server goes on');
  const caller = fork();
  if (caller == 0) exit(<i32>ppcCall(SERVER, SPIN));
  nanosleep(300 * MICROSECOND);
  same(waitpid(caller, 0, WNOHANG, 0), 0, 'the call lasts');
  kill(caller, SIGKILL);
  same(waitpid(caller, 0, 0, 0), caller, 'who calls can be killed');
  same(ppcCall(SERVER, ADD, 1, 2), 3, 'the server goes on');
  stopServer(pid);
}

function checkDeath(): void {
  const status = malloc(4);
  let pid = startServer(SERVER);
  same(ppcCall(SERVER, END_THREAD), -EPIPE, 'a worker that ends');
  same(ppcCall(SERVER, ADD, 1, 2), 3, 'is not the server');
  // More than a process may have threads.
  for (let i = 0; i < 600; i++) same(ppcCall(SERVER, END_THREAD), -EPIPE, 'one of many workers that end');
  same(ppcCall(SERVER, LEAVE), -EPIPE, 'a server that ends');
  same(waitpid(pid, status, 0, 0), pid, 'has ended');
  same(load<i32>(status), 3 << 8, 'by itself');
  same(ppcCall(SERVER, ADD, 1, 2), -ESRCH, 'and is not there');
  pid = startServer(SERVER);
  same(ppcCall(SERVER, DIVIDE, 1, 0), -EPIPE, 'a server that traps');
  waitpid(pid, 0, 0, 0);
  pid = startServer(SERVER);
  const second = startServer(SECOND);
  const killer = fork();
  if (killer == 0) {
    nanosleep(300 * MICROSECOND);
    kill(pid, SIGKILL);
    exit(0);
  }
  same(ppcCall(SECOND, FORWARD, 1, SERVER), 1000 + second, 'a call through two servers');
  same(ppcCall(SERVER, NAP, 1_000_000, 5), -EPIPE, 'a server that is killed');
  waitpid(killer, 0, 0, 0);
  waitpid(pid, 0, 0, 0);
  same(ppcCall(SECOND, FORWARD, 1, SERVER), 1000 - ESRCH, 'the other is there still');
  stopServer(second);
}

/** Two callers on one core: their turns end in the middle of calls. */
function checkTime(): void {
  const pid = startServer(SERVER);
  const use = malloc(USAGE_BYTES);
  const callers: i32[] = [];
  for (let i = 1; i <= 2; i++) {
    const caller = fork();
    if (caller == 0) exit(ppcCall(SERVER, WORK, 4000 * i) >= 4000 * i * MICROSECOND ? 0 : 1);
    callers.push(caller);
  }
  const status = malloc(4);
  let sum: i64 = 0;
  for (let i = 1; i <= 2; i++) {
    waitpid(callers[i - 1], status, 0, use);
    same(load<i32>(status), 0, 'a call is as long as it was to be');
    const time = load<i64>(use, USAGE_USER) + load<i64>(use, USAGE_SYSTEM);
    check(time > 1000 * MICROSECOND, 'the caller pays for what the server does');
    sum += time;
  }
  // The core has worked for the longer of the calls, and for a turn of the other one before.
  check(sum > 8000 * MICROSECOND && sum < 10_000 * MICROSECOND, 'nobody pays for what another has got');
  kill(pid, SIGKILL);
  waitpid(pid, 0, 0, use);
  check(load<i64>(use, USAGE_USER) < 500 * MICROSECOND, 'the server pays for itself');
}

/** Servers come and go, with calls from all CPUs under way. */
function checkLeaks(rounds: i32): void {
  for (let round = 0; round < rounds; round++) {
    const pid = startServer(SERVER);
    const callers: i32[] = [];
    for (let i = 0; i < 4; i++) {
      const caller = fork();
      if (caller == 0) {
        for (;;) if (ppcCall(SERVER, i == 3 ? NAP : ADD, 50, i) < 0) exit(0);
      }
      callers.push(caller);
    }
    nanosleep(<i64>(60 + 40 * (round % 5)) * MICROSECOND);
    if (round & 1) kill(callers[round & 3], SIGKILL);
    stopServer(pid);
    for (let i = 0; i < 4; i++) waitpid(callers[i], 0, 0, 0);
  }
}

function checkCase(name: string): void {
  if (name == 'calls') checkCalls();
  else if (name == 'buffers') checkBuffers();
  else if (name == 'blocks') checkBlocks();
  else if (name == 'trusted') checkTrusted();
  else if (name == 'nested') checkNested();
  else if (name == 'many') checkMany();
  else if (name == 'signals') checkSignals();
  else if (name == 'death') checkDeath();
  else if (name == 'time') checkTime();
  else if (name.startsWith('leaks')) checkLeaks(I32.parseInt(name.slice(5)));
  else check(false, 'there is such a case');
}

export function main(): i32 {
  const words = args();
  for (let i = 1; i < words.length; i++) checkCase(words[i]);
  out.text('works\n');
  return 0;
}
