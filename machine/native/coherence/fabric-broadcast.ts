// Broadcast over links, as HyperTransport: the home of a line orders its requests and probes every node; each node answers the
// requester, the one that owns the line with data. Memory at the home is read at the same time, whether or not a cache will supply
// the line. The requester goes on when it has the data and all answers, and until then the home lets no other request for the line go.
// The home keeps no list of who has a line.
import { CONTROL, DATA } from '../../state/coherence-layout';
import { PROBE_TICKS, REQUEST_TICKS, RESPONSE_TICKS } from './constants';
import { send } from './links';
import { readMemory, writeMemory } from './memory';
import { all, arrival, rest, untilAnswer } from './rounds';

/** In place of the node that answers with data. */
const NOBODY: i32 = -1;

export function fetchByBroadcast(
  node: u32,
  home: u32,
  at: i32,
  lineBusy: i32,
  needsData: bool,
  supplier: i32,
  writesBack: bool,
): i32 {
  const ordered = max(lineBusy, send(node, home, CONTROL, at + REQUEST_TICKS));
  let done: i32;
  if (!needsData || supplier < 0) {
    done = all(home, node, ordered, NOBODY);
  } else if (!writesBack) {
    done = all(home, node, ordered, supplier);
  } else {
    done = untilAnswer(home, node, ordered, supplier);
    writeHome(supplier, home, arrival(supplier) + PROBE_TICKS);
    done = rest(home, node, done, supplier);
  }
  if (needsData) {
    const read = readMemory(home, ordered);
    if (supplier < 0) done = max(done, send(home, node, DATA, read));
  }
  return done + RESPONSE_TICKS;
}

export function writeBackHome(node: u32, home: u32, at: i32): void {
  writeHome(node, home, at + REQUEST_TICKS);
}

@inline
function writeHome(node: u32, home: u32, at: i32): void {
  writeMemory(home, send(node, home, DATA, at));
}
