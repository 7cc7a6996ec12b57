// Runs a bare-metal guest on a machine of its profile, and makes the table of what it reports.
import { type Image, Machine } from '../../machine/index.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { explainLoading } from '../cli/explain.ts';
import { CommandFailure } from '../cli/failure.ts';
import { exitStatus } from '../cli/outcome.ts';
import { GuestCode } from '../guest-code.ts';
import { guestFile } from '../guest-programs.ts';
import { machineName } from '../machine-name.ts';
import { readHostFile } from '../module-file.ts';
import type { Observation } from '../observe/observation.ts';
import { runMachine } from '../run-machine.ts';
import type { Table } from '../table.ts';
import { type Report, rowsOf } from './cells.ts';
import type { BareGuest, Parameters, Setting } from './guest.ts';
import { commandLine } from './parameters.ts';

export interface BareRunOptions {
  windowCycles?: number;
  mode?: 'fast' | 'checked';
  parking?: boolean;
  /** Stop with a failure when the machine's time reaches this. */
  maxCycles?: number;
  signal?: AbortSignal;
  observation?: Observation;
  onLog?: (core: number, text: string) => void;
  /** Called between slices of the run. */
  onSlice?: (machine: Machine) => void;
}

export interface BareRun {
  machine: Machine;
  table: Table;
}

const MIB = 2 ** 20;
/** How much RAM kernels reach through their window. */
const MOST_RAM_BYTES = 1024 * MIB;
/** On each node beyond the arenas: for the kernel and the firmware's tables. */
const FIRMWARE_BYTES = 4 * MIB;
/** A core's arena where the guest says nothing. */
const ARENA_BYTES = MIB;

/** Throws a CommandFailure when the guest does not end as it should. */
export async function runBare(
  guest: BareGuest,
  setting: Setting,
  parameters: Parameters,
  options: BareRunOptions = {},
): Promise<BareRun> {
  const reports: Report[] = [];
  const file = guestFile(`bare/${guest.name}`);
  const machine = new Machine({
    profile: setting.profile,
    ramBytes: ramBytes(guest, setting, parameters),
    ...(options.windowCycles === undefined ? {} : { windowCycles: options.windowCycles }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.parking === undefined ? {} : { parking: options.parking }),
    ...(options.onLog === undefined ? {} : { onLog: options.onLog }),
    ...(options.observation?.observer === undefined ? {} : { observer: options.observation.observer }),
    onReport: (_core, name, value) => {
      reports.push({ name, value });
    },
  });
  const kernel = load(machine, file);
  const code = new GuestCode(kernel.module, file);
  options.observation?.addImage(kernel, file);
  machine.boot({ kernel, commandLine: commandLine(setting.cores, parameters) });
  const outcome = await runMachine(machine, {
    ...(options.maxCycles === undefined ? {} : { maxCycles: options.maxCycles }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onSlice: () => options.onSlice?.(machine),
  });
  const exitCode = exitStatus(outcome, machine, () => code, { cores: setting.cores, maxCycles: options.maxCycles });
  if (exitCode !== 0) throw new CommandFailure(exitCode, `${guest.name} ended with exit status ${exitCode}`);
  return { machine, table: tableOf(guest, setting, parameters, machine, reports) };
}

function load(machine: Machine, file: string): Image {
  try {
    return machine.load(readHostFile(file), { privilege: 'kernel' });
  } catch (error) {
    throw explainLoading(error, file);
  }
}

/** Enough for the arenas of the cores that take part, on whichever nodes they are. */
function ramBytes(guest: BareGuest, { profile, cores }: Setting, parameters: Parameters): number {
  const { nodes, groupsPerNode, coresPerGroup } = profile.topology;
  const arenas = Math.min(cores, groupsPerNode * coresPerGroup) * (guest.arenaBytes?.(parameters) ?? ARENA_BYTES);
  const bytes = nodes * Math.ceil((arenas + FIRMWARE_BYTES) / MIB) * MIB;
  if (bytes <= MOST_RAM_BYTES) return bytes;
  const wanted = Math.ceil(bytes / MIB).toLocaleString('en-US');
  throw new CommandFailure(EXIT.usage, `${guest.name} would take ${wanted} MiB of RAM, a guest reaches 1,024`, {
    hint: 'take fewer cores, or less memory for each',
  });
}

function tableOf(
  guest: BareGuest,
  setting: Setting,
  parameters: Parameters,
  machine: Machine,
  reports: readonly Report[],
): Table {
  const { profile, cores } = setting;
  const columns = guest.columns(setting);
  const taking = `${cores} core${cores === 1 ? '' : 's'}`;
  return {
    title: `${guest.name}: ${guest.title}`,
    machine: `${machineName(profile)}, ${taking}, window ${machine.windowCycles} cycles, ${machine.mode} mode`,
    digest: machine.digest(),
    columns: [guest.label, ...columns],
    rows: rowsOf(reports, columns, (row) => guest.labelOf(row, setting, parameters)),
  };
}
