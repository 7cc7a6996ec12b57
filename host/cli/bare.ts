// `manycore bare NAME`: a bare-metal guest on a machine of a profile, and the table of what it measured there.
import { writeFileSync } from 'node:fs';
import { coreCount } from '../../machine/index.ts';
import type { BareGuest, Setting } from '../bare/guest.ts';
import { BARE_GUESTS, bareGuest } from '../bare/guests.ts';
import { readParameters } from '../bare/parameters.ts';
import { runBare } from '../bare/run.ts';
import { loadMachineProfile } from '../machine-profile.ts';
import { expectWritable, fileFailure } from '../module-file.ts';
import type { ObservationOptions } from '../observe/options.ts';
import { observationOf } from '../observe/options.ts';
import { tableToJson, tableToText } from '../table.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { StatusMeter } from './status.ts';
import { tellObservation } from './tell-observation.ts';
import { StatusLine, type Terminal, tableStyle } from './terminal.ts';

export interface BareOptions {
  machine: string;
  set: string[];
  cores: number | undefined;
  window: number | undefined;
  checked: boolean;
  parking: boolean;
  maxCycles: number | undefined;
  /** true: to stdout in place of the table; a text: to that file as well. */
  json: boolean | string;
  list: boolean;
  observation: ObservationOptions;
  signal?: AbortSignal;
}

/** Returns the exit status. Throws a CommandFailure for everything that keeps the guest from its end. */
export async function runBareCommand(
  terminal: Terminal,
  name: string | undefined,
  texts: readonly string[],
  options: BareOptions,
): Promise<number> {
  if (options.list) {
    terminal.stdout.write(listing());
    return EXIT.ok;
  }
  if (name === undefined) {
    throw new CommandFailure(EXIT.usage, 'no guest is named', { where: listing().trimEnd().split('\n') });
  }
  if (typeof options.json === 'string') expectWritable(options.json);
  const guest = bareGuest(name);
  const setting = settingOf(guest, options);
  const parameters = readParameters(guest, setting, texts);
  const status = new StatusLine(terminal);
  let meter: StatusMeter | undefined;
  const observation = await observationOf(options.observation);
  const { machine, table } = await runBare(guest, setting, parameters, {
    ...(options.window === undefined ? {} : { windowCycles: options.window }),
    mode: options.checked ? 'checked' : 'fast',
    parking: options.parking,
    ...(options.maxCycles === undefined ? {} : { maxCycles: options.maxCycles }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(observation === undefined ? {} : { observation }),
    onLog: (core, text) => {
      status.clear();
      terminal.stderr.write(`core ${core}: ${text}\n`);
    },
    onSlice: (machine) => {
      meter ??= new StatusMeter(machine, setting.cores);
      const current = meter;
      status.update((elapsedMs) => current.line(elapsedMs));
    },
  }).finally(() => status.clear());
  if (options.json === true) terminal.stdout.write(tableToJson(table));
  else terminal.stdout.write(tableToText(table, tableStyle(terminal, terminal.stdout)));
  if (typeof options.json === 'string') writeTable(options.json, tableToJson(table));
  tellObservation(terminal, observation, machine, { title: table.title, machineText: table.machine });
  return EXIT.ok;
}

function settingOf(guest: BareGuest, options: BareOptions): Setting {
  const profile = loadMachineProfile(options.machine, options.set);
  const most = coreCount(profile);
  const cores = options.cores ?? (guest.uses === 'one' ? 1 : most);
  if (cores > most) {
    throw new CommandFailure(EXIT.usage, `${profile.name} has ${most} cores, ${cores} are asked for`);
  }
  if (cores < guest.leastCores) {
    throw new CommandFailure(EXIT.usage, `${guest.name} takes at least ${guest.leastCores} cores`, {
      hint: most < guest.leastCores ? `${profile.name} has ${most}` : `give --cores ${guest.leastCores} or more`,
    });
  }
  return { profile, cores };
}

function listing(): string {
  const width = Math.max(...BARE_GUESTS.map(({ name }) => name.length));
  return BARE_GUESTS.map(({ name, title, parameters }) => {
    const names = parameters.map((parameter) => parameter.name).join(', ');
    return `${name.padEnd(width)}  ${title} (${names})\n`;
  }).join('');
}

function writeTable(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw fileFailure('write', file, error);
  }
}
