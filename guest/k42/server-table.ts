// Servers by their numbers: COIDs in a table that all CPUs have copies of, since it seldom changes.
import { MOST_LINE_BYTES } from '../lib/limits';
import { Process } from '../lib/unix/process';
import { EBUSY, ESRCH } from '../posix/abi';
import { dref } from './cobj/rep';
import { MOST_SERVERS } from './ppc-numbers';
import { Server } from './server';
import { ServerRoot } from './server-distributed';
import { NAME_SERVER, nameCoid } from './mem/names';

const table = memory.data(MOST_SERVERS * 4, MOST_LINE_BYTES);

/** A worker of this CPU's for a call of a number: its address or an error. */
export function takeWorkerOf(number: i32): usize {
  const coid = atomic.load<usize>(table + 4 * number);
  return coid == 0 ? <usize>-ESRCH : dref<Server>(coid).takeWorker();
}

/** Lets calls of a number go to a function of a process's: 0, or -EBUSY where they go to another. */
export function openServer(number: i32, process: Process, fn: i32, argument: i32): i32 {
  const coid = nameCoid(NAME_SERVER, new ServerRoot(process, fn, argument).coid);
  if (atomic.cmpxchg<usize>(table + 4 * number, 0, coid) == 0) return 0;
  dref<Server>(coid).close();
  return -EBUSY;
}

export function closeServer(number: i32): void {
  const coid = atomic.xchg<usize>(table + 4 * number, 0);
  dref<Server>(coid).close();
}
