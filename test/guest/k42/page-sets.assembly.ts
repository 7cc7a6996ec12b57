// All CPUs use one set of page descriptors at random; see page-sets.test.ts. The command line is a letter for the kind of set, how many keys there are, and how
// often each CPU does something. All is done twice, with a set each, to see that the second one finds the memory that the first one had.
//
// What a key's data are is kept a second time, by whoever has the data locked: so a copy of them that some CPU uses must be equal to it, as long as it is
// locked. That is the model; it needs no order of what the CPUs do.
import { BootInfo } from '../../../guest/lib/boot-info';
import { MOST_LINE_BYTES } from '../../../guest/lib/limits';
import { coreCount, coreId, pause, report } from '../../../guest/lib/machine';
import { freeFrames, totalFrames } from '../../../guest/lib/page-frames';
import { nextRandom, seedRandom } from '../../../guest/lib/random';
import { LocalDHashTable, MasterDHashTable } from '../../../guest/k42/mem/dhash';
import { PAGE_MAPPED, PageDescriptor } from '../../../guest/k42/mem/page-descriptor';
import { PageHash } from '../../../guest/k42/mem/page-hash';
import { PageSet } from '../../../guest/k42/mem/page-set';
import { PartitionedPages } from '../../../guest/k42/mem/partitioned-pages';
import { TicketLock } from '../../../guest/lib/ticket-lock';
import { check, end, onAllCores } from '../lib/all-cores.assembly';

const MOST_KEYS: i32 = 4096;
/** Keys far from each other, and in different partitions. */
const KEY_STEP: i32 = 37;
const PARTITIONS: i32 = 3;
const KIND_HASH: u8 = 0x68;
const KIND_PARTITIONED: u8 = 0x70;
const DIGIT: i32 = 0x30;
const SPACE: u8 = 0x20;
/** Data are multiples of it: what is below are flags. */
const UNIT: u32 = 4096;

const setPlace = memory.data(4, MOST_LINE_BYTES);
const kindPlace = memory.data(4, MOST_LINE_BYTES);
const keysPlace = memory.data(4, MOST_LINE_BYTES);
const roundsPlace = memory.data(4, MOST_LINE_BYTES);
const met = memory.data(4, MOST_LINE_BYTES);
const addingLock = memory.data(4, MOST_LINE_BYTES);
const truth = memory.data(4 * MOST_KEYS, MOST_LINE_BYTES);
/** Of each key: whether some CPU has a mark at it. */
const marks = memory.data(4 * MOST_KEYS, MOST_LINE_BYTES);

export function boot(info: usize): void {
  const line = changetype<BootInfo>(info).commandLine;
  store<u8>(kindPlace, load<u8>(line));
  const lineEnd = line + changetype<BootInfo>(info).commandLineBytes;
  let at = line + 1;
  for (; load<u8>(at) != SPACE; at++) store<i32>(keysPlace, 10 * load<i32>(keysPlace) + load<u8>(at) - DIGIT);
  for (at++; at < lineEnd; at++) store<i32>(roundsPlace, 10 * load<i32>(roundsPlace) + load<u8>(at) - DIGIT);
  onAllCores(info, useTwoSets);
  end();
}

function useTwoSets(): void {
  seedRandom(coreId() + 1);
  for (let i = 0; i < 2; i++) {
    if (coreId() == 0) store<PageSet>(setPlace, makeSet());
    meet();
    useAtRandom();
    meet();
    if (coreId() == 0) finish();
  }
}

/** Waits until all CPUs have come here as often. */
function meet(): void {
  const last = (atomic.add<i32>(met, 1) / coreCount() + 1) * coreCount();
  while (atomic.load<i32>(met) < last) pause();
}

function makeSet(): PageSet {
  const kind = load<u8>(kindPlace);
  if (kind == KIND_HASH) return PageHash.create()!;
  if (kind == KIND_PARTITIONED) return PartitionedPages.create(PARTITIONS)!;
  return MasterDHashTable.create()!;
}

function useAtRandom(): void {
  const set = load<PageSet>(setPlace);
  let local: LocalDHashTable | null = null;
  for (let round = 0; round < load<i32>(roundsPlace); round++) {
    const index = <i32>(nextRandom() % load<i32>(keysPlace));
    const choice = nextRandom() % 16;
    if (local === null && set instanceof MasterDHashTable && choice == 0) local = addLocal(<MasterDHashTable>set);
    else if (choice < 10) use(set, local, index);
    else if (choice < 13) change(set, index);
    else if (choice < 15) empty(set, index);
    else if (nextRandom() % 8 == 0) scan(set, nextRandom() % 2 == 0);
  }
}

/** Tables of copies come at any time, one after the other. */
function addLocal(set: MasterDHashTable): LocalDHashTable | null {
  const lock = changetype<TicketLock>(addingLock);
  lock.acquire();
  const local = LocalDHashTable.create(set);
  lock.release();
  return local;
}

/** What a fault does: by the CPU's copy, or by the shared data, which are allocated if need be. */
function use(set: PageSet, local: LocalDHashTable | null, index: i32): void {
  const key = index * KEY_STEP;
  let copy: PageDescriptor | null = local ? local.findAndLock(key) : null;
  if (copy) {
    mark(copy, index);
    local!.unlock(copy);
    return;
  }
  const data = set.findOrAllocateAndLock(key)!;
  check(data.page == key, 'data have the key that was asked for');
  if (data.state == 0) {
    check(load<u32>(truth + 4 * index) == 0, 'there are no data twice');
    put(data, index, (1 + (nextRandom() % 1000)) * UNIT);
  }
  check((data.state & ~PAGE_MAPPED) == load<u32>(truth + 4 * index), 'data are as they were left');
  if (local) copy = local.copyAndLock(data);
  mark(copy ? copy : data, index);
  if (copy) local!.unlock(copy);
  set.unlock(data);
}

function mark(data: PageDescriptor, index: i32): void {
  check((data.state & ~PAGE_MAPPED) == load<u32>(truth + 4 * index), 'a copy is as the shared data are');
  data.state |= PAGE_MAPPED;
  atomic.store<u32>(marks + 4 * index, 1);
  check((data.state & ~PAGE_MAPPED) == load<u32>(truth + 4 * index), 'shared data stay while a copy is in use');
}

function put(data: PageDescriptor, index: i32, state: u32): void {
  data.state = (data.state & PAGE_MAPPED) | state;
  store<u32>(truth + 4 * index, state);
}

function change(set: PageSet, index: i32): void {
  const data = set.findAndLock(index * KEY_STEP);
  if (data === null) return;
  set.withdraw(data);
  checkMark(data, index);
  put(data, index, (1 + (nextRandom() % 1000)) * UNIT);
  set.unlock(data);
}

/** What CPUs have done with their copies is known when these are taken back. */
function checkMark(data: PageDescriptor, index: i32): void {
  check(((data.state & PAGE_MAPPED) != 0) == (load<u32>(marks + 4 * index) != 0), 'marks are gathered');
}

function empty(set: PageSet, index: i32): void {
  const data = set.findAndLock(index * KEY_STEP);
  if (data === null) return;
  deleteData(set, data);
}

function deleteData(set: PageSet, data: PageDescriptor): void {
  const index = data.page / KEY_STEP;
  set.withdraw(data);
  checkMark(data, index);
  store<u32>(marks + 4 * index, 0);
  store<u32>(truth + 4 * index, 0);
  set.emptyData(data);
}

/** Deletes every other one that it comes to. */
function scan(set: PageSet, waits: bool): void {
  if (!set.startScan(waits)) return;
  let data = set.nextAndLock(-1, waits);
  while (data) {
    const key = data.page;
    check(
      data.state != 0 && (data.state & ~PAGE_MAPPED) == load<u32>(truth + 4 * (key / KEY_STEP)),
      'a scan finds data',
    );
    if (nextRandom() % 2 == 0) deleteData(set, data);
    else set.unlock(data);
    data = set.nextAndLock(key, waits);
  }
  set.endScan();
}

/** A scan by one CPU finds everything once. */
function finish(): void {
  const set = load<PageSet>(setPlace);
  const keys = load<i32>(keysPlace);
  let expected = 0;
  for (let i = 0; i < keys; i++) if (load<u32>(truth + 4 * i) != 0) expected++;
  check(set.count == expected, 'data are counted');
  set.startScan(true);
  let found = 0;
  let data = set.nextAndLock(-1, true);
  while (data) {
    const key = data.page;
    found++;
    check((data.state & ~PAGE_MAPPED) == load<u32>(truth + 4 * (key / KEY_STEP)), 'a scan finds what was left');
    set.unlock(data);
    data = set.nextAndLock(key, true);
  }
  set.endScan();
  check(found == expected, 'a scan finds all');
  report(0, 0, <f64>expected);
  memory.fill(truth, 0, 4 * MOST_KEYS);
  memory.fill(marks, 0, 4 * MOST_KEYS);
  set.destroy();
  report(0, 0, <f64>(totalFrames() - freeFrames()));
}
