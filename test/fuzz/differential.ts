// The differential campaign: a module's exported functions in V8, in the fast and in the checked mode, and leaving at random, with one
// and with 32 cores and windows of several lengths. Results, traps and their places, memory and globals are V8's; cycles, counters
// and digests are the same in all modes.
import { ARGUMENT_SETS, type CoreRun, type MachineRun, runInMachine, type Setting } from './machine-run.ts';
import type { Subject } from './subject.ts';
import { type Ending, runInV8, type V8Run } from './v8-run.ts';

export const CORES = [1, 32] as const;
export const WINDOWS = [1, 7, 40, 1000] as const;
/** Pairs of these: all are gone through in turn by the numbers of the cases. */
export const SETTINGS = CORES.flatMap((cores) => WINDOWS.map((window) => ({ cores, window })));

/** 'skipped': takes too long, or more stack than V8 or the machine has. */
export type DifferentialVerdict =
  | { readonly kind: 'equal' | 'skipped' }
  | { readonly kind: 'different'; readonly message: string };

/** Compares one module in one setting; `leaveSeed` must not be 0. */
export function compareModule(
  subject: Subject,
  { cores, window }: { cores: number; window: number },
  leaveSeed: number,
): DifferentialVerdict {
  const compiled = new WebAssembly.Module(subject.bytes as BufferSource);
  const oracles: V8Run[] = [];
  for (let set = 0; set < Math.min(cores, ARGUMENT_SETS); set++) oracles.push(runInV8(subject, compiled, set));
  if (oracles.some(({ exhausted }) => exhausted)) return { kind: 'skipped' };
  const settings: Setting[] = [
    { mode: 'fast', cores, window, leaveSeed: 0 },
    { mode: 'checked', cores, window, leaveSeed: 0 },
    { mode: leaveSeed % 3 === 0 ? 'checked' : 'fast', cores, window, leaveSeed },
  ];
  let first: MachineRun | undefined;
  for (const setting of settings) {
    const where = `${setting.mode}, ${cores} cores, window ${window}, leaveSeed ${setting.leaveSeed}`;
    let run: MachineRun;
    try {
      run = runInMachine(subject, setting);
    } catch (error) {
      return { kind: 'different', message: `${where}: ${(error as Error).stack}` };
    }
    if (run.exhausted) return { kind: 'skipped' };
    const difference = compareWithV8(run, oracles) ?? (first && compareRuns(first, run));
    if (difference) return { kind: 'different', message: `${where}: ${difference}` };
    first ??= run;
  }
  return { kind: 'equal' };
}

function compareWithV8(run: MachineRun, oracles: readonly V8Run[]): string | undefined {
  const { start } = oracles[0] as V8Run;
  if (start || run.start) {
    if (start && run.start && sameEnding(run.start, start)) return undefined;
    return `instantiation ${describe(run.start ?? {})}, in V8 ${describe(start ?? {})}`;
  }
  for (const [core, found] of run.cores.entries()) {
    const difference = compareCore(found, oracles[core % ARGUMENT_SETS] as V8Run);
    if (difference) return `core ${core}: ${difference}`;
  }
  return undefined;
}

function compareCore(found: CoreRun, oracle: V8Run): string | undefined {
  for (const [call, ending] of found.endings.entries()) {
    const expected = oracle.endings[call] as Ending;
    if (!sameEnding(ending, expected)) return `call ${call} ${describe(ending)}, in V8 ${describe(expected)}`;
  }
  if (`${found.globals}` !== `${oracle.globals}`) return `globals ${found.globals}, in V8 ${oracle.globals}`;
  if (found.hostTrace !== oracle.hostTrace) return 'other calls of host functions than in V8';
  if (!found.memory || !oracle.memory) return undefined;
  if (found.memory.length !== oracle.memory.length) {
    return `memory of ${found.memory.length} bytes, in V8 ${oracle.memory.length}`;
  }
  if (Buffer.compare(found.memory, oracle.memory) === 0) return undefined;
  const at = found.memory.findIndex((byte, i) => byte !== oracle.memory?.[i]);
  return `memory at ${at} is ${found.memory[at]}, in V8 ${oracle.memory[at]}`;
}

function sameEnding(ending: Ending, expected: Ending): boolean {
  if (expected.results) return `${ending.results}` === `${expected.results}`;
  const cause = ending.traps?.[0] ?? '';
  // An atomic access can be wrong in two ways, and the threads proposal does not say which one is found first.
  const either = cause === 'unaligned atomic' && expected.traps?.includes('out of bounds memory access');
  if (!either && !expected.traps?.includes(cause)) return false;
  return expected.at === undefined || ending.at === undefined || expected.at === ending.at;
}

function describe({ results, traps, at }: Ending): string {
  return results ? `gives [${results}]` : `traps: ${traps?.join(' or ')} at ${at}`;
}

function compareRuns(first: MachineRun, run: MachineRun): string | undefined {
  const lines = first.measures.split('\n');
  const found = run.measures.split('\n');
  // Digests say only that something differs: what it is stands in another line.
  const differing = lines.map((_, i) => i).filter((i) => lines[i] !== found[i]);
  const at = differing.find((i) => !lines[i]?.startsWith('after')) ?? differing[0];
  return at === undefined ? undefined : `${found[at]}, in the fast mode ${lines[at]}`;
}
