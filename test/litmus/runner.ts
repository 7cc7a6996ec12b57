// Runs litmus programs on machines, each under many schedules, and compares what is seen with what sequential consistency allows.
import { instantiatePerCore } from '../../host/per-core.ts';
import {
  coreCount,
  type Instance,
  Machine,
  type MachineOptions,
  type MachineProfile,
  PROFILE_NAMES,
  profileNamed,
  uniform,
} from '../../machine/index.ts';
import { Random } from '../fuzz/random.ts';
import { assemble } from '../host/assemble.ts';
import { moduleText, type Style } from './compile.ts';
import { allowedOutcomes } from './oracle.ts';
import {
  type LitmusTest,
  locationsOf,
  type Outcome,
  outcomeOf,
  outcomeText,
  registersOf,
  satisfies,
} from './program.ts';
import { chooseSchedule, type Schedule, type Terrain } from './schedule.ts';

export interface LitmusSettings {
  /** The same seed gives the same runs. */
  readonly seed: number;
  /** At least this many runs of each test, over all machines. */
  readonly runs: number;
  /** While an allowed outcome has not been seen, as many runs more, again and again, but no more than this in all. */
  readonly mostRuns: number;
  /** What all machines have in common; profile, window and leaving at random are chosen by seed unless they are given here. */
  readonly machine: MachineOptions;
}

/** A run whose outcome sequential consistency forbids, with all that is needed to see it again. */
export interface Violation {
  readonly outcome: string;
  readonly machine: MachineOptions;
  readonly style: Style;
  readonly schedule: Schedule;
}

export interface LitmusReport {
  readonly test: LitmusTest;
  readonly runs: number;
  /** How often each outcome was seen. */
  readonly seen: ReadonlyMap<string, number>;
  /** What sequential consistency allows. */
  readonly allowed: ReadonlySet<string>;
  readonly missing: readonly string[];
  readonly violations: readonly Violation[];
  /** How often the test's outcome of interest was seen. */
  readonly interesting: number;
}

const WINDOWS = [1, 2, 5, 13, 40, 100, 333, 2000];
const RUNS_PER_MACHINE = 100;
const MOST_CORES = 32;
/** Room for the locations and the page tables, and for a few frames: what a machine has of them costs time to make. */
const RAM_BYTES = 1 << 22;
const FRAME_STACK_BYTES = 1 << 14;
/** A test ends with its first machine that has violations, of which no more than these are reported. */
const MOST_VIOLATIONS = 3;
/** Threads of a test are this short: a run that takes longer hangs. */
const MOST_CYCLES = 1e7;

/**
 * Throws a RangeError when the machine has fewer cores than the test has threads, an Error when a thread does not come to its end.
 * `compiled` is what runs where that is not the test itself: a tester's own test runs programs that are wrong.
 */
export async function runLitmus(
  test: LitmusTest,
  settings: LitmusSettings,
  compiled: LitmusTest = test,
): Promise<LitmusReport> {
  const random = new Random(settings.seed, hash(test.name));
  const allowed = new Set(allowedOutcomes(test, 'SC').keys());
  const seen = new Map<string, number>();
  const violations: Violation[] = [];
  let runs = 0;
  let interesting = 0;
  const isIncomplete = () => [...allowed].some((outcome) => !seen.has(outcome));
  const wantsMore = () => runs < settings.runs || (runs < settings.mostRuns && isIncomplete());
  const goesOn = () => violations.length === 0 && wantsMore();
  while (goesOn()) {
    const subject = await Subject.make(test, compiled, settings.machine, random);
    for (let i = 0; i < RUNS_PER_MACHINE; i++) {
      const schedule = chooseSchedule(compiled, random, subject.terrain);
      const outcome = subject.run(schedule);
      const text = outcomeText(outcome);
      runs++;
      seen.set(text, (seen.get(text) ?? 0) + 1);
      if (satisfies(outcome, test.condition)) interesting++;
      if (allowed.has(text) || violations.length === MOST_VIOLATIONS) continue;
      violations.push({ outcome: text, machine: subject.options, style: subject.style, schedule });
    }
  }
  const missing = [...allowed].filter((outcome) => !seen.has(outcome));
  return { test, runs, seen, allowed, missing, violations, interesting };
}

/** One machine with the test loaded on every core. */
class Subject {
  readonly options: MachineOptions;
  readonly style: Style;
  readonly terrain: Terrain;
  readonly #test: LitmusTest;
  readonly #compiled: LitmusTest;
  readonly #machine: Machine;
  readonly #instances: readonly Instance[];

  private constructor(
    test: LitmusTest,
    compiled: LitmusTest,
    options: MachineOptions,
    style: Style,
    bytes: Uint8Array,
  ) {
    this.#test = test;
    this.#compiled = compiled;
    this.options = options;
    this.style = style;
    this.#machine = new Machine(options);
    if (this.#machine.coreCount < test.threads.length) {
      throw new RangeError(
        `${test.name} has ${test.threads.length} threads, the machine ${this.#machine.coreCount} cores`,
      );
    }
    this.#instances = instantiatePerCore(this.#machine, this.#machine.load(bytes));
    const atomic = style.access === 'atomic' || test.threads.flat().some(({ kind }) => kind === 'rmw');
    this.terrain = {
      cores: this.#machine.coreCount,
      lineBytes: this.#machine.lineBytes,
      delayCycles: style.delay === 'pause' ? 45 : 5,
      unaligned: !atomic,
    };
  }

  static async make(test: LitmusTest, compiled: LitmusTest, common: MachineOptions, random: Random): Promise<Subject> {
    const options: MachineOptions = {
      profile: chooseProfile(test.threads.length, random),
      ramBytes: RAM_BYTES,
      frameStackBytes: FRAME_STACK_BYTES,
      windowCycles: random.pick(WINDOWS),
      leaveSeed: random.oneIn(2) ? 1 + random.below(1000) : 0,
      mode: random.oneIn(3) ? 'checked' : 'fast',
      ...common,
    };
    const style: Style = {
      access: random.oneIn(2) ? 'plain' : 'atomic',
      delay: random.oneIn(3) ? 'pause' : 'work',
      fence: random.oneIn(2) ? 'call' : 'instruction',
    };
    return new Subject(test, compiled, options, style, await assembled(moduleText(compiled, style)));
  }

  run({ cores, addresses, delays, visits }: Schedule): Outcome {
    const machine = this.#machine;
    const places = addresses.map(BigInt);
    const invoke = (core: number, name: string, args: readonly bigint[]) =>
      machine.invoke(this.#instances[core] as Instance, name, args, { core });
    invoke(cores[0] as number, 'set', [...places, 0n]);
    for (const { core, write } of visits) invoke(core, write ? 'set' : 'load', write ? [...places, 0n] : places);
    cores.forEach((core, thread) => {
      const args = [...places, ...(delays[thread] ?? []).map(BigInt)];
      machine.start(core, this.#instances[core] as Instance, `P${thread}`, args);
    });
    const { reason } = machine.run({ maxCycles: MOST_CYCLES });
    if (reason !== 'finished') throw new Error(`${this.#test.name} did not come to its end: ${reason}`);
    const registers = cores.map((core) => machine.core(core).results ?? []);
    const state = invoke(cores[cores.length - 1] as number, 'state', places);
    const names = locationsOf(this.#compiled);
    const threads = this.#compiled.threads.map(registersOf);
    return outcomeOf(
      this.#test,
      (thread, name) => Number(registers[thread]?.[threads[thread]?.indexOf(name) ?? -1]),
      (name) => Number(state[names.indexOf(name)]),
    );
  }
}

const PROFILES = PROFILE_NAMES.map(profileNamed);

/** Half of the time a plain machine with a few cores to spare, else one of those that have enough, but not so many that it takes long to make. */
function chooseProfile(threads: number, random: Random): MachineProfile {
  if (random.oneIn(2)) return uniform(threads + random.below(5));
  return random.pick(PROFILES.filter((profile) => coreCount(profile) >= threads && coreCount(profile) <= MOST_CORES));
}

const modules = new Map<string, Promise<Uint8Array>>();

function assembled(text: string): Promise<Uint8Array> {
  const found = modules.get(text) ?? assemble(text);
  modules.set(text, found);
  return found;
}

/** A stream of random numbers for each test, whatever else runs. */
function hash(text: string): number {
  return [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
}

/** The report for people: what is wrong first, then what was seen. */
export function reportText(report: LitmusReport): string {
  const { test, runs, seen, allowed, missing, violations, interesting } = report;
  const lines = [
    `${test.name}: ${runs} runs, ${allowed.size - missing.length} of ${allowed.size} allowed outcomes, the outcome of interest ${interesting} times`,
    ...violations.map(({ machine: { profile, ...machine }, ...rest }) => {
      return `  FORBIDDEN ${JSON.stringify({ profile: profile?.name, machine, ...rest })}`;
    }),
    ...missing.map((outcome) => `  never seen: ${outcome}`),
    ...[...seen]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([outcome, count]) => `  ${String(count).padStart(6)}  ${outcome}`),
  ];
  return lines.join('\n');
}
