// A directory at each home: it knows who has a line, asks nobody else, and lets reads that change nothing overlap. A request goes to
// the home, which reads its directory and then memory, or forwards the request to the owner, or has the sharers invalidated; data and
// acknowledgements go to the requester. Units tell the home when they give up a line.
import { CONTROL, DATA } from '../../state/coherence-layout';
import {
  FIRST_DIRECTORY,
  LOOKUP_TICKS,
  OCCUPANCY_TICKS,
  PROBE_TICKS,
  REQUEST_TICKS,
  RESPONSE_TICKS,
} from './constants';
import { send } from './links';
import { readMemory, writeMemory } from './memory';
import { reserve } from './resources';
import { targetAt, targetCount } from './targets';

export function fetchByDirectory(
  node: u32,
  home: u32,
  at: i32,
  lineBusy: i32,
  needsData: bool,
  supplier: i32,
  writesBack: bool,
): i32 {
  const looked = look(home, max(lineBusy, send(node, home, CONTROL, at + REQUEST_TICKS)));
  let done: i32;
  if (!needsData) {
    // The home's leave to write.
    done = send(home, node, CONTROL, looked);
  } else if (supplier < 0) {
    done = send(home, node, DATA, readMemory(home, looked));
  } else {
    const answered = send(home, supplier, CONTROL, looked) + PROBE_TICKS;
    done = send(supplier, node, DATA, answered);
    if (writesBack) noteAndWrite(supplier, home, answered);
  }
  const count = targetCount;
  for (let i: u32 = 0; i < count; i++) {
    const target = targetAt(i);
    const answered = send(home, target, CONTROL, looked) + PROBE_TICKS;
    done = max(done, send(target, node, CONTROL, answered));
  }
  return done + RESPONSE_TICKS;
}

export function writeBackToDirectory(node: u32, home: u32, at: i32): void {
  noteAndWrite(node, home, at + REQUEST_TICKS);
}

export function putToDirectory(node: u32, home: u32, at: i32): void {
  look(home, send(node, home, CONTROL, at + REQUEST_TICKS));
}

@inline
function look(home: u32, at: i32): i32 {
  return reserve(FIRST_DIRECTORY + home, at, OCCUPANCY_TICKS) + LOOKUP_TICKS;
}

/** A line's data reaches the home: the directory notes it while memory is written. */
function noteAndWrite(node: u32, home: u32, at: i32): void {
  const arrived = send(node, home, DATA, at);
  look(home, arrived);
  writeMemory(home, arrived);
}
