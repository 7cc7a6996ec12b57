// CPUs as threads of one process that map, unmap, protect, touch, reclaim and fork at random: see random-memory.test.ts. Each CPU has pages of its own, of which it keeps
// a model, and all add to words of pages that they share. The command line says: seed, steps (of each CPU), the families, and swaps=1 to change that of the
// Process again and again meanwhile.
import { dref } from '../../../guest/k42/cobj/rep';
import { enterActivation, leaveActivation } from '../../../guest/k42/cobj/generations';
import { newProcess, swapProcess } from '../../../guest/k42/mem/families';
import { GlobalPM, globalPm } from '../../../guest/k42/mem/global-pm';
import { ANYWHERE, Process, REGION_SHARED } from '../../../guest/k42/mem/process';
import { PM } from '../../../guest/k42/mem/pm';
import { MOST_CORES, MOST_LINE_BYTES } from '../../../guest/lib/limits';
import { coreCount, coreId, report } from '../../../guest/lib/machine';
import { freeFrames, totalFrames } from '../../../guest/lib/page-frames';
import { PAGE_BYTES } from '../../../guest/lib/page-table';
import { parameter } from '../../../guest/lib/parameters';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { EFAULT, ENOMEM, PROT_NONE, PROT_READ, PROT_WRITE } from '../../../guest/posix/abi';
import { check, end } from '../lib/all-cores.assembly';
import {
  addWord,
  become,
  countObjects,
  FICKLE,
  loadWord,
  mapAnonymous,
  meet,
  rest,
  runUsers,
  settle,
  storeWord,
  takeTrap,
} from './user-land.assembly';

const PAGES: i32 = 24;
const SLOT_BYTES: usize = 0x10_0000;
const SLOTS: usize = 0x1000_0000;
/** Pages that all add to: private ones, which forks copy, and shared ones, which they share. */
const COMMON: usize = 0x2000_0000;
const SHARED: usize = 0x2100_0000;
const COMMON_PAGES: i32 = 3;
/** Words of a model behind those of its pages: how much was added to each common page, each shared one, and the one whose rights come and go. */
const COUNTS: i32 = 2 * COMMON_PAGES + 1;
/** Where in a model the values are that its pages had at a fork: words. */
const SAVED: i32 = 2 * PAGES;
/** In the place of a protection: nothing is mapped. */
const ABSENT: i32 = -1;

const processPlace = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
const swaps = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
/** Frames of clean pages that were taken back. */
const reclaimed = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
/** How many mappings have begun that may be anywhere, and how many of them are being made. */
const placements = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
const placing = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
/** Whether somebody has taken the right to write to FICKLE away. */
const isTaken = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
/** For each CPU: protection, value, and value when it was forked of each of its pages; counts. */
const MODEL_BYTES: i32 = 512;
const models = memory.data(MOST_CORES * MODEL_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  runUsers(info, prepare, live);
  check(dref<PM>(globalPm()).frames() == 0, 'no FCM has a frame that is left');
  dref<GlobalPM>(globalPm()).giveAllBack();
  report(0, 0, <f64>load<i32>(swaps));
  report(0, 0, <f64>load<i32>(reclaimed));
  report(0, 0, <f64>countObjects());
  report(0, 0, <f64>(totalFrames() - freeFrames()));
  end();
}

export function trap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  takeTrap(cause, a, b);
  return 0;
}

function prepare(): void {
  const process = newProcess();
  store<usize>(processPlace, process);
  const bytes = <usize>COMMON_PAGES * PAGE_BYTES;
  mapAnonymous(process, COMMON, bytes, PROT_READ | PROT_WRITE, 0);
  mapAnonymous(process, SHARED, bytes, PROT_READ | PROT_WRITE, REGION_SHARED);
  mapAnonymous(process, FICKLE, PAGE_BYTES, PROT_READ | PROT_WRITE, 0);
}

function live(): void {
  seedRandom(1000 * parameter('seed', 1) + coreId());
  const model = new Model(load<usize>(processPlace));
  become(model.process);
  const steps = parameter('steps', 200);
  for (let i = 0; i < steps; i++) model.step();
  meet();
  if (coreId() == 0) model.conclude();
  meet();
  settle();
  meet();
}

/** What one CPU knows of the process. */
class Model {
  private readonly start: usize = SLOTS + <usize>coreId() * SLOT_BYTES;
  private readonly words: usize = models + coreId() * MODEL_BYTES;

  constructor(readonly process: usize) {
    for (let page = 0; page < PAGES; page++) this.setProtection(page, ABSENT);
  }

  private protectionOf(page: i32): i32 {
    return load<i32>(this.words + 4 * page);
  }

  private setProtection(page: i32, protection: i32): void {
    store<i32>(this.words + 4 * page, protection);
  }

  private valueOf(page: i32): i32 {
    return load<i32>(this.words + 4 * (PAGES + page));
  }

  private setValue(page: i32, value: i32): void {
    store<i32>(this.words + 4 * (PAGES + page), value);
  }

  private addressOf(page: i32): usize {
    return this.start + <usize>page * PAGE_BYTES;
  }

  step(): void {
    const what = nextRandom() % 100;
    const activation = enterActivation();
    if (coreId() == 0 && nextRandom() % 8 == 0 && parameter('swaps', 0) != 0) this.swap();
    const first = <i32>(nextRandom() % PAGES);
    const end = first + 1 + <i32>(nextRandom() % min(<u32>(PAGES - first), 8));
    if (what < 10) this.map(first, end);
    else if (what < 18) this.unmap(first, end);
    else if (what < 28) this.protect(first, end);
    else if (what < 68) this.touch(this.process, first);
    else if (what < 82) this.addToCommon(this.process);
    else if (what < 87) this.beFickle();
    else if (what < 93) this.mapAnywhere();
    else if (what < 96) this.reclaim();
    else this.fork();
    leaveActivation(activation);
    rest();
  }

  private map(first: i32, end: i32): void {
    const protection = anyProtection();
    const bytes = this.addressOf(end) - this.addressOf(first);
    check(mapAnonymous(this.process, this.addressOf(first), bytes, protection, 0) > 0, 'there is memory to map');
    for (let page = first; page < end; page++) {
      this.setProtection(page, protection);
      this.setValue(page, 0);
    }
  }

  private unmap(first: i32, end: i32): void {
    check(dref<Process>(this.process).unmap(this.addressOf(first), this.addressOf(end)) == 0, 'unmap');
    for (let page = first; page < end; page++) this.setProtection(page, ABSENT);
  }

  private protect(first: i32, end: i32): void {
    const protection = anyProtection();
    let isMapped = true;
    for (let page = first; page < end; page++) if (this.protectionOf(page) == ABSENT) isMapped = false;
    const answer = dref<Process>(this.process).protect(this.addressOf(first), this.addressOf(end), protection);
    check(answer == (isMapped ? 0 : -ENOMEM), 'protect');
    if (isMapped) for (let page = first; page < end; page++) this.setProtection(page, protection);
  }

  /** Reads a page, or writes it. In a copy of the process the model stays as it is. */
  private touch(process: usize, page: i32): void {
    const write = (nextRandom() & 1) != 0;
    const protection = this.protectionOf(page);
    const address = this.addressOf(page) + (nextRandom() & 0x7fc);
    const isAllowed = protection > PROT_NONE && (!write || (protection & PROT_WRITE) != 0);
    if (!isAllowed) {
      check(dref<Process>(process).handleFault(address, write) == -EFAULT, 'what is not allowed is an error');
      return;
    }
    if (process == this.process) {
      check(loadWord(this.addressOf(page)) == this.valueOf(page), 'a page has what was written to it last');
    }
    if (!write) return;
    const value = <i32>nextRandom();
    storeWord(this.addressOf(page), value);
    if (process == this.process) this.setValue(page, value);
  }

  /** Takes the right to write to a page away, which nobody can do then, and gives it back; or adds to the page. */
  private beFickle(): void {
    if (atomic.cmpxchg<i32>(isTaken, 0, 1) != 0) {
      addWord(FICKLE, 1);
      this.count(2 * COMMON_PAGES);
      return;
    }
    check(dref<Process>(this.process).protect(FICKLE, FICKLE + PAGE_BYTES, PROT_READ) == 0, 'protect');
    const before = loadWord(FICKLE);
    for (let i = 0; i < 40; i++) check(loadWord(FICKLE) == before, 'nobody writes without a right to');
    check(dref<Process>(this.process).protect(FICKLE, FICKLE + PAGE_BYTES, PROT_READ | PROT_WRITE) == 0, 'protect');
    atomic.store<i32>(isTaken, 0);
  }

  /** Lets the Process be of another family from now on. */
  private swap(): void {
    if (swapProcess(this.process, nextRandom() & 1) == 0) store<i32>(swaps, load<i32>(swaps) + 1);
  }

  private addToCommon(process: usize): void {
    const page = <i32>(nextRandom() % COMMON_PAGES);
    const isShared = (nextRandom() & 1) != 0;
    addWord((isShared ? SHARED : COMMON) + <usize>page * PAGE_BYTES, 1);
    if (!isShared && process != this.process) return;
    this.count(isShared ? page + COMMON_PAGES : page);
  }

  /** `page`: in the order of the counts. */
  private count(page: i32): void {
    const place = this.words + 4 * (3 * PAGES + page);
    store<i32>(place, load<i32>(place) + 1);
  }

  private mapAnywhere(): void {
    atomic.add<i32>(placements, 1);
    atomic.add<i32>(placing, 1);
    const at = mapAnonymous(this.process, ANYWHERE, 3 * PAGE_BYTES, PROT_READ | PROT_WRITE, 0);
    atomic.sub<i32>(placing, 1);
    check(at > 0, 'there is room');
    const page = <usize>at + <usize>(nextRandom() % 3) * PAGE_BYTES;
    storeWord(page, at);
    check(loadWord(page) == at, 'a new page keeps what it gets');
    const before = atomic.load<i32>(placements);
    const isQuiet = atomic.load<i32>(placing) == 0;
    check(dref<Process>(this.process).unmap(at, <usize>at + 3 * PAGE_BYTES) == 0, 'unmap');
    const isGone = dref<Process>(this.process).handleFault(page, false) == -EFAULT;
    // Unless another CPU has got the same place meanwhile.
    check(isGone || !isQuiet || atomic.load<i32>(placements) != before, 'and is gone then');
  }

  /** Takes frames of clean pages back, of this process or of whichever has some; all pages have the same contents afterwards. */
  private reclaim(): void {
    const frames = 1 + <i32>(nextRandom() % 8);
    const from = (nextRandom() & 1) != 0 ? dref<Process>(this.process).pm() : globalPm();
    const taken = dref<PM>(from).reclaimFrames(frames);
    check(taken >= 0, 'frames can be asked for');
    atomic.add<i32>(reclaimed, taken);
    if ((nextRandom() & 1) != 0) this.checkPages(PAGES, 'a page that was taken back comes again as it was');
  }

  /** Makes a copy; both go on to write, and neither sees what the other does. */
  private fork(): void {
    const child = dref<Process>(this.process).fork();
    check(<i32>child < 0 && child != <usize>-ENOMEM, 'there is memory to fork');
    memory.copy(this.words + 4 * SAVED, this.words + 4 * PAGES, 4 * PAGES);
    this.writeSome(this.process);
    become(child);
    const added = load<i32>(this.words + 4 * 3 * PAGES);
    check(loadWord(COMMON) >= added, 'a copy has all that was added before');
    for (let i = 0; i < 6; i++) this.addToCommon(child);
    this.checkPages(SAVED, 'what is written after a fork the copy has not');
    this.writeSome(child);
    become(this.process);
    this.checkPages(PAGES, 'what a copy writes only the copy has');
    check(dref<Process>(child).destroy() == 0, 'a process ends');
  }

  private writeSome(process: usize): void {
    for (let page = 0; page < PAGES; page++) if ((nextRandom() & 1) != 0) this.touch(process, page);
  }

  /** Compares what can be read with values of the model. */
  private checkPages(values: i32, what: string): void {
    for (let page = 0; page < PAGES; page++) {
      if (this.protectionOf(page) <= PROT_NONE) continue;
      check(loadWord(this.addressOf(page)) == load<i32>(this.words + 4 * (values + page)), what);
    }
  }

  /** On CPU 0 when all have done their steps: nothing that was added is lost, and nothing is left. */
  conclude(): void {
    for (let page = 0; page < COUNTS; page++) {
      let sum = 0;
      for (let cpu = 0; cpu < coreCount(); cpu++) sum += load<i32>(models + cpu * MODEL_BYTES + 4 * (3 * PAGES + page));
      const start = page < COMMON_PAGES ? COMMON : page < 2 * COMMON_PAGES ? SHARED : FICKLE;
      const address = start + <usize>(page % COMMON_PAGES) * PAGE_BYTES;
      check(loadWord(address) == sum, 'no addition is lost');
    }
    check(dref<Process>(this.process).faults() > 0, 'faults are counted');
    const pm = dref<Process>(this.process).pm();
    check(dref<PM>(pm).frames() >= COMMON_PAGES, 'frames are counted');
    check(dref<Process>(this.process).destroy() == 0, 'the process ends');
  }
}

function anyProtection(): i32 {
  const what = nextRandom() % 8;
  if (what == 0) return PROT_NONE;
  return what < 3 ? PROT_READ : PROT_READ | PROT_WRITE;
}
