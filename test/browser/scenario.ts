// A run of a machine, described by plain values, and everything that can be seen of it, as plain values: the same code runs it in Node and
// in a page of a browser, so it uses nothing of either.
import {
  type Image,
  type Imports,
  type Instance,
  Machine,
  type MachineOptions,
  profileNamed,
} from '../../machine/index.ts';

export interface Scenario {
  /** Key of the module's bytes. */
  readonly program: string;
  /** Name of a shipped profile. */
  readonly profile: string;
  readonly cores: number;
  readonly mode: 'fast' | 'checked';
  readonly windowCycles?: number;
  /** What every core calls, one after the other; those that the module does not export are left out. */
  readonly calls: readonly { readonly name: string; readonly args: readonly number[] }[];
  /** Whether core n gets n + 1 in front of the other arguments. */
  readonly seeded?: boolean;
}

/** All that a run shows, in text: equal for equal runs. */
export interface Sight {
  readonly outcomes: readonly string[];
  readonly cores: readonly string[];
  readonly instruments: readonly string[];
  readonly digest: string;
}

/** Enough for every program here. */
const RAM_BYTES = 64 * 2 ** 20;

/** BigInts and traps as text. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Error) return value.message;
  return value;
}

function instances(machine: Machine, image: Image): Instance[] {
  const wanted = image.module.imports.find((entry) => entry.kind === 'memory');
  const shared = wanted?.kind === 'memory' ? wanted : undefined;
  const imports: Imports = shared ? { [shared.module]: { [shared.name]: machine.createMemory(shared.memory) } } : {};
  return Array.from({ length: machine.coreCount }, () => machine.instantiate(image, imports));
}

export function runScenario(scenario: Scenario, programs: Readonly<Record<string, Uint8Array>>): Sight {
  const instruments: string[] = [];
  const options: MachineOptions = {
    profile: profileNamed(scenario.profile),
    cores: scenario.cores,
    mode: scenario.mode,
    ramBytes: RAM_BYTES,
    onLog: (core, text, cycle) => instruments.push(`${cycle} ${core} log ${text}`),
    onMark: (core, name, value, cycle) => instruments.push(`${cycle} ${core} mark ${name} ${value}`),
    onReport: (core, name, value, cycle) => instruments.push(`${cycle} ${core} report ${name} ${value}`),
    ...(scenario.windowCycles === undefined ? {} : { windowCycles: scenario.windowCycles }),
  };
  const machine = new Machine(options);
  const all = instances(machine, machine.load(programs[scenario.program] as Uint8Array));
  const outcomes: string[] = [];
  for (const { name, args } of scenario.calls) {
    if (all[0]?.exports[name] === undefined) continue;
    for (const [core, instance] of all.entries()) {
      const numbers = scenario.seeded ? [core + 1, ...args] : args;
      machine.start(core, instance, name, numbers.map(BigInt));
    }
    const { reason, exitCode, trap } = machine.run();
    const frames = trap?.frames.map((frame) => `${frame.name}+${frame.offset}`).join(' < ') ?? '';
    outcomes.push(`${name}: ${reason} ${exitCode ?? ''} ${trap?.message ?? ''} ${frames} at ${machine.time}`);
  }
  const cores = Array.from({ length: machine.coreCount }, (_, core) => JSON.stringify(machine.core(core), plain));
  return { outcomes, cores, instruments, digest: machine.digest() };
}
