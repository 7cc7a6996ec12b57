// What a transaction comes to, beside its time, in registers: state that the requester gets, who supplied the data.
import {
  COHERENCE_CHANGED,
  COHERENCE_GRANTED,
  COHERENCE_SOURCE,
  COHERENCE_SUPPLIER,
  SOURCE_NONE,
} from '../../state/coherence-layout';
import { moved } from './host';

@inline
export function grant(state: u32): void {
  store<u32>(COHERENCE_GRANTED, state);
}

/** Nobody has supplied anything yet, and no copy has changed. */
@inline
export function clearOutcome(): void {
  store<u32>(COHERENCE_CHANGED, 0);
  store<u32>(COHERENCE_SOURCE, SOURCE_NONE);
  store<i32>(COHERENCE_SUPPLIER, -1);
}

/** The data came for a core from a place: SOURCE_*, and the number of the node, group or core. */
@inline
export function supplied(line: u32, core: u32, source: u32, supplier: i32, from: i32): void {
  store<u32>(COHERENCE_SOURCE, source);
  store<i32>(COHERENCE_SUPPLIER, supplier);
  moved(line, from, core);
}
