// What coherence tells TypeScript, each only while somebody listens (COHERENCE_HOOKS): see CoherenceListener and TransactionAudit in machine/coherence.
// Times are absolute, in ticks. And what it reports when the machine contradicts itself.
import {
  COHERENCE_HOOKS,
  HOOK_AUDIT,
  HOOK_EVICTED,
  HOOK_LOST,
  HOOK_MOVED,
  HOOK_TAKEN,
  HOOK_TRANSACTION,
} from '../../state/coherence-layout';

@external("host", "lost")
declare function lostInHost(core: u32, line: u32, by: u32, time: f64): void;
@external("host", "taken")
declare function takenInHost(line: u32, core: u32, time: f64): void;
/** Source, supplier and changes are in registers. */
@external("host", "transaction")
declare function transactionInHost(core: u32, line: u32, request: u32, start: f64, end: f64): void;
@external("host", "evicted")
declare function evictedInHost(core: u32, line: u32, state: u32, time: f64): void;
@external("host", "moved")
declare function movedInHost(line: u32, from: i32, to: i32): void;
@external("host", "before")
declare function beforeInHost(core: u32, line: u32, request: u32, now: f64): void;
@external("host", "after")
declare function afterInHost(core: u32, line: u32, request: u32, now: f64, end: f64): void;
@external("host", "gone")
declare function goneInHost(core: u32, line: u32, state: u32, now: f64): void;

/** Throws an error that says so: BROKEN_*. */
@external("host", "broken")
export declare function broken(what: u32, first: u32, second: u32): void;

@inline
function hooked(hook: u32): bool {
  return (load<u32>(COHERENCE_HOOKS) & hook) != 0;
}

@inline
export function lost(core: u32, line: u32, by: u32, time: i64): void {
  if (hooked(HOOK_LOST)) lostInHost(core, line, by, <f64>time);
}

@inline
export function taken(line: u32, core: u32, time: i64): void {
  if (hooked(HOOK_TAKEN)) takenInHost(line, core, <f64>time);
}

@inline
export function transaction(core: u32, line: u32, request: u32, start: i64, end: i64): void {
  if (hooked(HOOK_TRANSACTION)) transactionInHost(core, line, request, <f64>start, <f64>end);
}

@inline
export function evicted(core: u32, line: u32, state: u32, time: i64): void {
  if (hooked(HOOK_AUDIT)) goneInHost(core, line, state, <f64>time);
  if (hooked(HOOK_EVICTED)) evictedInHost(core, line, state, <f64>time);
}

@inline
export function moved(line: u32, from: i32, to: i32): void {
  if (hooked(HOOK_MOVED)) movedInHost(line, from, to);
}

@inline
export function before(core: u32, line: u32, request: u32, now: i64): void {
  if (hooked(HOOK_AUDIT)) beforeInHost(core, line, request, <f64>now);
}

@inline
export function after(core: u32, line: u32, request: u32, now: i64, end: i64): void {
  if (hooked(HOOK_AUDIT)) afterInHost(core, line, request, <f64>now, <f64>end);
}
