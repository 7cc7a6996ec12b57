// What entering and leaving a core costs by itself: cores that run one iteration of a tiny loop in each window.
//
// In the mix of programs (side-by-side.ts) a switch also costs what it does to the host's branch predictors and caches.
import { Machine } from '../../machine/index.ts';
import { guestFile } from '../guest-programs.ts';
import { readHostFile } from '../module-file.ts';
import type { BenchRow } from './rows.ts';
import { MachineSubject } from './subjects.ts';
import { median, timeMs, warmUp } from './timing.ts';

const CORES = 28;
const ITERATIONS = 100_000;
/** What an iteration takes: with shorter windows most would pass without any core running. */
const WINDOW_CYCLES = 6;

export async function measureSwitch(repeat: number): Promise<BenchRow[]> {
  const machine = new Machine({ cores: CORES, windowCycles: WINDOW_CYCLES });
  const image = machine.load(readHostFile(guestFile('count')));
  const subjects = Array.from({ length: CORES }, (_, core) => new MachineSubject(machine, image, core));
  const run = () => {
    for (const subject of subjects) subject.start(ITERATIONS);
    machine.run();
  };
  await warmUp(run);
  const before = machine.switches;
  run();
  const switches = machine.switches - before;
  const samples = Array.from({ length: repeat }, () => timeMs(run));
  const value = (median(samples) * 1e6) / switches;
  return [{ group: 'switch', what: 'a core switch by itself (one loop iteration a window)', value, unit: 'ns' }];
}
