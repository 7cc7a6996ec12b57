// All CPUs come for the first time to pages that are there, at the same time: see fcm-first-touch.test.ts. The command line is a digit, the family of the FCM.
// Between its two marks a CPU does nothing but map these pages, and read each once as the kernel does.
import { BootInfo } from '../../../guest/lib/boot-info';
import { MOST_CORES, MOST_LINE_BYTES } from '../../../guest/lib/limits';
import { coreCount, coreId, cycles, mark, pause } from '../../../guest/lib/machine';
import { dref } from '../../../guest/k42/cobj/rep';
import { FCM, NO_LIMIT } from '../../../guest/k42/mem/fcm';
import { newFcm, setFcmFamilies } from '../../../guest/k42/mem/fcm-family';
import { layOutZeroFR, zeroFR } from '../../../guest/k42/mem/fr-zero';
import { end } from '../lib/all-cores.assembly';
import { onAllCpus } from './all-cpus.assembly';
import { layOutWorld, PAGES, pm, reach } from './fcm-world.assembly';

const DIGIT: i32 = 0x30;
const TOUCHED_BEFORE: i32 = 10;
/** Cycles until all CPUs begin, and have ended. */
const DELAY: i64 = 20_000;
const TIME: i64 = 2_000_000;

const fcmPlace = memory.data(4, MOST_LINE_BYTES);
const met = memory.data(4, MOST_LINE_BYTES);
const startPlace = memory.data(8, MOST_LINE_BYTES);
const buffers = memory.data(MOST_CORES * MOST_LINE_BYTES, MOST_LINE_BYTES);

export function boot(info: usize): void {
  setFcmFamilies(load<u8>(changetype<BootInfo>(info).commandLine) - DIGIT, 0);
  onAllCpus(info, prepare, touch);
  end();
}

/** Pages that CPU 0 has written. */
function prepare(): void {
  layOutWorld();
  layOutZeroFR();
  const fcm = newFcm(zeroFR(), pm(), NO_LIMIT);
  store<usize>(fcmPlace, fcm);
  for (let page = 0; page < PAGES; page++) store<i32>(reach(0, fcm, page, true), page);
}

function touch(): void {
  const fcm = load<usize>(fcmPlace);
  const buffer = buffers + coreId() * MOST_LINE_BYTES;
  // With the first pages comes all that a CPU has of the FCM: the Rep, a table that has grown, and memory for descriptors.
  for (let page = 0; page < TOUCHED_BEFORE; page++) touchPage(fcm, page, buffer);
  meet();
  if (coreId() == 0) atomic.store<i64>(startPlace, cycles() + DELAY);
  while (atomic.load<i64>(startPlace) == 0) pause();
  const start = atomic.load<i64>(startPlace);
  while (cycles() < start) pause();
  mark(0, 0, 1);
  for (let page = TOUCHED_BEFORE; page < PAGES; page++) touchPage(fcm, page, buffer);
  mark(0, 0, 0);
  while (cycles() < start + TIME) pause();
  meet();
}

function touchPage(fcm: usize, page: i32, buffer: usize): void {
  reach(0, fcm, page, true);
  dref<FCM>(fcm).readPage(page, 0, buffer, 8);
}

function meet(): void {
  const last = (atomic.add<i32>(met, 1) / coreCount() + 1) * coreCount();
  while (atomic.load<i32>(met) < last) pause();
}
