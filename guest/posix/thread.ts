// Threads: functions of one number, which run at the same time as the rest of the program and share its memory and its globals.

import { free } from './heap';
import { threadCreate, threadJoin } from './posix';

/** A thread that was started, or why it was not: `id` is then negative, an error number. */
export class Thread {
  constructor(readonly id: i32) {}

  /** Starts `fn(argument)`, on one core (-1: on any). */
  static start(fn: (argument: i32) => i32, argument: i32 = 0, core: i32 = -1): Thread {
    return new Thread(threadCreate(fn.index, argument, core));
  }

  /** Waits for the thread to end; returns what its function returned, or 0 where there is no such thread to wait for. */
  join(): i32 {
    const result = __alloc(4);
    store<i32>(result, 0);
    threadJoin(this.id, result);
    const value = load<i32>(result);
    free(result);
    return value;
  }
}
