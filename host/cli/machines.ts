// `manycore machines list | show NAME | check FILE`: the machine profiles.
import { coreCount, type MachineProfile, PROFILE_NAMES, profileJsonSchema, profileNamed } from '../../machine/index.ts';
import { loadMachineProfile } from '../machine-profile.ts';
import { EXIT } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export function listMachines(terminal: Terminal): number {
  const profiles = PROFILE_NAMES.map((name) => profileNamed(name));
  const names = [...profiles.map(({ name }) => name), 'uniform-N'];
  const width = Math.max(...names.map((name) => name.length));
  for (const profile of profiles) {
    const cores = `${coreCount(profile)} cores`;
    terminal.stdout.write(`${profile.name.padEnd(width)}  ${cores.padStart(9)}  ${profile.description}\n`);
  }
  terminal.stdout.write(`${'uniform-N'.padEnd(width)}  ${'N cores'.padStart(9)}  one node, N from 1 to 128\n`);
  return EXIT.ok;
}

/** The whole profile as JSON; with `schema` the JSON Schema of all profiles. */
export function showMachine(terminal: Terminal, name: string | undefined, settings: readonly string[]): number {
  const shown = name === undefined ? profileJsonSchema() : loadMachineProfile(name, settings);
  terminal.stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  return EXIT.ok;
}

/** Throws a CommandFailure with a line for each field that is wrong. */
export function checkMachine(terminal: Terminal, file: string): number {
  const profile: MachineProfile = loadMachineProfile(/[/\\]|\.json$/.test(file) ? file : `./${file}`);
  terminal.stdout.write(`${file} describes ${profile.name}: ${coreCount(profile)} cores\n`);
  return EXIT.ok;
}
