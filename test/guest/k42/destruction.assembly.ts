// Objects come and go while all CPUs use them: see destruction.test.ts. Each CPU plays several activations at a time, which find Reps, go on for a while, and look
// at them again. Nothing may be reclaimed before they have ended, and everything is in the end.
import { BootInfo } from '../../../guest/lib/boot-info';
import { coreCount, coreId, pause, report } from '../../../guest/lib/machine';
import { freeFrames, totalFrames } from '../../../guest/lib/page-frames';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { cleanUp } from '../../../guest/k42/cobj/clean-up';
import { ClusterRoot } from '../../../guest/k42/cobj/cluster-root';
import { takeCoid } from '../../../guest/k42/cobj/coid';
import { destroy } from '../../../guest/k42/cobj/destruction';
import { enterActivation, fallAsleep, leaveActivation, wakeUp } from '../../../guest/k42/cobj/generations';
import { localTable } from '../../../guest/k42/cobj/local-table';
import { dref, Rep } from '../../../guest/k42/cobj/rep';
import { SingleRepRoot } from '../../../guest/k42/cobj/single-rep-root';
import { arrive, DEAD, depart, isRefused, refusal, repOf } from '../../../guest/k42/cobj/trampoline';
import { coidOfDefault, ENTRY_BYTES, partitionOf } from '../../../guest/k42/cobj/translation';
import { check, end } from '../lib/all-cores.assembly';
import { onAllCpus } from './all-cpus.assembly';

const SLOTS: i32 = 12;
const ACTIVATIONS: i32 = 4;
const MOST_CORES: i32 = 128;

/** COIDs for anybody; 0: none. */
const slots = memory.data(SLOTS * 4, 128);
/** How many objects and Reps were made, how many Reps were reclaimed, CPUs that have done, and the highest COID, by its place in its partition. */
const counts = memory.data(128, 128);
const MADE: usize = 0;
const REPS: usize = 4;
const RECLAIMED: usize = 8;
const DONE: usize = 12;
const HIGHEST: usize = 16;
const DEAD_CALLS: usize = 20;
const HIGHEST_OF_FIRST: usize = 24;
const rounds = memory.data(4, 4);

/** Knows which object it is of. */
abstract class Probe extends Rep {
  serial(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Probe>(visit).serial());
  }

  /** Ends its object, from within. */
  finish(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Probe>(visit).finish());
  }
}

class OneProbe extends Probe {
  constructor(public number: i32) {
    super();
    atomic.add<i32>(counts + REPS, 1);
  }

  override serial(): i32 {
    return this.number;
  }

  override finish(): i32 {
    return destroy(this.root.coid);
  }

  override reclaim(): void {
    check(this.number > 0, 'a Rep is reclaimed once');
    this.number = -1;
    atomic.add<i32>(counts + RECLAIMED, 1);
  }
}

/** As OneProbe, of several. */
class OneOfManyProbes extends OneProbe {
  constructor(number: i32) {
    super(number);
  }
}

class ProbeRoot extends ClusterRoot {
  constructor(
    private readonly number: i32,
    clusterSize: i32,
  ) {
    super(clusterSize);
  }

  override createRep(cpu: i32): Rep {
    return new OneOfManyProbes(this.number);
  }
}

/** An activation that goes on while its CPU does other things. */
@unmanaged
class Activation {
  isOpen: i32;
  entered: i32;
  coid: usize;
  serial: i32;
  /** A Rep that it has found, or 0. */
  rep: usize;
}

const activations = memory.data(MOST_CORES * ACTIVATIONS * 32, 128);

export function boot(info: usize): void {
  const facts = changetype<BootInfo>(info);
  let count = 0;
  for (let i: usize = 0; i < facts.commandLineBytes; i++) count = 10 * count + load<u8>(facts.commandLine + i) - 0x30;
  store<i32>(rounds, count);
  onAllCpus(info, nothing, live);
  check(load<i32>(counts, REPS) == load<i32>(counts, RECLAIMED), 'every Rep is reclaimed');
  checkCoids();
  report(0, 0, <f64>load<i32>(counts, MADE));
  report(0, 0, <f64>load<i32>(counts, HIGHEST));
  report(0, 0, <f64>load<i32>(counts, DEAD_CALLS));
  report(0, 0, <f64>(totalFrames() - freeFrames()));
  end();
}

function nothing(): void {}

/** All COIDs that the first CPU has given out can be given out again. */
function checkCoids(): void {
  const highest = load<i32>(counts, HIGHEST_OF_FIRST);
  let count = 0;
  while (<i32>(takeCoid() - partitionOf(0)) <= highest) count++;
  check(count == highest / <i32>ENTRY_BYTES + 1, 'every Root is reclaimed');
}

function activationAt(i: i32): Activation {
  return changetype<Activation>(activations + (coreId() * ACTIVATIONS + i) * 32);
}

function live(): void {
  seedRandom(<u64>(coreId() + 1) * 77);
  for (let round = 0; round < load<i32>(rounds); round++) {
    const activation = activationAt(<i32>(nextRandom() % ACTIVATIONS));
    if (activation.isOpen) goOn(activation);
    else begin(activation);
    if (nextRandom() % 3 == 0) cleanUp();
    if (nextRandom() % 16 == 0) sleep();
    if (nextRandom() % 32 == 0) localTable().reclaimPages();
  }
  for (let i = 0; i < ACTIVATIONS; i++) finish(activationAt(i));
  const entered = enterActivation();
  for (let i = 0; i < SLOTS; i++) endSlot(slots + 4 * i);
  leaveActivation(entered);
  while (cleanUp()) pause();
  // Half of them sleep, the others go on for those that still have something to do.
  const done = atomic.add<i32>(counts + DONE, 1) + 1;
  if ((coreId() & 1) != 0) return fallAsleep();
  for (let all = done; all < coreCount(); all = atomic.load<i32>(counts + DONE)) {
    cleanUp();
    pause();
  }
}

/** Nothing happens here for a while, as far as the others know. */
function sleep(): void {
  fallAsleep();
  for (let i = 0; i < 20; i++) pause();
  wakeUp();
}

function begin(activation: Activation): void {
  activation.isOpen = 1;
  activation.entered = enterActivation();
  const slot = slots + 4 * <usize>(nextRandom() % SLOTS);
  const coid = atomic.load<usize>(slot);
  if (coid == 0) return makeObject(slot, activation);
  activation.coid = coid;
  find(activation);
}

/** Calls the object, and remembers the Rep. */
function find(activation: Activation): void {
  const coid = activation.coid;
  activation.rep = 0;
  activation.serial = dref<Probe>(coid).serial();
  check(activation.serial > 0 || activation.serial == DEAD, 'an object tells its number, or that there is none');
  const rep = load<usize>(coid);
  if (coidOfDefault(rep) == 0) activation.rep = rep;
}

function makeObject(slot: usize, activation: Activation): void {
  const number = atomic.add<i32>(counts + MADE, 1) + 1;
  const kind = nextRandom() % 3;
  const coid = kind == 0 ? new SingleRepRoot(new OneProbe(number)).coid : new ProbeRoot(number, kind == 1 ? 1 : 3).coid;
  const place = <i32>(coid - partitionOf(coreId()));
  if (coreId() == 0) store<i32>(counts, max(place, load<i32>(counts, HIGHEST_OF_FIRST)), HIGHEST_OF_FIRST);
  let highest = 0;
  do {
    highest = atomic.load<i32>(counts + HIGHEST);
  } while (place > highest && atomic.cmpxchg<i32>(counts + HIGHEST, highest, place) != highest);
  activation.coid = coid;
  find(activation);
  check(activation.serial == number, 'it is a new one');
  // Another one has been quicker: this one was of this CPU only.
  if (atomic.cmpxchg<usize>(slot, 0, coid) != 0) check(destroy(coid) == 0, 'it is destroyed');
}

function goOn(activation: Activation): void {
  if (activation.coid == 0 || nextRandom() % 4 == 0) return finish(activation);
  if (activation.rep != 0)
    check(
      changetype<OneProbe>(activation.rep).number == activation.serial,
      'no Rep is reclaimed that somebody may use',
    );
  const before = activation.serial;
  find(activation);
  check(
    activation.serial == before || activation.serial == DEAD,
    'a COID stands for one object as long as somebody may use it',
  );
  if (activation.serial == DEAD) atomic.add<i32>(counts + DEAD_CALLS, 1);
  const slot = slots + 4 * <usize>(nextRandom() % SLOTS);
  if (nextRandom() % 3 == 0) endSlot(slot);
}

function finish(activation: Activation): void {
  if (!activation.isOpen) return;
  if (activation.rep != 0 && activation.serial > 0)
    check(changetype<OneProbe>(activation.rep).number == activation.serial, 'nor before the activation ends');
  leaveActivation(activation.entered);
  activation.isOpen = 0;
  activation.coid = 0;
  activation.rep = 0;
}

/** Destroys what is in a slot. Whoever takes it out is the one. */
function endSlot(slot: usize): void {
  const coid = atomic.xchg<usize>(slot, 0);
  if (coid == 0) return;
  check(dref<Probe>(coid).finish() == 0, 'an object is there until it is destroyed');
  check(dref<Probe>(coid).serial() == DEAD && destroy(coid) == DEAD, 'then it is not');
}
