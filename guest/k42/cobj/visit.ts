// What comes of a call that arrived at the Default Object: where it goes on, and who is told when it returns. A word of each, so that it costs no memory:
//
//   low half   the Rep, or 0: the call ends here
//   high half  with a Rep: an Attendant, or 0; without one: the answer
import { Rep } from './rep';

/** Is told of the return of calls that it has let through. */
export interface Attendant {
  /** A call returns with this answer; returns what the caller gets. */
  depart(answer: i32): i32;
}

@inline
export function visitTo(rep: Rep): i64 {
  return <i64>changetype<usize>(rep);
}

@inline
export function attendedVisit(rep: Rep, attendant: Attendant): i64 {
  return ((<i64>changetype<usize>(attendant)) << 32) | <i64>changetype<usize>(rep);
}

@inline
export function refuse(answer: i32): i64 {
  return (<i64>answer) << 32;
}

@inline
export function isRefused(visit: i64): bool {
  return <i32>visit == 0;
}

/** The answer of a visit that is refused. */
@inline
export function refusal(visit: i64): i32 {
  return <i32>(visit >> 32);
}

@inline
export function repOf<T>(visit: i64): T {
  return changetype<T>(<usize>visit);
}

@inline
export function attendantOf(visit: i64): Attendant | null {
  return changetype<Attendant | null>(<usize>(visit >> 32));
}
