// The message for people when every core sleeps and nothing can wake one.

import type { Sleepers } from '../interrupt/sleepers.ts';
import {
  CORE_IDLE,
  CORE_INTERRUPTS,
  SLEEPS_HALT,
  SLEEPS_MWAIT,
  SLEEPS_WAIT,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { backtrace } from './backtrace.ts';
import type { Cores } from './cores.ts';
import type { FunctionTable } from './function-table.ts';

const KINDS: ReadonlyMap<number, string> = new Map([
  [SLEEPS_HALT, 'in halt'],
  [SLEEPS_MWAIT, 'in mwait'],
  [SLEEPS_WAIT, 'in memory.atomic.wait'],
]);

/** One line for the machine, and one for each core that was ever started. */
export function deadlockMessage(
  memory: MachineMemory,
  cores: Cores,
  functions: FunctionTable,
  sleepers: Sleepers,
): string {
  const lines = ['every core sleeps, and no timer, interrupt or deadline is left that could wake one'];
  for (let core = 0; core < cores.count; core++) {
    if (cores.time(core) === 0n && cores.state(core) === CORE_IDLE) continue;
    lines.push(`core ${core}: ${describe(memory, cores, functions, sleepers, core)}`);
  }
  return lines.join('\n');
}

function describe(
  memory: MachineMemory,
  cores: Cores,
  functions: FunctionTable,
  sleepers: Sleepers,
  core: number,
): string {
  if (cores.state(core) === CORE_IDLE) return 'done';
  const kind = KINDS.get(sleepers.kind(core)) ?? 'stopped';
  const enabled = memory.load32(cores.record(core) + CORE_INTERRUPTS) !== 0;
  const since = Number(cores.time(core)) / TICKS_PER_CYCLE;
  const [frame] = backtrace(memory, functions, cores.top(core));
  const where = frame ? `, in ${frame.name} at byte 0x${frame.offset.toString(16)}` : '';
  return `${kind} since cycle ${since}, interrupts ${enabled ? 'enabled' : 'disabled'}${where}`;
}
