// Arguments, environment, clocks, random numbers, and the process's end.
import { ARG_MAX, CLOCK_THREAD_CPUTIME_ID, SIGCHLD, SIGCONT, SIGSTOP } from '../posix/abi';
import { clock, exit, getpid, kill, processArguments, processEnvironment, random, threadYield } from '../posix/posix';
import * as wasi from './abi';
import { errnoOf } from './errno';
import { SCRATCH_TEXT } from './scratch';

// --- arguments and environment: texts that each end with a zero byte

export function args_sizes_get(count: usize, bytes: usize): i32 {
  return tellSizes(processArguments(SCRATCH_TEXT, ARG_MAX), count, bytes);
}

export function args_get(pointers: usize, buffer: usize): i32 {
  return tellTexts(processArguments(buffer, ARG_MAX), pointers, buffer);
}

export function environ_sizes_get(count: usize, bytes: usize): i32 {
  return tellSizes(processEnvironment(SCRATCH_TEXT, ARG_MAX), count, bytes);
}

export function environ_get(pointers: usize, buffer: usize): i32 {
  return tellTexts(processEnvironment(buffer, ARG_MAX), pointers, buffer);
}

/** `answer`: bytes of the texts in the scratch memory, or an error. */
function tellSizes(answer: i32, count: usize, bytes: usize): i32 {
  if (answer < 0) return errnoOf(answer);
  let texts = 0;
  for (let i = 0; i < answer; i++) if (load<u8>(SCRATCH_TEXT + i) == 0) texts++;
  store<i32>(count, texts);
  store<i32>(bytes, answer);
  return wasi.ERRNO_SUCCESS;
}

/** Writes the addresses of texts that are in the buffer. */
function tellTexts(answer: i32, pointers: usize, buffer: usize): i32 {
  if (answer < 0) return errnoOf(answer);
  let isStart = true;
  for (let i = 0; i < answer; i++) {
    if (isStart) {
      store<usize>(pointers, buffer + i);
      pointers += sizeof<usize>();
    }
    isStart = load<u8>(buffer + i) == 0;
  }
  return wasi.ERRNO_SUCCESS;
}

// --- clocks, which have the numbers of the POSIX-like API

export function clock_time_get(id: i32, precision: i64, out: usize): i32 {
  const now = clock(id);
  if (now >= 0) store<i64>(out, now);
  return errnoOf(now);
}

/** A nanosecond, the unit in which all clocks are told. */
export function clock_res_get(id: i32, out: usize): i32 {
  if (<u32>id > <u32>CLOCK_THREAD_CPUTIME_ID) return wasi.ERRNO_INVAL;
  store<i64>(out, 1);
  return wasi.ERRNO_SUCCESS;
}

// --- the rest

export function random_get(buffer: usize, bytes: i32): i32 {
  return errnoOf(random(buffer, bytes));
}

export function sched_yield(): i32 {
  return errnoOf(threadYield());
}

export function proc_exit(status: i32): void {
  exit(status);
}

export function proc_raise(signal: i32): i32 {
  const number = signalOf(signal);
  return number < 0 ? wasi.ERRNO_INVAL : errnoOf(kill(getpid(), number));
}

/** Linux's number of a signal; negative for those that stop a process for a debugger or a terminal. */
function signalOf(signal: i32): i32 {
  if (<u32>signal <= <u32>wasi.SIGNAL_TERM) return signal;
  switch (signal) {
    case wasi.SIGNAL_CHLD:
      return SIGCHLD;
    case wasi.SIGNAL_CONT:
      return SIGCONT;
    case wasi.SIGNAL_STOP:
      return SIGSTOP;
    default:
      return -1;
  }
}
