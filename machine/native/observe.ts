// What observers are told of what happens in native code. What nobody asked for is not even in the
// compiled code, and nothing here changes a clock.
import {
  CORE_ID,
  OBSERVE_ACCESSES,
  OBSERVE_KERNEL,
  REG_ACCESS_ADDRESS,
  REG_ACCESS_BYTES,
  REG_ACCESS_POINT,
} from '../state/layout';
import { OBSERVED } from './constants';

/** `kind`: TELL_*; a core's number; times are ticks. */
@external("host", "tell")
declare function tellHost(kind: u32, core: u32, time: f64, a: f64, b: f64): void;

@inline
export function isObserved(what: u32): bool {
  return (OBSERVED & what) != 0;
}

/** Tells something of a core (by its record) at a time. */
export function tell(kind: u32, core: u32, time: i64, a: f64, b: f64): void {
  tellHost(kind, load<u32>(core + CORE_ID), <f64>time, a, b);
}

/** The same, of what its kernel does. */
@inline
export function tellKernel(kind: u32, core: u32, time: i64, a: f64, b: f64): void {
  if (isObserved(OBSERVE_KERNEL)) tell(kind, core, time, a, b);
}

/** Notes which access the transactions that follow belong to. `point`: descriptor of its resume point, 0 for none. */
@inline
export function noteAccess(point: u32, address: u32, bytes: u32): void {
  if (!isObserved(OBSERVE_ACCESSES)) return;
  store<u32>(REG_ACCESS_POINT, point);
  store<u32>(REG_ACCESS_ADDRESS, address);
  store<u32>(REG_ACCESS_BYTES, bytes);
}

/** The transactions that follow belong to no access, until `resumeAccess` is given what this returns. */
@inline
export function suspendAccess(): u32 {
  if (!isObserved(OBSERVE_ACCESSES)) return 0;
  const bytes = load<u32>(REG_ACCESS_BYTES);
  store<u32>(REG_ACCESS_BYTES, 0);
  return bytes;
}

@inline
export function resumeAccess(bytes: u32): void {
  if (isObserved(OBSERVE_ACCESSES)) store<u32>(REG_ACCESS_BYTES, bytes);
}
