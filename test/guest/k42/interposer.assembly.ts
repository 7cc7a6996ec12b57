// Interposers come and go in front of two counters while all CPUs count: see interposer.test.ts. What each adding CPU is told must agree with what the counters
// have in the end.
import { BootInfo } from '../../../guest/lib/boot-info';
import { coreCount, coreId, pause, report } from '../../../guest/lib/machine';
import { EINVAL } from '../../../guest/lib/machine-constants';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { cleanUp } from '../../../guest/k42/cobj/clean-up';
import { destroy } from '../../../guest/k42/cobj/destruction';
import { enterActivation, fallAsleep, leaveActivation, wakeUp } from '../../../guest/k42/cobj/generations';
import { interpose, Interposer, removeInterposer } from '../../../guest/k42/cobj/interposer';
import { dref, Rep } from '../../../guest/k42/cobj/rep';
import { PerCpuRoot } from '../../../guest/k42/cobj/cluster-root';
import { SingleRepRoot } from '../../../guest/k42/cobj/single-rep-root';
import { DEAD } from '../../../guest/k42/cobj/trampoline';
import { check, end } from '../lib/all-cores.assembly';
import { onAllCpus } from './all-cpus.assembly';
import { ClusterCounterRoot, Counter, SharedCounter } from './counter.assembly';

const ROUNDS: i32 = 400;
/** What BoastingInterposer adds to an answer, and RefusingInterposer answers. */
const BOAST: i32 = 1 << 24;
const REFUSED: i32 = -7;

/** COIDs of the two counters. */
const counters = memory.data(8, 128);
const counts = memory.data(128, 128);
/** What was added, as those who have called say, and what DoublingCounters have added besides. */
const ADDED: usize = 0;
const EXTRA: usize = 4;
/** Interposers made and reclaimed; calls that came to a generic one and that went on from it; calls that were refused, boasted of. */
const MADE: usize = 8;
const RECLAIMED: usize = 12;
const ARRIVED: usize = 16;
const DEPARTED: usize = 20;
const REFUSALS: usize = 24;
const BOASTS: usize = 28;
const DONE: usize = 32;

function note(what: usize, amount: i32 = 1): void {
  atomic.add<i32>(counts + what, amount);
}

// --- generic ones

class WatchingInterposer extends Interposer {
  constructor(coid: usize) {
    super(coid);
    note(MADE);
  }

  override arrive(): i32 {
    note(ARRIVED);
    return 0;
  }

  override depart(answer: i32): i32 {
    note(DEPARTED);
    return answer;
  }

  override reclaimReps(): void {
    note(RECLAIMED);
  }
}

class BoastingInterposer extends WatchingInterposer {
  override depart(answer: i32): i32 {
    const told = super.depart(answer);
    return told > 0 ? told + BOAST : told;
  }
}

class RefusingInterposer extends WatchingInterposer {
  override arrive(): i32 {
    return REFUSED;
  }
}

/** Lets the second counter count. */
class RedirectingInterposer extends WatchingInterposer {
  override target(): usize {
    return load<usize>(counters, 4);
  }
}

// --- a typed one

class DoublingCounter extends Counter {
  override add(amount: i32): i32 {
    const answer = dref<Counter>(this.root.behind).add(2 * amount);
    if (answer > 0) note(EXTRA, amount);
    return answer;
  }

  override addTwice(amount: i32): i32 {
    return dref<Counter>(this.root.behind).addTwice(amount);
  }

  override sum(): i32 {
    return dref<Counter>(this.root.behind).sum();
  }
}

class DoublingRoot extends PerCpuRoot {
  constructor(coid: usize) {
    super(coid);
    note(MADE);
  }

  override createRep(cpu: i32): Rep {
    return new DoublingCounter();
  }

  override reclaimReps(): void {
    super.reclaimReps();
    note(RECLAIMED);
  }
}

// --- the test

export function boot(info: usize): void {
  onAllCpus(info, makeCounters, live);
  let sum = 0;
  for (let i = 0; i < 2; i++) sum += dref<Counter>(load<usize>(counters + 4 * i)).sum();
  check(sum == load<i32>(counts, ADDED) + load<i32>(counts, EXTRA), 'the counters have what was added');
  check(load<i32>(counts, ARRIVED) == load<i32>(counts, DEPARTED), 'who has seen a call come sees it go');
  check(load<i32>(counts, MADE) == load<i32>(counts, RECLAIMED), 'interposers are reclaimed');
  endInterposed();
  for (let i: usize = ADDED; i <= BOASTS; i += 4) report(0, 0, <f64>load<i32>(counts + i));
  end();
}

function makeCounters(): void {
  store<usize>(counters, new SingleRepRoot(new SharedCounter()).coid);
  store<usize>(counters, new ClusterCounterRoot(2).coid, 4);
}

/** The first CPU's, or two, put interposers in front; the others count. */
function live(): void {
  seedRandom(coreId() + 1);
  for (let round = 0; round < ROUNDS; round++) {
    const entered = enterActivation();
    const coid = load<usize>(counters + 4 * <usize>(nextRandom() & 1));
    if (coreId() < (coreCount() + 2) / 4 && round % 4 == 0) change(coid);
    else count(coid);
    leaveActivation(entered);
    cleanUp();
  }
  atomic.add<i32>(counts + DONE, 1);
  while (atomic.load<i32>(counts + DONE) < coreCount()) cleanUp();
  const entered = enterActivation();
  if (coreId() == 0) for (let i: usize = 0; i < 8; i += 4) while (removeInterposer(load<usize>(counters + i)) == 0);
  leaveActivation(entered);
  while (cleanUp()) pause();
  // The others need not wait for this CPU, which does nothing more, unless it is the first.
  fallAsleep();
}

function count(coid: usize): void {
  const answer = dref<Counter>(coid).add(3);
  if (answer == REFUSED) return note(REFUSALS);
  check(answer > 0, 'a call is answered');
  if (answer >= BOAST) note(BOASTS);
  note(ADDED, 3);
}

function change(coid: usize): void {
  if (nextRandom() % 2 == 0) {
    const answer = removeInterposer(coid);
    check(answer == 0 || answer == -EINVAL, 'what is in front can be taken away');
    return;
  }
  const kind = nextRandom() % 5;
  if (kind == 0) put(new WatchingInterposer(coid));
  else if (kind == 1) put(new BoastingInterposer(coid));
  else if (kind == 2) put(new RefusingInterposer(coid));
  else if (kind == 3 && coid == load<usize>(counters)) put(new RedirectingInterposer(coid));
  else check(interpose(coid, new DoublingRoot(coid)) == 0, 'it can be put in front');
}

function put(front: Interposer): void {
  check(interpose(front.coid, front) == 0, 'it can be put in front');
}

/** An object ends with what is in front of it. */
function endInterposed(): void {
  wakeUp();
  const entered = enterActivation();
  const coid = load<usize>(counters);
  const before = load<i32>(counts, RECLAIMED);
  put(new WatchingInterposer(coid));
  put(new BoastingInterposer(coid));
  check(dref<Counter>(coid).sum() >= BOAST, 'both are there');
  check(destroy(coid) == 0 && dref<Counter>(coid).sum() == DEAD && destroy(coid) == DEAD, 'it ends at once');
  check(removeInterposer(coid) == DEAD, 'there is nothing to take away');
  leaveActivation(entered);
  for (let i = 0; i < 100 && cleanUp(); i++) pause();
  check(load<i32>(counts, RECLAIMED) == before + 2, 'and is reclaimed with what was in front');
}
