// Which activations of the kernel have ended on a CPU: two counters, its generations.
//
// An activation is what a trap lets the kernel do, from its entry to its exit, however often it blocks. It is counted in the generation that is
// current when it begins. As soon as the other one is empty, that becomes current, and the number of generations goes up by one. When it has gone up by
// two, all activations that there were before have ended, without any of them having been asked.
//
// References to Reps and Roots live no longer than the activation that has found them. The idle loop and daemons are no activations. A thread that may
// sleep for long where it has no such reference, for input or for another process, ends its activation before and begins another one behind: as long
// as an activation lasts, nothing that anybody destroys is reclaimed.
import { MOST_CORES, MOST_LINE_BYTES } from '../../lib/limits';
import { coreId, fence } from '../../lib/machine';
import { moveToken } from './token';

/** How far the number has to go up. */
export const GENERATIONS_TO_END: i32 = 2;

@unmanaged
class Generations {
  /** Activations that have begun here and not ended, of either generation. */
  even: i32;
  odd: i32;
  /** How many of them have ended on another CPU, which has subtracted nothing above. */
  evenEndedElsewhere: i32;
  oddEndedElsewhere: i32;
  /** Its lowest bit is the current generation. */
  number: i32;
  /** The CPU does nothing: it has no activations and begins none before it says so. */
  asleep: i32;
  /** The token may be here (token.ts): a hint. */
  isAwaited: i32;
}

/** A line of each CPU's. */
const lines = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

@inline
function lineOf(cpu: i32): usize {
  return lines + <usize>cpu * MOST_LINE_BYTES;
}

/** An activation begins on this CPU. Returns what `leaveActivation` has to be told. */
export function enterActivation(): i32 {
  const cpu = coreId();
  const generations = changetype<Generations>(lineOf(cpu));
  // A CPU at work ends its activations here, long before its next tick.
  if (generations.isAwaited != 0) moveToken();
  const generation = generations.number & 1;
  const count = lineOf(cpu) + (generation << 2);
  store<i32>(count, load<i32>(count) + 1);
  return (cpu << 1) | generation;
}

/** It ends, on whatever CPU. */
export function leaveActivation(entered: i32): void {
  const cpu = entered >> 1;
  const count = lineOf(cpu) + ((entered & 1) << 2);
  if (cpu == coreId()) store<i32>(count, load<i32>(count) - 1);
  else atomic.add<i32>(count, 1, offsetof<Generations>('evenEndedElsewhere'));
}

/** This CPU's number, which goes up by one if the generation that is not current has ended. */
export function advanceGeneration(): i32 {
  const line = lineOf(coreId());
  const generations = changetype<Generations>(line);
  const other = line + ((~generations.number & 1) << 2);
  if (load<i32>(other) == atomic.load<i32>(other, offsetof<Generations>('evenEndedElsewhere'))) {
    store<i32>(other, 0);
    atomic.store<i32>(other, 0, offsetof<Generations>('evenEndedElsewhere'));
    generations.number++;
  }
  return generations.number;
}

/** Whether this CPU has an activation, running or blocked. */
function hasActivations(line: usize): bool {
  const generations = changetype<Generations>(line);
  return (
    generations.even != atomic.load<i32>(line, offsetof<Generations>('evenEndedElsewhere')) ||
    generations.odd != atomic.load<i32>(line, offsetof<Generations>('oddEndedElsewhere'))
  );
}

// --- the token

/** Says to a CPU that the token has come there. */
export function announceToken(cpu: i32): void {
  atomic.store<i32>(lineOf(cpu), 1, offsetof<Generations>('isAwaited'));
}

/** Says for this CPU whether it has the token. What is announced meanwhile may be lost: then the next tick looks. */
@inline
export function noteToken(isHere: bool): void {
  const generations = changetype<Generations>(lineOf(coreId()));
  if (generations.isAwaited != <i32>isHere) generations.isAwaited = <i32>isHere;
}

// --- sleep

/** The idle loop is about to halt: unless activations are blocked here, nobody has to wait for this CPU. */
export function fallAsleep(): void {
  const line = lineOf(coreId());
  if (!hasActivations(line)) atomic.store<i32>(line, 1, offsetof<Generations>('asleep'));
}

/** It goes on. To be called before anything else is done. */
export function wakeUp(): void {
  const line = lineOf(coreId());
  if (changetype<Generations>(line).asleep == 0) return;
  atomic.store<i32>(line, 0, offsetof<Generations>('asleep'));
  // Whoever has still read 1 has done so before this CPU reads an entry.
  fence();
}

/** Whether a CPU had no activation just now. */
export function isAsleep(cpu: i32): bool {
  return atomic.load<i32>(lineOf(cpu), offsetof<Generations>('asleep')) != 0;
}
