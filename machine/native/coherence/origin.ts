// When the transaction in progress began. Inside a transaction times are ticks since then, in 32 bits. To compare transactions there is an
// epoch, a recent time that moves on now and then; queues keep their times since the epoch.
import { COHERENCE_EPOCH, COHERENCE_LOW, LONG_AGO } from '../../state/coherence-layout';
import { BUSY, RINGS_END } from './constants';

/** How far the beginning of a transaction may be from the epoch, in ticks. */
const FARTHEST: i64 = 0x2000_0000;
/** The epoch is a multiple of this: a whole number of rounds of any ring of slots. */
const EPOCH_SHIFT: i64 = 24;

/** A transaction begins at an absolute time. */
@inline
export function begin(time: i64): void {
  const low = time - load<i64>(COHERENCE_EPOCH);
  if (low < FARTHEST && low > -FARTHEST) store<i32>(COHERENCE_LOW, <i32>low);
  else rebase(time);
}

/** Its beginning in ticks since the epoch. */
@inline
export function low(): i32 {
  return load<i32>(COHERENCE_LOW);
}

/** A time since its beginning, as an absolute one. */
@inline
export function absolute(time: i32): i64 {
  return load<i64>(COHERENCE_EPOCH) + <i64>low() + <i64>time;
}

function rebase(time: i64): void {
  const epoch = (time >> EPOCH_SHIFT) << EPOCH_SHIFT;
  const ticks = epoch - load<i64>(COHERENCE_EPOCH);
  store<i64>(COHERENCE_EPOCH, epoch);
  store<i32>(COHERENCE_LOW, <i32>(time - epoch));
  for (let at: u32 = BUSY; at < RINGS_END; at += 4) {
    const moved = <i64>load<i32>(at) - ticks;
    store<i32>(at, <i32>max(<i64>LONG_AGO, min(-(<i64>LONG_AGO), moved)));
  }
}
