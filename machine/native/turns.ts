// The order in which the cores have their turns in a window.
//
// A core that has its turn later in a window finds what the others have done up to the window's end, whatever the clocks say. So the order decides who comes
// first where cores contend, and it must prefer nobody: with the cores' numbers as the order, the next one after a core that gives up a lock is
// nearly always its neighbour, to which a line passes in the shortest time. The order is drawn at random again and again, and rotates by one turn
// with each window in between. It depends on the number of windows alone.
import { CORES, CORE_STRIDE, REG_CORE_COUNT } from '../state/layout';
import { TURN_PLACES, TURNS, TURNS_DRAWN } from '../state/parking-layout';

/** Windows with one order, as a shift. */
const ORDER_SHIFT: u32 = 9;
export const TURN_BYTES: u32 = 4;

/**
 * Where the order, a list of addresses of records, begins in the `rotation`-th window: it goes on up to its end, then from TURNS. The list is drawn
 * in place: nobody may be going through it for windows that have another one.
 */
@inline
export function firstTurn(rotation: u32): u32 {
  if (load<u32>(TURNS_DRAWN) != (rotation >>> ORDER_SHIFT) + 1) draw(rotation >>> ORDER_SHIFT);
  return TURNS + (rotation % load<u32>(REG_CORE_COUNT)) * TURN_BYTES;
}

/** Where a core (by its record) stands in the list for the `rotation`-th window. */
export function turnOf(core: u32, rotation: u32): u32 {
  firstTurn(rotation);
  return TURNS + load<u8>(TURN_PLACES + (core - CORES) / CORE_STRIDE) * TURN_BYTES;
}

/** Whether the turn of one core (by its record) comes before another's in the `rotation`-th window. */
export function isBefore(core: u32, other: u32, rotation: u32): bool {
  const first = firstTurn(rotation);
  const turn = turnOf(core, rotation);
  const otherTurn = turnOf(other, rotation);
  return turn >= first == otherTurn >= first ? turn < otherTurn : turn >= first;
}

/** Draws the `number`-th order: a shuffle (Fisher and Yates's) with numbers of a linear congruential generator that begins at it. */
function draw(number: u32): void {
  const count = load<u32>(REG_CORE_COUNT);
  let random = number * 0x9e37_79b1;
  random ^= random >>> 15;
  for (let i: u32 = 0; i < count; i++) {
    random = random * 747_796_405 + 2_891_336_453;
    const at = TURNS + (((random >>> 16) * (i + 1)) >>> 16) * TURN_BYTES;
    store<u32>(TURNS + i * TURN_BYTES, load<u32>(at));
    store<u32>(at, CORES + i * CORE_STRIDE);
  }
  for (let i: u32 = 0; i < count; i++) {
    store<u8>(TURN_PLACES + (load<u32>(TURNS + i * TURN_BYTES) - CORES) / CORE_STRIDE, i);
  }
  store<u32>(TURNS_DRAWN, number + 1);
}
