// What a module does in the machine, on each core an instance of its own.
import {
  type GlobalRef,
  GuestTrap,
  type HostFunction,
  type Image,
  type Imports,
  type Instance,
  Machine,
  type MemoryRef,
} from '../../machine/index.ts';
import { argumentsOf, HostTrace, makeImports, type Subject } from './subject.ts';
import { canonical, type Ending } from './v8-run.ts';

/** Cores that do different things; the others repeat them. */
export const ARGUMENT_SETS = 4;
/** Of one call, over all cores: enough for what the generators make, and it keeps a case within a second or so. */
const MOST_CYCLES = 4_000_000;

export interface Setting {
  readonly mode: 'fast' | 'checked';
  readonly cores: number;
  /** In cycles. A core alone is stopped and run again after as many. */
  readonly window: number;
  readonly leaveSeed: number;
}

export interface CoreRun {
  readonly endings: readonly Ending[];
  readonly memory: Uint8Array | undefined;
  readonly globals: readonly bigint[];
  readonly hostTrace: number;
}

export interface MachineRun {
  readonly cores: readonly CoreRun[];
  /** Cycles, counters and the digest after each call: equal in all modes. */
  readonly measures: string;
  readonly digest: string;
  /** How the instantiation trapped: the rest is empty then. */
  readonly start?: Ending;
  /** A call took too many cycles, or more stack than there is. */
  readonly exhausted: boolean;
}

interface Guest {
  readonly instance: Instance;
  readonly trace: HostTrace;
  readonly endings: Ending[];
}

function importsOf(subject: Subject, machine: Machine, trace: HostTrace): Imports {
  return makeImports<HostFunction | GlobalRef>(subject, {
    function: (name, type) => ({
      type,
      call: (args) => {
        const bits = args.map((value, i) => canonical(type.params[i] as number, value));
        return trace.call(name, type, bits);
      },
    }),
    global: (type) => machine.createGlobal(type, 0n),
  });
}

function endingOf(machine: Machine, core: number, results: readonly number[]): Ending {
  const { state, results: bits, trap } = machine.core(core);
  if (state === 'finished') return { results: (bits ?? []).map((value, i) => canonical(results[i] as number, value)) };
  if (!trap) throw new Error(`core ${core} is ${state}`);
  const frame = trap.frames[0];
  return { traps: [trap.cause], at: frame && `${frame.function}:${frame.offset}` };
}

/** Runs all cores until each of them is done or has trapped; false when that takes too long. */
function runAll(machine: Machine, { cores, window }: Setting): boolean {
  const start = machine.time;
  for (;;) {
    const outcome = machine.run({ maxCycles: cores === 1 ? window : MOST_CYCLES / cores });
    if (outcome.reason === 'finished') return true;
    if (outcome.reason === 'exited' || outcome.reason === 'deadlock') throw new Error(outcome.reason);
    if (outcome.reason === 'trapped' && machine.runnableCores === 0) return true;
    if (machine.time - start > MOST_CYCLES / cores) return false;
  }
}

/** Instantiates once more than is used: what a start function does, it does for each instance. */
function startTrap(machine: Machine, image: Image, subject: Subject): Ending | undefined {
  try {
    machine.instantiate(image, importsOf(subject, machine, new HostTrace()));
    return undefined;
  } catch (error) {
    if (!(error instanceof GuestTrap)) throw error;
    const frame = error.frames[0];
    return { traps: [error.cause], at: frame && `${frame.function}:${frame.offset}` };
  }
}

export function runInMachine(subject: Subject, setting: Setting): MachineRun {
  const machine = new Machine({
    cores: setting.cores,
    windowCycles: setting.window,
    mode: setting.mode,
    leaveSeed: setting.leaveSeed,
    frameStackBytes: 1 << 20,
  });
  const image = machine.load(subject.bytes);
  const start = startTrap(machine, image, subject);
  if (start) return { cores: [], measures: `${start.traps}`, digest: machine.digest(), start, exhausted: false };
  const guests = Array.from({ length: setting.cores }, (): Guest => {
    const trace = new HostTrace();
    return { instance: machine.instantiate(image, importsOf(subject, machine, trace)), trace, endings: [] };
  });
  const measures: string[] = [];
  let exhausted = false;
  for (const [call, { name, type }] of subject.functions.entries()) {
    for (const [core, { instance }] of guests.entries()) {
      if (subject.fuel) (instance.exports[subject.fuel.name] as GlobalRef).set(subject.fuel.value);
      machine.start(core, instance, name, argumentsOf(subject, call, core % ARGUMENT_SETS));
    }
    if (!runAll(machine, setting)) exhausted = true;
    if (exhausted) break;
    for (const [core, { endings }] of guests.entries()) {
      const ending = endingOf(machine, core, type.results);
      if (ending.traps?.includes('call stack exhausted')) exhausted = true;
      endings.push(ending);
    }
    measures.push(measure(machine, name));
  }
  return {
    cores: guests.map(({ instance, trace, endings }) => ({
      endings,
      memory: memoryOf(subject, instance),
      globals: subject.globals.map(({ name, type }) => canonical(type, (instance.exports[name] as GlobalRef).get())),
      hostTrace: trace.hash,
    })),
    measures: measures.join('\n'),
    digest: machine.digest(),
    exhausted,
  };
}

function memoryOf(subject: Subject, instance: Instance): Uint8Array | undefined {
  if (!subject.memory) return undefined;
  const { space } = instance.exports[subject.memory] as MemoryRef;
  return space.read(0, space.pages * 65536);
}

function measure(machine: Machine, name: string): string {
  const lines = [`after ${name}: digest ${machine.digest()}`];
  for (let core = 0; core < machine.coreCount; core++) {
    const { cycles, instructions, accesses, readMisses, writeMisses, stallCycles, trap } = machine.core(core);
    const at = trap ? ` trap ${describeTrap(trap)}` : '';
    lines.push(`core ${core}: ${cycles} ${instructions} ${accesses} ${readMisses} ${writeMisses} ${stallCycles}${at}`);
  }
  return lines.join('\n');
}

function describeTrap(trap: GuestTrap): string {
  return `${trap.message} ${trap.frames.map(({ function: index, offset }) => `${index}:${offset}`).join(' ')}`;
}
