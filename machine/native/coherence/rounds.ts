// A round of a broadcast: probes spread from a home along its tree of routes, one over each link, and every node answers a requester
// over its route. It is the same as sending the messages one by one, but what a round of each home and requester books is listed
// beforehand (machine/interconnect/rounds.ts), and done in one loop.
//
// Times are ticks since the transaction's Origin.
import {
  PLAN_ANSWERS,
  PLAN_BYTES,
  PLAN_FIRST,
  PLAN_LAST,
  PLAN_OWN_ANSWER,
  STEP_BYTES,
  STEP_END,
  STEP_FROM,
  STEP_LATER,
  STEP_LENGTH,
  STEP_OTHER_LENGTH,
  STEP_RESOURCE,
  STEP_TO,
  STEP_WAY,
} from '../../state/coherence-layout';
import { NODES, PLANS, ROUND_TIMES } from './constants';
import { countRound } from './links';
import { low } from './origin';
import { bookAt } from './resources';

@inline
function planOf(home: u32, node: u32): u32 {
  return PLANS + (home * NODES + node) * PLAN_BYTES;
}

/** Where the answer of a node begins among the steps. */
@inline
function answerOf(plan: u32, node: i32): u32 {
  return load<u32>(load<u32>(plan, PLAN_ANSWERS) + (node << 2));
}

/** A round that starts at `at`; the answer of node `supplier` has data, if that is not negative. Returns when the last answer has arrived. */
export function all(home: u32, node: u32, at: i32, supplier: i32): i32 {
  const plan = planOf(home, node);
  return run(plan, load<u32>(plan, PLAN_FIRST), load<u32>(plan, PLAN_LAST), start(home, node, at, supplier), supplier);
}

/** As `all`, up to the supplier's answer: what the supplier does next can be booked before `rest`. */
export function untilAnswer(home: u32, node: u32, at: i32, supplier: i32): i32 {
  const plan = planOf(home, node);
  return run(
    plan,
    load<u32>(plan, PLAN_FIRST),
    answerOf(plan, supplier + 1),
    start(home, node, at, supplier),
    supplier,
  );
}

/** The answers after the supplier's; `done` is what `untilAnswer` returned. */
export function rest(home: u32, node: u32, done: i32, supplier: i32): i32 {
  const plan = planOf(home, node);
  return run(plan, answerOf(plan, supplier + 1), load<u32>(plan, PLAN_LAST), done, supplier);
}

/** When a node had the probe of the last round. */
export function arrival(node: u32): i32 {
  return load<i32>(ROUND_TIMES + (node << 2)) - low();
}

@inline
function start(home: u32, node: u32, at: i32, supplier: i32): i32 {
  countRound(home, node, supplier);
  store<i32>(ROUND_TIMES + (home << 2), low() + at);
  return at + load<i32>(planOf(home, node), PLAN_OWN_ANSWER);
}

/** Books the steps from `first` up to `last`; those of the supplier's answer differ. Returns the latest of their ends and `end`. */
function run(plan: u32, first: u32, last: u32, end: i32, supplier: i32): i32 {
  let dataFrom = last;
  let dataTo = last;
  if (supplier >= 0) {
    dataFrom = answerOf(plan, supplier);
    dataTo = answerOf(plan, supplier + 1);
  }
  let latest = low() + end;
  for (let step = first; step < last; step += STEP_BYTES) {
    const other: u32 = step >= dataFrom && step < dataTo ? STEP_OTHER_LENGTH - STEP_LENGTH : 0;
    const time = load<i32>(ROUND_TIMES + load<u32>(step, STEP_FROM)) + load<i32>(step, STEP_LATER);
    const begun = bookAt(load<u32>(step, STEP_RESOURCE), time, load<i32>(step + other, STEP_LENGTH));
    const noted = begun + load<i32>(step + other, STEP_WAY);
    store<i32>(ROUND_TIMES + load<u32>(step, STEP_TO), noted);
    latest = max(latest, noted + load<i32>(step, STEP_END));
  }
  return latest - low();
}
