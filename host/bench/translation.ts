// What translating costs, in time and in size, over all programs that come with Manycore.
import { Machine } from '../../machine/index.ts';
import { type GuestProgram, guestFile } from '../guest-programs.ts';
import { readHostFile } from '../module-file.ts';
import { atMost, type BenchRow } from './rows.ts';
import { median, timeMs, warmUp } from './timing.ts';

export async function measureTranslation(programs: GuestProgram[], repeat: number): Promise<BenchRow[]> {
  const modules = [...programs.map((program) => program.bytes), readHostFile(guestFile('chase'))];
  // A machine keeps what it has translated, so every measurement takes a fresh one.
  const loadAll = (machine: Machine) => modules.map((bytes) => machine.load(bytes).statistics);
  await warmUp(() => loadAll(new Machine({ cores: 1 })));
  const samples = Array.from({ length: repeat }, () => {
    const machine = new Machine({ cores: 1 });
    return timeMs(() => loadAll(machine));
  });
  const statistics = loadAll(new Machine({ cores: 1 }));
  const guestBytes = statistics.reduce((sum, { guestBytes }) => sum + guestBytes, 0);
  const hostBytes = statistics.reduce((sum, { hostBytes }) => sum + hostBytes, 0);
  const machineMs = median(samples);
  const group = 'translation';
  const what = `decode, validate, translate (${(guestBytes / 1024).toFixed(1)} KB of guest code)`;
  return [
    { group, what, value: machineMs / (guestBytes / 1024), unit: 'ms/KB', bar: atMost(1.5), machineMs },
    { group, what: 'size of host code', value: hostBytes / guestBytes, unit: 'x guest code', bar: atMost(13) },
  ];
}
