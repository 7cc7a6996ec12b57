// What a command says of what was observed: short reports, and the names of the files that it has written.
import type { Machine } from '../../machine/index.ts';
import type { Observation } from '../observe/observation.ts';
import { type Terminal, tableStyle } from './terminal.ts';

/** On stderr. `machineText` is the machine as tables name it. Throws a CommandFailure when a file cannot be written. */
export function tellObservation(
  terminal: Terminal,
  observation: Observation | undefined,
  machine: Machine,
  { title, machineText, quiet = false }: { title: string; machineText: string; quiet?: boolean },
): void {
  if (!observation) return;
  const { stderr } = terminal;
  for (const file of observation.write(machine, title, machineText)) if (!quiet) stderr.write(`wrote ${file}\n`);
  for (const text of observation.texts(machine, machineText, tableStyle(terminal, stderr))) stderr.write(text);
}
