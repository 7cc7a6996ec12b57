// All CPUs use FCMs at random; see fcm.test.ts. The command line is a letter, p for private memory that is forked and ends, f for a file that is truncated; a
// digit, the family of the FCMs; and how often each CPU does something.
//
// On every page each CPU has a word of its own, to which it writes numbers that go up. So whatever the others do meanwhile, a CPU knows what it must find.
import { BootInfo } from '../../../guest/lib/boot-info';
import { MOST_LINE_BYTES } from '../../../guest/lib/limits';
import { coreCount, coreId, pause, report } from '../../../guest/lib/machine';
import {
  frameAddress,
  freeFrames,
  releaseFrame,
  takeRun,
  totalFrames,
  zeroFrame,
} from '../../../guest/lib/page-frames';
import { PAGE_BYTES } from '../../../guest/lib/page-table';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { TicketLock } from '../../../guest/lib/ticket-lock';
import { EFAULT, ENOMEM } from '../../../guest/posix/abi';
import { cleanUp } from '../../../guest/k42/cobj/clean-up';
import { dref } from '../../../guest/k42/cobj/rep';
import { SingleRepRoot } from '../../../guest/k42/cobj/single-rep-root';
import { FCM, NO_LIMIT } from '../../../guest/k42/mem/fcm';
import { newFcm, setFcmFamilies } from '../../../guest/k42/mem/fcm-family';
import { FR } from '../../../guest/k42/mem/fr';
import { newCopyFR } from '../../../guest/k42/mem/fr-copy';
import { newFileFR } from '../../../guest/k42/mem/fr-file';
import { PM } from '../../../guest/k42/mem/pm';
import { Region } from '../../../guest/k42/mem/region';
import { serveAll } from '../../../guest/k42/messages';
import { check, end } from '../lib/all-cores.assembly';
import { onAllCpus } from './all-cpus.assembly';
import { framesOfFcms, layOutWorld, PAGES, pm, reach, regionOf, SPACES } from './fcm-world.assembly';

const MODE_FILE: u8 = 0x66;
const DIGIT: i32 = 0x30;
const MOST_CORES: i32 = 24;
/** log2 of the frames of the file that are there from the beginning. */
const RUN_ORDER: i32 = 2;
/** Where a page has what its FR gives it. */
const PATTERN: usize = 4000;

const modePlace = memory.data(4, MOST_LINE_BYTES);
const roundsPlace = memory.data(4, MOST_LINE_BYTES);
const fcms = memory.data(4 * SPACES, MOST_LINE_BYTES);
const states = memory.data(4 * SPACES, MOST_LINE_BYTES);
const users = memory.data(4 * SPACES, MOST_LINE_BYTES);
/** [space][page][core]: what the CPU was about to write last to its word, and what it has. */
const intended = memory.data(4 * SPACES * PAGES * MOST_CORES, MOST_LINE_BYTES);
const written = memory.data(4 * SPACES * PAGES * MOST_CORES, MOST_LINE_BYTES);
/** Truncations that have begun, and ended; [page][core]: how many had ended before the CPU wrote. */
const truncations = memory.data(4, MOST_LINE_BYTES);
const begun = memory.data(4, MOST_LINE_BYTES);
const ended = memory.data(4, MOST_LINE_BYTES);
const endedBefore = memory.data(4 * PAGES * MOST_CORES, MOST_LINE_BYTES);
const numbers = memory.data(4 * 2 * MOST_CORES, MOST_LINE_BYTES);
const met = memory.data(4, MOST_LINE_BYTES);

const FREE: i32 = 0;
const BUSY: i32 = 1;
const LIVE: i32 = 2;

@inline
function wordOf(table: usize, space: i32, page: i32, core: i32): usize {
  return table + 4 * <usize>((space * PAGES + page) * MOST_CORES + core);
}

/** Pages with a pattern, which can be made again. */
class PatternFR extends FR {
  override provide(page: i32, pm: usize): i32 {
    const frame = dref<PM>(pm).takeFrame();
    if (frame == 0) return -ENOMEM;
    zeroFrame(frame);
    store<i32>(frameAddress(frame) + PATTERN, 7 * page + 1);
    return <i32>frame;
  }

  override isZero(page: i32): i32 {
    return 0;
  }

  override truncate(pages: i32): i32 {
    return 0;
  }

  override hold(): i32 {
    return 0;
  }

  override letGo(): i32 {
    return 0;
  }
}

export function boot(info: usize): void {
  const facts = changetype<BootInfo>(info);
  const line = facts.commandLine;
  store<u8>(modePlace, load<u8>(line));
  setFcmFamilies(load<u8>(line, 1) - DIGIT, load<u8>(line, 1) - DIGIT);
  for (let at = line + 2; at < line + facts.commandLineBytes; at++)
    store<i32>(roundsPlace, 10 * load<i32>(roundsPlace) + load<u8>(at) - DIGIT);
  onAllCpus(info, prepare, useAtRandom);
  end();
}

function isFile(): bool {
  return load<u8>(modePlace) == MODE_FILE;
}

function prepare(): void {
  layOutWorld();
  if (!isFile()) {
    begin(0, newFcm(new SingleRepRoot(new PatternFR()).coid, pm(), NO_LIMIT));
    return;
  }
  const run = takeRun(RUN_ORDER);
  memory.fill(frameAddress(run), 0, PAGE_BYTES << RUN_ORDER);
  const fr = newFileFR(run, 1 << RUN_ORDER);
  const file = newFcm(fr, pm(), PAGES);
  dref<FR>(fr).letGo();
  for (let space = 0; space < SPACES; space++) begin(space, file);
}

/** A space shows an FCM from now on; its maker goes on to hold it. */
function begin(space: i32, fcm: usize): void {
  store<usize>(fcms + 4 * space, fcm);
  dref<FCM>(fcm).attachRegion(regionOf(space));
  atomic.store<i32>(states + 4 * space, LIVE);
}

function useAtRandom(): void {
  seedRandom(coreId() + 7);
  for (let round = 0; round < load<i32>(roundsPlace); round++) {
    const page = <i32>(nextRandom() % PAGES);
    const choice = nextRandom() % 32;
    const space = enter();
    if (choice < 12) write(space, page);
    else if (choice < 16) read(space, page);
    else if (choice < 20 && !isFile()) readOther(space, page);
    else if (choice < 22) readAsKernel(space, page);
    else if (choice < 24) dref<FCM>(load<usize>(fcms + 4 * space)).reclaimPages(3);
    else if (isFile()) useFile(space, page, choice);
    else if (choice < 29) fork(space);
    leave(space);
    if (choice == 31 && !isFile()) destroySome();
    serveAll();
    cleanUp();
  }
  meet();
  if (coreId() == 0) finish();
  meet();
  while (cleanUp()) serveAll();
  meet();
  if (coreId() == 0) report(0, 0, <f64>(totalFrames() - freeFrames()));
}

/** Waits until all CPUs have come here as often. */
function meet(): void {
  const last = (atomic.add<i32>(met, 1) / coreCount() + 1) * coreCount();
  while (atomic.load<i32>(met) < last) {
    pause();
    serveAll();
    cleanUp();
  }
}

/** A space that is there, and stays until `leave`. */
function enter(): i32 {
  while (true) {
    const space = <i32>(nextRandom() % SPACES);
    atomic.add<i32>(users + 4 * space, 1);
    if (atomic.load<i32>(states + 4 * space) == LIVE) return space;
    leave(space);
    serveAll();
  }
}

function leave(space: i32): void {
  atomic.sub<i32>(users + 4 * space, 1);
}

// --- words

function write(space: i32, page: i32): void {
  const core = coreId();
  const number = load<i32>(numbers + 4 * core) + 1;
  const before = atomic.load<i32>(ended);
  const at = reach(space, load<usize>(fcms + 4 * space), page, true);
  if (at == 0) {
    check(isFile() && atomic.load<i32>(begun) != before, 'only what is behind the end cannot be written');
    return;
  }
  // Files are one, whatever space shows them.
  const owner = isFile() ? 0 : space;
  store<i32>(wordOf(intended, owner, page, core), number);
  store<i32>(at + 4 * core, number);
  store<i32>(wordOf(written, owner, page, core), number);
  store<i32>(wordOf(endedBefore, 0, page, core), before);
  store<i32>(numbers + 4 * core, number);
  checkPattern(at, page);
}

function read(space: i32, page: i32): void {
  const before = atomic.load<i32>(ended);
  const at = reach(space, load<usize>(fcms + 4 * space), page, false);
  if (at == 0) {
    check(isFile() && atomic.load<i32>(begun) != before, 'only what is behind the end cannot be read');
    return;
  }
  checkWord(space, page, load<i32>(at + 4 * coreId()));
  checkPattern(at, page);
}

/** A CPU finds what another one had written before it looks. */
function readOther(space: i32, page: i32): void {
  const core = <i32>(nextRandom() % coreCount());
  const least = atomic.load<i32>(wordOf(written, space, page, core));
  const at = reach(space, load<usize>(fcms + 4 * space), page, false);
  const found = load<i32>(at + 4 * core);
  check(found >= least, 'a CPU finds what another one has written');
  check(found <= atomic.load<i32>(wordOf(intended, space, page, core)), 'a CPU finds nothing that nobody has written');
}

function readAsKernel(space: i32, page: i32): void {
  const to = numbers + 4 * MOST_CORES + 4 * coreId();
  const before = atomic.load<i32>(ended);
  const error = dref<FCM>(load<usize>(fcms + 4 * space)).readPage(page, 4 * coreId(), to, 4);
  if (error == 0) checkWord(space, page, load<i32>(to));
  else check(error == -EFAULT && isFile() && atomic.load<i32>(begun) != before, 'the kernel reads what is there');
}

/** What a CPU finds in its word is what it has written, or nothing if there was a truncation since. */
function checkWord(space: i32, page: i32, found: i32): void {
  const core = coreId();
  const place = wordOf(written, isFile() ? 0 : space, page, core);
  const truncated = isFile() && atomic.load<i32>(begun) != load<i32>(wordOf(endedBefore, 0, page, core));
  if (found == 0 && truncated) store<i32>(place, 0);
  check(found == load<i32>(place), 'a CPU finds what it has written');
}

function checkPattern(at: usize, page: i32): void {
  check(isFile() || load<i32>(at + PATTERN) == 7 * page + 1, 'a page is what its FR has made it');
}

// --- private memory

/** The copy has what each CPU had written when it was made, or what it was about to write. */
function fork(space: i32): void {
  const copy = <i32>(nextRandom() % SPACES);
  if (atomic.cmpxchg<i32>(states + 4 * copy, FREE, BUSY) != FREE) return;
  const words = PAGES * MOST_CORES;
  const from = wordOf(written, space, 0, 0);
  const to = wordOf(written, copy, 0, 0);
  memory.copy(to, from, 4 * words);
  const fcm = dref<FCM>(load<usize>(fcms + 4 * space)).fork(pm());
  check(fcm != 0, 'there is memory for a fork');
  memory.copy(wordOf(intended, copy, 0, 0), wordOf(intended, space, 0, 0), 4 * words);
  begin(copy, fcm);
  for (let page = 0; page < PAGES; page++) {
    // Nobody else writes here before it is said to be there: see `begin`.
    const at = reach(copy, fcm, page, false);
    checkPattern(at, page);
    for (let core = 0; core < coreCount(); core++) {
      const word = load<i32>(at + 4 * core);
      const least = wordOf(written, copy, page, core);
      check(word >= load<i32>(least), 'a copy has what was written before the fork');
      check(
        word <= load<i32>(wordOf(intended, copy, page, core)),
        'a copy has nothing that was written after the fork',
      );
      store<i32>(least, word);
    }
  }
}

/** Ends a space, unless it is the only one. */
function destroySome(): void {
  const space = <i32>(nextRandom() % SPACES);
  if (space == 0 || atomic.cmpxchg<i32>(states + 4 * space, LIVE, BUSY) != LIVE) return;
  while (atomic.load<i32>(users + 4 * space) != 0) {
    pause();
    serveAll();
  }
  destroySpace(space);
}

function destroySpace(space: i32): void {
  const fcm = load<usize>(fcms + 4 * space);
  const region = regionOf(space);
  dref<Region>(region).unmapPages(0, PAGES);
  dref<FCM>(fcm).discard(3, 2);
  dref<FCM>(fcm).detachRegion(region);
  if (!isFile() || space == 0) dref<FCM>(fcm).letGo();
  atomic.store<i32>(states + 4 * space, FREE);
}

// --- a file

function useFile(space: i32, page: i32, choice: u32): void {
  const file = load<usize>(fcms + 4 * space);
  if (choice < 28) useCopy(file, page);
  else truncate(file, page);
}

function truncate(file: usize, pages: i32): void {
  const lock = changetype<TicketLock>(truncations);
  if (!lock.tryAcquire()) return;
  atomic.add<i32>(begun, 1);
  dref<FCM>(file).truncate(pages);
  dref<FCM>(file).truncate(PAGES);
  atomic.add<i32>(ended, 1);
  lock.release();
}

/** Private memory that begins as the file's. */
function useCopy(file: usize, page: i32): void {
  const fr = newCopyFR(file);
  const copy = newFcm(fr, pm(), NO_LIMIT);
  dref<FR>(fr).letGo();
  const frame = dref<FCM>(copy).pageOf(page, false);
  if (frame > 0) {
    checkWord(0, page, load<i32>(frameAddress(frame) + 4 * coreId()));
    const own = dref<FCM>(copy).pageOf(page, true);
    check(own > 0 && own != frame, 'a page that the file has, too, is copied before it is written');
    store<i32>(frameAddress(own) + 4 * coreId(), -1);
    releaseFrame(own);
    releaseFrame(frame);
    readAsKernel(0, page);
  } else {
    check(frame == -EFAULT, 'there is memory');
  }
  dref<FCM>(copy).letGo();
}

// --- the end

function finish(): void {
  for (let space = 0; space < SPACES; space++) if (load<i32>(states + 4 * space) == LIVE) destroySpace(space);
  check(framesOfFcms() == 0, 'all frames have been given back');
}
