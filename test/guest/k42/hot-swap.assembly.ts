// A counter is swapped again and again between implementations while all CPUs call it, and others are destroyed while they are swapped: see hot-swap.test.ts.
import { BootInfo } from '../../../guest/lib/boot-info';
import { coreCount, coreId, pause, report } from '../../../guest/lib/machine';
import { EBUSY, EINVAL } from '../../../guest/lib/machine-constants';
import { release } from '../../../guest/lib/objects';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { cleanUp } from '../../../guest/k42/cobj/clean-up';
import { takeCoid } from '../../../guest/k42/cobj/coid';
import { destroy } from '../../../guest/k42/cobj/destruction';
import { SpinningGate } from '../../../guest/k42/cobj/gate';
import { enterActivation, fallAsleep, leaveActivation } from '../../../guest/k42/cobj/generations';
import { hotSwap, isBeingSwapped } from '../../../guest/k42/cobj/hot-swap';
import { removeInterposer } from '../../../guest/k42/cobj/interposer';
import { dref } from '../../../guest/k42/cobj/rep';
import { Root } from '../../../guest/k42/cobj/root';
import { DEAD } from '../../../guest/k42/cobj/trampoline';
import { ENTRY_BYTES, partitionOf } from '../../../guest/k42/cobj/translation';
import { serveAll } from '../../../guest/k42/messages';
import { check, end } from '../lib/all-cores.assembly';
import { onAllCpus } from './all-cpus.assembly';
import { ClusterCounterRoot, Counter, SharedCounterRoot } from './counter.assembly';

/** The object that lives on, and one that comes and goes (0: none). */
const coids = memory.data(8, 128);
const PASSING: usize = 4;
const counts = memory.data(128, 128);
const ADDED: usize = 0;
const MADE: usize = 4;
const RECLAIMED: usize = 8;
const SWAPS: usize = 12;
const DESTROYED: usize = 16;
const CALLS: usize = 20;
const LATE: usize = 24;
const IS_OVER: usize = 28;
const wanted = memory.data(4, 4);

function note(what: usize, amount: i32 = 1): void {
  atomic.add<i32>(counts + what, amount);
}

class NotedSharedRoot extends SharedCounterRoot {
  constructor(coid: usize) {
    super(coid);
    note(MADE);
  }

  override reclaimReps(): void {
    super.reclaimReps();
    note(RECLAIMED);
  }
}

/** Takes nothing. */
class DeafRoot extends NotedSharedRoot {
  override get importSet(): u32 {
    return 0;
  }
}

class NotedClusterRoot extends ClusterCounterRoot {
  constructor(clusterSize: i32, coid: usize) {
    super(clusterSize, coid);
    note(MADE);
  }

  override reclaimReps(): void {
    super.reclaimReps();
    note(RECLAIMED);
  }
}

export function boot(info: usize): void {
  const facts = changetype<BootInfo>(info);
  let count = 0;
  for (let i: usize = 0; i < facts.commandLineBytes; i++) count = 10 * count + load<u8>(facts.commandLine + i) - 0x30;
  store<i32>(wanted, count);
  onAllCpus(info, prepare, live);
  check(
    dref<Counter>(load<usize>(coids)).sum() == load<i32>(counts, ADDED),
    'nothing is lost that was added, and nothing is added twice',
  );
  check(load<i32>(counts, MADE) == load<i32>(counts, RECLAIMED) + 1, 'all implementations are reclaimed but the last');
  for (let i: usize = SWAPS; i <= LATE; i += 4) report(0, 0, <f64>load<i32>(counts + i));
  report(0, 0, <f64>((takeCoid() - partitionOf(0)) / ENTRY_BYTES));
  end();
}

function prepare(): void {
  store<usize>(coids, new NotedSharedRoot(0).coid);
}

function live(): void {
  seedRandom(coreId() + 1);
  while (atomic.load<i32>(counts + IS_OVER) == 0) {
    const entered = enterActivation();
    if (coreId() == 0) change();
    useLasting();
    usePassing();
    leaveActivation(entered);
    cleanUp();
    serveAll();
  }
  while (cleanUp()) serveAll();
  fallAsleep();
}

// --- calls

/** The last sum that this CPU has seen. */
const lastSums = memory.data(128 * 4, 128);

function useLasting(): void {
  const coid = load<usize>(coids);
  const kind = nextRandom() % 4;
  note(CALLS);
  if (kind == 0) {
    const amount = nextRandom() % 8 == 0 ? 50 : 1;
    check(dref<Counter>(coid).addTwice(amount) > 0, 'it counts by calling itself');
    note(ADDED, 2 * amount);
  } else if (kind == 1) {
    const last = lastSums + 4 * coreId();
    const sum = dref<Counter>(coid).sum();
    check(sum >= load<i32>(last), 'its sum never becomes less');
    store<i32>(last, sum);
  } else {
    check(dref<Counter>(coid).add(1) > 0, 'it counts');
    note(ADDED, 1);
  }
}

function usePassing(): void {
  const coid = atomic.load<usize>(coids + PASSING);
  if (coid == 0) return;
  const answer = nextRandom() % 2 == 0 ? dref<Counter>(coid).add(1) : dref<Counter>(coid).addTwice(1);
  check(answer > 0 || answer == DEAD, 'it counts, or is no more');
  if (answer == DEAD) note(LATE);
}

// --- changes

function change(): void {
  const coid = load<usize>(coids);
  if (isBeingSwapped(coid)) {
    if (nextRandom() % 8 == 0) refuse(coid, new NotedSharedRoot(coid), -EBUSY);
    check(removeInterposer(coid) != 0, 'a mediator cannot be taken away');
  } else if (atomic.add<i32>(counts + SWAPS, 1) == load<i32>(wanted)) {
    endPassing();
    atomic.store<i32>(counts + IS_OVER, 1);
    return;
  } else {
    if (nextRandom() % 8 == 0) refuse(coid, new DeafRoot(coid), -EINVAL);
    check(hotSwap(coid, anyRoot(coid), new SpinningGate()) == 0, 'it can be swapped');
  }
  if (nextRandom() % 16 == 0) endPassing();
  else if (load<usize>(coids, PASSING) == 0) beginPassing();
}

function anyRoot(coid: usize): Root {
  const kind = nextRandom() % 3;
  return kind == 0
    ? new NotedSharedRoot(coid)
    : kind == 1
      ? new NotedClusterRoot(1, coid)
      : new NotedClusterRoot(3, coid);
}

function refuse(coid: usize, root: Root, error: i32): void {
  const gate = new SpinningGate();
  check(hotSwap(coid, root, gate) == error, 'it cannot be swapped now, or for that');
  release(gate);
  root.reclaimReps();
  release(root);
}

function beginPassing(): void {
  const coid = anyRoot(0).coid;
  check(dref<Counter>(coid).add(1) > 0, 'it counts');
  atomic.store<usize>(coids + PASSING, coid);
  if (nextRandom() % 4 != 0) check(hotSwap(coid, anyRoot(coid), new SpinningGate()) == 0, 'it can be swapped');
}

function endPassing(): void {
  const coid = load<usize>(coids, PASSING);
  if (coid == 0) return;
  atomic.store<usize>(coids + PASSING, 0);
  check(destroy(coid) == 0 && dref<Counter>(coid).sum() == DEAD, 'it can be destroyed, swapped or not');
  note(DESTROYED);
}
