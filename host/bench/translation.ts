// What translating costs, in time and in size: the small programs that come with Manycore, and one large module. Decoding and
// validating are included. V8 compiles the host code lazily and keeps what it has compiled, so it hardly counts here.
import { type ImageStatistics, Machine } from '../../machine/index.ts';
import { type GuestProgram, guestFile } from '../guest-programs.ts';
import { readHostFile } from '../module-file.ts';
import { largeModule } from './large-module.ts';
import { atMost, type BenchRow } from './rows.ts';
import { median, timeMs, warmUp } from './timing.ts';

/** The small programs are loaded this often in one measurement, the large module once. */
const ROUNDS = 10;
/** A translator is much code, each part of which V8 must find to be hot. */
const WARM_UP_MS = 3000;

export async function measureTranslation(programs: GuestProgram[], repeat: number): Promise<BenchRow[]> {
  const small = [...programs.map((program) => program.bytes), readHostFile(guestFile('chase'))];
  const large = [await largeModule()];
  return [
    ...(await measureModules('the eight programs', small, ROUNDS, repeat)),
    ...(await measureModules('a C++ program', large, 1, repeat)),
  ];
}

async function measureModules(
  what: string,
  modules: Uint8Array[],
  rounds: number,
  repeat: number,
): Promise<BenchRow[]> {
  let machine = new Machine({ cores: 1 });
  // A machine keeps what it has translated, by its array: every round takes copies.
  const loadAll = () => modules.map((bytes) => machine.load(bytes.slice()).statistics);
  await warmUp(() => {
    // What one machine has kept is not the next one's burden.
    machine = new Machine({ cores: 1 });
    for (let round = 0; round < rounds; round++) loadAll();
  }, WARM_UP_MS);
  const samples: number[] = [];
  for (let i = 0; i < repeat; i++) {
    machine = new Machine({ cores: 1 });
    samples.push(timeMs(() => Array.from({ length: rounds }, loadAll)) / rounds);
  }
  const statistics = loadAll();
  const sum = (size: (one: ImageStatistics) => number) => statistics.reduce((total, one) => total + size(one), 0);
  const guestBytes = sum((one) => one.guestBytes);
  const kilobytes = guestBytes / 1024;
  const machineMs = median(samples);
  const name = `${what}, ${kilobytes < 10 ? kilobytes.toFixed(1) : Math.round(kilobytes)} KB of code`;
  return [
    {
      group: 'translation',
      what: `time: ${name}`,
      value: machineMs / kilobytes,
      unit: 'ms/KB',
      bar: atMost(1.5),
      machineMs,
    },
    {
      group: 'translation',
      what: `size: ${name}`,
      value: sum((one) => one.hostBytes) / guestBytes,
      unit: 'x guest',
      bar: atMost(13),
    },
  ];
}
