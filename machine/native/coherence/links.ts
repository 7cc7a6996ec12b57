// Messages between nodes, hop by hop over links with latency and bandwidth. What a link is, and what is counted of it: machine/interconnect/links.ts.
//
// A link has two directions, each a resource of its own, with the direction's number. The head of a message waits at each link until its direction is
// free, then takes the link's latency; the link stays busy for the message's length. The rest of the message follows the head (cut-through), so
// its length counts once, on the slowest link of the way. A message inside a node takes no time and is no traffic.
import { COHERENCE_CONTROL_BYTES, CONTROL, DATA, KINDS } from '../../state/coherence-layout';
import {
  LINK_BYTE_TICKS,
  LINK_LATENCY,
  LINK_LENGTHS,
  LINK_ODD,
  LINK_ODD_BYTES,
  LINK_ROUNDS,
  LINK_SENT,
  NODES,
  ROUTES,
  ROUTE_AT,
} from './constants';
import { low } from './origin';
import { bookAt, reserve } from './resources';

@inline
function count(place: u32, by: f64): void {
  store<f64>(place, load<f64>(place) + by);
}

/** Sends one message; returns when all of it has arrived. Times are ticks since the Origin. */
@inline
export function send(from: u32, to: u32, kind: u32, at: i32): i32 {
  return NODES == 1 || from == to ? at : sendOver(from * NODES + to, kind, at);
}

function sendOver(pair: u32, kind: u32, at: i32): i32 {
  count(LINK_SENT + (pair * KINDS + kind) * 8, 1);
  const begun = low();
  const end = load<u32>(ROUTE_AT + pair * 4, 4);
  let head = begun + at;
  let longest = 0;
  for (let hop = load<u32>(ROUTE_AT + pair * 4); hop < end; hop++) {
    const direction = load<u16>(ROUTES + hop * 2);
    const length = load<i32>(LINK_LENGTHS + (direction * KINDS + kind) * 4);
    head = bookAt(direction, head, length) + load<i32>(LINK_LATENCY + direction * 4);
    longest = max(longest, length);
  }
  return head + longest - begun;
}

/** As `send`, with `bytes` of data. */
export function sendBytes(from: u32, to: u32, bytes: u32, at: i32): i32 {
  if (from == to) return at;
  const all = load<f64>(COHERENCE_CONTROL_BYTES) + <f64>bytes;
  const pair = from * NODES + to;
  const end = load<u32>(ROUTE_AT + pair * 4, 4);
  let head = at;
  let longest = 0;
  for (let hop = load<u32>(ROUTE_AT + pair * 4); hop < end; hop++) {
    const direction = load<u16>(ROUTES + hop * 2);
    const length = <i32>ceil(all * load<f64>(LINK_BYTE_TICKS + direction * 8));
    count(LINK_ODD + direction * 8, 1);
    count(LINK_ODD_BYTES + direction * 8, all);
    head = reserve(direction, head, length) + load<i32>(LINK_LATENCY + direction * 4);
    longest = max(longest, length);
  }
  return head + longest;
}

/** Counts the messages of a round (rounds.ts): probes from `home`, answers to `node`, that of `supplier` with data if it is not negative. */
export function countRound(home: u32, node: u32, supplier: i32): void {
  count(LINK_ROUNDS + (home * NODES + node) * 8, 1);
  if (supplier < 0 || supplier == node) return;
  const answer = LINK_SENT + (supplier * NODES + node) * KINDS * 8;
  count(answer + CONTROL * 8, -1);
  count(answer + DATA * 8, 1);
}
