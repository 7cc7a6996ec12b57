// Waiting for descriptors and clocks.
import {
  OPEN_MAX,
  POLL_BYTES,
  POLL_EVENTS,
  POLL_FD,
  POLL_RETURNED,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
} from '../posix/abi';
import { clock, poll } from '../posix/posix';
import * as wasi from './abi';
import { errnoOf } from './errno';

/**
 * Waits for the first of up to OPEN_MAX subscriptions. Records of poll lie at the end of the memory that the caller has for events, where an event is
 * written only when the records before its own have been read: the i-th record ends at 24 * count + 8 * (i + 1), and event i at 32 * (i + 1).
 */
export function poll_oneoff(subscriptions: usize, events: usize, count: i32, out: usize): i32 {
  if (count == 0 || <u32>count > <u32>OPEN_MAX) return wasi.ERRNO_INVAL;
  const records = events + <usize>count * (wasi.EVENT_BYTES - POLL_BYTES);
  let told = 0;
  // A clock that is not there yet by a little, when the time is over, is waited for again.
  while (told == 0) {
    let timeout: i64 = -1;
    for (let i = 0; i < count; i++) {
      const subscription = subscriptions + <usize>i * wasi.SUBSCRIPTION_BYTES;
      if (!ask(subscription, records + <usize>i * POLL_BYTES)) return wasi.ERRNO_INVAL;
      if (typeOf(subscription) != wasi.EVENTTYPE_CLOCK) continue;
      const left = timeLeft(subscription);
      timeout = timeout < 0 ? left : min(timeout, left);
    }
    const ready = poll(records, count, timeout);
    if (ready < 0) return errnoOf(ready);
    for (let i = 0; i < count; i++) {
      const subscription = subscriptions + <usize>i * wasi.SUBSCRIPTION_BYTES;
      const returned = load<u16>(records + <usize>i * POLL_BYTES, POLL_RETURNED);
      const event = events + <usize>told * wasi.EVENT_BYTES;
      if (typeOf(subscription) != wasi.EVENTTYPE_CLOCK) {
        if (returned == 0) continue;
        tellReady(subscription, event, returned);
      } else {
        if (!isOver(subscription, ready == 0 ? timeout : 0)) continue;
        tell(subscription, event, isClock(subscription) ? wasi.ERRNO_SUCCESS : wasi.ERRNO_INVAL);
      }
      told++;
    }
  }
  store<i32>(out, told);
  return wasi.ERRNO_SUCCESS;
}

@inline
function typeOf(subscription: usize): i32 {
  return load<u8>(subscription, wasi.SUBSCRIPTION_TYPE);
}

/** Writes what poll is asked for a subscription: for a clock nothing. False if the subscription is of no kind that there is. */
function ask(subscription: usize, record: usize): bool {
  let fd = -1;
  let events = 0;
  const type = typeOf(subscription);
  if (type > wasi.EVENTTYPE_FD_WRITE) return false;
  if (type != wasi.EVENTTYPE_CLOCK) {
    // Of numbers that none can have poll says what it says of one that is not open.
    fd = <i32>min<u32>(load<u32>(subscription, wasi.SUBSCRIPTION_FD), OPEN_MAX);
    events = type == wasi.EVENTTYPE_FD_READ ? POLLIN : POLLOUT;
  }
  store<i32>(record, fd, POLL_FD);
  store<u16>(record, <u16>events, POLL_EVENTS);
  store<u16>(record, 0, POLL_RETURNED);
  return true;
}

// --- clocks

/** Whether it is one that goes on while the process waits. */
function isClock(subscription: usize): bool {
  return load<u32>(subscription, wasi.SUBSCRIPTION_CLOCK) <= <u32>wasi.CLOCKID_MONOTONIC;
}

function isAbsolute(subscription: usize): bool {
  return (load<u16>(subscription, wasi.SUBSCRIPTION_FLAGS) & wasi.SUBCLOCKFLAGS_ABSTIME) != 0;
}

function timeoutOf(subscription: usize): i64 {
  return <i64>min<u64>(load<u64>(subscription, wasi.SUBSCRIPTION_TIMEOUT), i64.MAX_VALUE);
}

/** Nanoseconds until then; 0 for what will be an error. */
function timeLeft(subscription: usize): i64 {
  if (!isClock(subscription)) return 0;
  const timeout = timeoutOf(subscription);
  if (!isAbsolute(subscription)) return timeout;
  return max<i64>(timeout - clock(load<i32>(subscription, wasi.SUBSCRIPTION_CLOCK)), 0);
}

/** `waited`: nanoseconds that have passed since it was asked for, at least. */
function isOver(subscription: usize, waited: i64): bool {
  return timeLeft(subscription) <= (isAbsolute(subscription) ? 0 : waited);
}

// --- events

function tell(subscription: usize, event: usize, error: i32): void {
  memory.fill(event, 0, wasi.EVENT_BYTES);
  store<u64>(event, load<u64>(subscription, wasi.SUBSCRIPTION_USERDATA), wasi.EVENT_USERDATA);
  store<u16>(event, <u16>error, wasi.EVENT_ERROR);
  store<u8>(event, <u8>typeOf(subscription), wasi.EVENT_TYPE);
}

/** How many bytes are there the kernel does not tell: one at least. */
function tellReady(subscription: usize, event: usize, returned: i32): void {
  let error = wasi.ERRNO_SUCCESS;
  if ((returned & POLLNVAL) != 0) error = wasi.ERRNO_BADF;
  else if ((returned & POLLERR) != 0) error = wasi.ERRNO_PIPE;
  tell(subscription, event, error);
  store<u64>(event, (returned & (POLLIN | POLLOUT)) != 0 ? 1 : 0, wasi.EVENT_BYTES_READY);
  store<u16>(event, (returned & POLLHUP) != 0 ? <u16>wasi.EVENTRWFLAGS_HANGUP : 0, wasi.EVENT_FLAGS);
}
