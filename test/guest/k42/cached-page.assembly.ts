// All CPUs are threads of one process and fault again and again on one page that is in memory: see cached-page.test.ts. What they do meanwhile is between
// the marks `begin` and `end`.
import { dref } from '../../../guest/k42/cobj/rep';
import { newProcess } from '../../../guest/k42/mem/families';
import { HAT } from '../../../guest/k42/mem/hat';
import { Process } from '../../../guest/k42/mem/process';
import { CpuSet } from '../../../guest/lib/cpu-set';
import { MOST_LINE_BYTES } from '../../../guest/lib/limits';
import { coreCount, coreId, mark, report } from '../../../guest/lib/machine';
import { PAGE_BYTES } from '../../../guest/lib/page-table';
import { parameter } from '../../../guest/lib/parameters';
import { PROT_READ, PROT_WRITE } from '../../../guest/posix/abi';
import { end } from '../lib/all-cores.assembly';
import { become, faultsHere, loadWord, mapAnonymous, meet, runUsers, storeWord, takeTrap } from './user-land.assembly';

const PAGE: usize = 0x1000_0000;
const processPlace = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
const faults = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);
const BEGIN = memory.data<u8>([0x62, 0x65, 0x67, 0x69, 0x6e]);
const END = memory.data<u8>([0x65, 0x6e, 0x64]);

export function boot(info: usize): void {
  runUsers(info, prepare, live);
  report(0, 0, <f64>load<i32>(faults));
  end();
}

export function trap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  takeTrap(cause, a, b);
  return 0;
}

function prepare(): void {
  const process = newProcess();
  store<usize>(processPlace, process);
  mapAnonymous(process, PAGE, PAGE_BYTES, PROT_READ | PROT_WRITE, 0);
  become(process);
  storeWord(PAGE, 1);
}

function live(): void {
  const process = load<usize>(processPlace);
  const hat = dref<Process>(process).hat();
  become(process);
  const self = new CpuSet();
  self.add(coreId());
  // What a CPU makes when it is first here is there then, and in its cache.
  faultAgain(hat, self, 1);
  meet();
  faultAgain(hat, self, 1);
  meet();
  if (coreId() == 0) mark(BEGIN, 5, 0);
  meet();
  const before = faultsHere();
  faultAgain(hat, self, parameter('rounds', 10));
  const after = faultsHere();
  meet();
  if (coreId() == 0) mark(END, 3, 0);
  meet();
  atomic.add<i32>(faults, after - before);
}

function faultAgain(hat: usize, self: CpuSet, rounds: i32): void {
  for (let i = 0; i < rounds; i++) {
    dref<HAT>(hat).unmapRange(PAGE, PAGE + PAGE_BYTES, self);
    loadWord(PAGE);
  }
}
