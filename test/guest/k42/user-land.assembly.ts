// Lets the CPUs of a test kernel be threads of processes: they load a process's HAT and go to its addresses, with interrupts and faults as a user has. The
// kernel exports `trap` and leaves it to `takeTrap`.
import { cleanUp } from '../../../guest/k42/cobj/clean-up';
import { enterClusteredObjects, layOutClusteredObjects } from '../../../guest/k42/cobj/clustered-objects';
import { enterActivation, leaveActivation } from '../../../guest/k42/cobj/generations';
import { rootOf } from '../../../guest/k42/cobj/global-table';
import { localTable } from '../../../guest/k42/cobj/local-table';
import { dref } from '../../../guest/k42/cobj/rep';
import { ENTRY_BYTES, globalEntry, partitionOf } from '../../../guest/k42/cobj/translation';
import { DISTRIBUTED, newGlobalPm, PARTITIONED, setFamilies, SHARED } from '../../../guest/k42/mem/families';
import { newFcm } from '../../../guest/k42/mem/fcm-family';
import { NO_LIMIT } from '../../../guest/k42/mem/fcm';
import { FCM } from '../../../guest/k42/mem/fcm';
import { layOutZeroFR, zeroFR } from '../../../guest/k42/mem/fr-zero';
import { layOutFrameSource } from '../../../guest/k42/mem/frame-source';
import { setGlobalPm } from '../../../guest/k42/mem/global-pm';
import { HAT } from '../../../guest/k42/mem/hat';
import { layOutMemoryNames } from '../../../guest/k42/mem/names';
import { Process } from '../../../guest/k42/mem/process';
import { serveAll, VECTOR_MESSAGE } from '../../../guest/k42/messages';
import { BootInfo } from '../../../guest/lib/boot-info';
import { layOutKernel } from '../../../guest/lib/kernel';
import { out } from '../../../guest/lib/console';
import { coreCount, coreId, coreStart, interrupts, pause } from '../../../guest/lib/machine';
import { FAULT_WRITE, TRAP_INTERRUPT, TRAP_PAGE_FAULT } from '../../../guest/lib/machine-constants';
import { entryOf } from '../../../guest/lib/page-directory';
import { panic } from '../../../guest/lib/panic';
import { PAGE_BYTES } from '../../../guest/lib/page-table';
import { parameter, setCommandLine } from '../../../guest/lib/parameters';
import { EFAULT } from '../../../guest/posix/abi';

/** A page that may have rights or not at any time. */
export const FICKLE: usize = 0x2200_0000;

const LINE: i32 = 128;
const MOST_CORES: i32 = 128;

/** For each CPU the process that it is a thread of, how many faults it has had, and how often it has met the others. */
const current = memory.data(MOST_CORES * LINE, LINE);
const FAULTS: usize = 4;
const MEETINGS: usize = 8;
const arrived = memory.data(LINE, LINE);
const bodyIndex = memory.data(LINE, LINE);

/** As a kernel boots; then `prepare` on CPU 0 and `body` on all. Returns on CPU 0 when all are done. */
export function runUsers(info: usize, prepare: () => void, body: () => void): void {
  const facts = changetype<BootInfo>(info);
  layOutClusteredObjects(layOutKernel(info));
  setCommandLine(facts.commandLine, facts.commandLineBytes);
  layOutMemory();
  out.text('where CPUs meet').name(arrived, LINE);
  prepare();
  store<i32>(bodyIndex, body.index);
  for (let cpu = 1; cpu < coreCount(); cpu++) coreStart(cpu, 0, begin.index, <i32>info, 0);
  call_indirect<void>(body.index);
  meet();
}

function begin(info: usize): void {
  const facts = changetype<BootInfo>(info);
  enterClusteredObjects();
  setCommandLine(facts.commandLine, facts.commandLineBytes);
  call_indirect<void>(load<i32>(bodyIndex));
  meet();
}

/** Families by numbers: 0 shared, 1 distributed, 2 partitioned, 3 by use. */
function layOutMemory(): void {
  const all = parameter('objects', DISTRIBUTED);
  setFamilies(parameter('process', all), parameter('region', all), parameter('globalpm', all), parameter('fcm', all));
  layOutMemoryNames();
  layOutFrameSource();
  setGlobalPm(newGlobalPm());
  layOutZeroFR();
}

/** Waits until all CPUs have come as often as this one, as an idle CPU does. */
export function meet(): void {
  const place = current + coreId() * LINE;
  const times = load<i32>(place, MEETINGS) + 1;
  store<i32>(place, times, MEETINGS);
  atomic.add<i32>(arrived, 1);
  while (atomic.load<i32>(arrived) < times * coreCount()) rest();
}

/** Waits until all that has been destroyed is reclaimed, as far as it is this CPU's. */
export function settle(): void {
  while (cleanUp()) rest();
}

/** How many clustered objects there are. */
export function countObjects(): i32 {
  let count = 0;
  for (let cpu = 0; cpu < coreCount(); cpu++) {
    for (let coid = partitionOf(cpu); pageEntryOf(coid) != 0; coid += ENTRY_BYTES) if (rootOf(coid)) count++;
  }
  return count;
}

/** Of a page of the global table. */
function pageEntryOf(coid: usize): u32 {
  return entryOf(localTable().directory, globalEntry(coid));
}

/** What an idle CPU does. */
export function rest(): void {
  interrupts(true);
  pause();
  interrupts(false);
  cleanUp();
}

export function takeTrap(cause: i32, a: i32, b: i32): void {
  const activation = enterActivation();
  if (cause == TRAP_PAGE_FAULT) {
    const place = current + coreId() * LINE;
    const error = dref<Process>(load<usize>(place)).handleFault(a, (b & FAULT_WRITE) != 0);
    // Whose rights come and go is tried again.
    if (error != 0 && (error != -EFAULT || <usize>a - FICKLE >= PAGE_BYTES))
      panic('a page that the model has is not there');
    store<i32>(place, load<i32>(place, FAULTS) + 1, FAULTS);
  } else if (cause == TRAP_INTERRUPT && a == VECTOR_MESSAGE) {
    serveAll();
  } else {
    panic('an unexpected trap');
  }
  leaveActivation(activation);
}

/** Faults of this CPU. */
export function faultsHere(): i32 {
  return load<i32>(current + coreId() * LINE, FAULTS);
}

// --- what a thread does

/** Lets this CPU be a thread of a process. */
export function become(process: usize): void {
  store<usize>(current + coreId() * LINE, process);
  dref<HAT>(dref<Process>(process).hat()).load();
}

export function loadWord(address: usize): i32 {
  interrupts(true);
  const value = atomic.load<i32>(address);
  interrupts(false);
  return value;
}

export function storeWord(address: usize, value: i32): void {
  interrupts(true);
  atomic.store<i32>(address, value);
  interrupts(false);
}

export function addWord(address: usize, value: i32): void {
  interrupts(true);
  atomic.add<i32>(address, value);
  interrupts(false);
}

/** As mmap does for anonymous memory. */
export function mapAnonymous(process: usize, address: usize, bytes: usize, protection: i32, kind: i32): i32 {
  const fcm = newFcm(zeroFR(), dref<Process>(process).pm(), NO_LIMIT);
  const answer = dref<Process>(process).map(address, bytes, protection, kind, fcm, 0);
  dref<FCM>(fcm).letGo();
  return answer;
}
