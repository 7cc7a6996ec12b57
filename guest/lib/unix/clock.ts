// Time: the machine counts cycles of its reference clock; programs see nanoseconds.
import { cycles } from '../machine';
import {
  CLOCK_MONOTONIC,
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_REALTIME,
  CLOCK_THREAD_CPUTIME_ID,
  EINVAL,
  ETIMEDOUT,
  REALTIME_START,
} from '../../posix/abi';
import { currentThread, thisCpu } from 'kernel/cpu';
import { chargeTime } from 'kernel/scheduler';
import { NEVER, prepareToSleep, sleepUntil } from './wait-queue';

/** Of the reference clock; the same on each core. */
let megahertz: i64 = 1000;

export function setClock(value: i64): void {
  megahertz = value;
}

/** Exact for as long as the machine runs: quotient and remainder are converted apart. */
export function nanoseconds(time: i64): i64 {
  return (time / megahertz) * 1000 + ((time % megahertz) * 1000) / megahertz;
}

/** The cycle at which so many nanoseconds from now are over; NEVER for negative ones. */
export function deadlineIn(time: i64): i64 {
  if (time < 0 || time > i64.MAX_VALUE / 100_000) return NEVER;
  return cycles() + (time / 1000) * megahertz + ((time % 1000) * megahertz + 999) / 1000;
}

export function now(): i64 {
  return nanoseconds(cycles());
}

/** clock(). */
export function readClock(id: i32): i64 {
  const thread = currentThread();
  chargeTime(thisCpu(), false);
  if (id == CLOCK_REALTIME) return REALTIME_START + now();
  if (id == CLOCK_MONOTONIC) return now();
  if (id == CLOCK_THREAD_CPUTIME_ID) return nanoseconds(thread.userTime + thread.kernelTime);
  if (id != CLOCK_PROCESS_CPUTIME_ID) return -EINVAL;
  const process = thread.process;
  process.lock();
  const time = process.totalUserTime + process.totalKernelTime;
  process.unlock();
  return nanoseconds(time);
}

/** nanosleep(): 0, or -EINTR. */
export function sleepFor(time: i64): i32 {
  if (time < 0) return -EINVAL;
  const deadline = deadlineIn(time);
  let reason = 0;
  // A signal may wake all threads though one of the others takes it.
  while (reason == 0) {
    prepareToSleep();
    reason = sleepUntil(deadline);
  }
  return reason == -ETIMEDOUT ? 0 : reason;
}
