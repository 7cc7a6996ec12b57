// The shim's functions on processes, threads and time. A child and a thread run to their end before the call that starts them returns.
import * as abi from '../../../guest/posix/abi.ts';
import { PosixError } from './file-tree.ts';
import { type Call, Exit, Process } from './process.ts';

/** Cuts texts that each end with a zero byte apart. */
function split(bytes: Uint8Array): Uint8Array[] {
  const texts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const zero = bytes.indexOf(0, from);
    if (zero < 0) throw new PosixError(abi.EINVAL);
    texts.push(bytes.slice(from, zero));
    from = zero + 1;
  }
  return texts;
}

function fill(process: Process, texts: Uint8Array[], buffer: number, bytes: number): number {
  const all = Buffer.concat(texts.flatMap((text) => [text, Uint8Array.of(0)]));
  if (all.length <= bytes) process.memory(buffer, all.length).set(all);
  return all.length;
}

function spawn(process: Process, path: string, args: Uint8Array, environment: Uint8Array, fds: number[] | undefined) {
  const { world } = process;
  const node = world.files.entry(process.cwd, path);
  if (node.kind === 'directory') throw new PosixError(abi.EACCES);
  const module = world.moduleOf(node);
  if (!module) throw new PosixError(abi.ENOEXEC);
  const pid = world.nextPid();
  const child = new Process(world, {
    pid,
    parent: process.pid,
    group: pid,
    cwd: process.cwd,
    streams: fds ? fds.map((fd) => (fd < 0 ? undefined : process.stream(fd))) : process.inherited(),
    args: split(args),
    environment: split(environment),
  });
  process.ended.push({ pid, status: child.execute(module) });
  return pid;
}

function wait(process: Process, pid: number, status: number): number {
  const at = process.ended.findIndex((child) => pid === -1 || child.pid === pid);
  if (at < 0) throw new PosixError(abi.ECHILD);
  const [child] = process.ended.splice(at, 1) as [{ pid: number; status: number }];
  if (status !== 0) process.view(status, 4).setInt32(0, child.status << 8, true);
  return child.pid;
}

export function processCalls(process: Process): Record<string, Call> {
  const { world, start } = process;
  const threads: number[] = [];
  return {
    spawn: (
      path: number,
      pathBytes: number,
      args: number,
      argsBytes: number,
      environment: number,
      environmentBytes: number,
      fds: number,
      count: number,
    ) => {
      const numbers = count >= 0 ? process.view(fds, count * 4) : undefined;
      return spawn(
        process,
        process.text(path, pathBytes),
        process.memory(args, argsBytes).slice(),
        process.memory(environment, environmentBytes).slice(),
        numbers && Array.from({ length: count }, (_, i) => numbers.getInt32(i * 4, true)),
      );
    },
    waitpid: (pid: number, status: number, _options: number, usage: number) => {
      const ended = wait(process, pid, status);
      if (usage !== 0) process.memory(usage, abi.USAGE_BYTES).fill(0);
      return ended;
    },
    exec: (
      path: number,
      pathBytes: number,
      args: number,
      argsBytes: number,
      environment: number,
      environmentBytes: number,
    ) => {
      const pid = spawn(
        process,
        process.text(path, pathBytes),
        process.memory(args, argsBytes).slice(),
        process.memory(environment, environmentBytes).slice(),
        undefined,
      );
      throw new Exit(process.ended.find((child) => child.pid === pid)?.status ?? 0);
    },
    mmap: (_address: number, bytes: number) => process.map(bytes),
    munmap: () => 0,
    mprotect: () => 0,
    exit: (status: number) => {
      throw new Exit(status);
    },
    kill: (pid: number, signal: number) => {
      if (signal < 0 || signal >= abi.SIGNALS) throw new PosixError(abi.EINVAL);
      if (pid !== process.pid) throw new PosixError(abi.ESRCH);
      if (signal === 0 || signal === abi.SIGCHLD || signal === abi.SIGCONT) return 0;
      throw new Exit(128 + signal);
    },
    signal: () => abi.SIG_DFL,
    getpid: () => process.pid,
    getppid: () => start.parent,
    setpgid: () => 0,
    getpgid: () => start.group,
    tcsetpgrp: () => 0,
    processes: (buffer: number, bytes: number) => {
      if (bytes >= abi.PROCESS_BYTES) {
        const record = process.view(buffer, abi.PROCESS_BYTES);
        record.setInt32(abi.PROCESS_ID, process.pid, true);
        record.setInt32(abi.PROCESS_PARENT, start.parent, true);
        record.setInt32(abi.PROCESS_STATE, 'R'.charCodeAt(0), true);
        record.setInt32(abi.PROCESS_THREADS, 1, true);
        record.setInt32(abi.PROCESS_PAGES, 16, true);
        record.setBigInt64(abi.PROCESS_TIME, 2_500_000n, true);
        process.memory(buffer + abi.PROCESS_NAME, 4).set(Buffer.from('test'));
      }
      return 1;
    },
    arguments: (buffer: number, bytes: number) => fill(process, start.args, buffer, bytes),
    environment: (buffer: number, bytes: number) => fill(process, start.environment, buffer, bytes),
    thread_create: (fn: number, argument: number) => threads.push(process.callback(fn, argument)),
    thread_join: (thread: number, result: number) => {
      const value = threads[thread - 1];
      if (value === undefined) throw new PosixError(abi.ESRCH);
      if (result !== 0) process.view(result, 4).setInt32(0, value, true);
      return 0;
    },
    thread_self: () => 0,
    thread_yield: () => 0,
    thread_affinity: () => 0,
    cores: () => 1,
    futex_wait: (word: number, expected: number) => {
      if (process.view(word, 4).getInt32(0, true) !== expected) throw new PosixError(abi.EAGAIN);
      throw new Error('a thread would wait for ever');
    },
    futex_wake: () => 0,
    clock: (id: number) => {
      if (id < 0 || id > abi.CLOCK_THREAD_CPUTIME_ID) throw new PosixError(abi.EINVAL);
      return world.now() + (id === abi.CLOCK_REALTIME ? BigInt(abi.REALTIME_START) : 0n);
    },
    random: (buffer: number, bytes: number) => {
      for (const i of process.memory(buffer, bytes).keys()) process.memory(buffer + i, 1)[0] = world.randomByte();
      return bytes;
    },
    nanosleep: (nanoseconds: bigint) => {
      world.sleep(nanoseconds);
      return 0;
    },
  };
}
