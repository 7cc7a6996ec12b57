// Cases of the random tester: a machine with tiny caches, and accesses of its cores to few lines. From a seed; or a part of one, which is
// how a failing case shrinks.
import type { Tables } from '../../../machine/coherence/controller.ts';
import type { PrivateCaches } from '../../../machine/coherence/listener.ts';
import { Random } from '../../fuzz/random.ts';
import { CacheModel } from './cache-model.ts';
import { describeShape, machineOf, randomShape, type Shape } from './machines.ts';

const LOAD = 0;
const STORE = 1;
const CLAIM = 2;
const EVICT = 3;
const MONITOR = 4;
const UNMONITOR = 5;
const UNCACHED = 6;
const KIND_NAMES = ['load', 'store', 'claim', 'evict', 'monitor', 'unmonitor', 'uncached'] as const;

export interface Step {
  readonly kind: number;
  readonly core: number;
  readonly line: number;
  /** Way that makes room. */
  readonly way: number;
  /** Ticks that the core computes before. */
  readonly pause: number;
}

export interface Case {
  readonly shape: Shape;
  readonly lines: number;
  readonly sets: number;
  readonly ways: number;
  readonly steps: readonly Step[];
}

/** A fault in the machine: other tables, or private caches that do not do what they are told. */
export interface Fault {
  readonly tables?: (shape: Shape) => Tables;
  readonly wrap?: (caches: PrivateCaches) => PrivateCaches;
}

export function randomCase(seed: number, number: number, length: number, mostCores = 32, shape?: Shape): Case {
  const random = new Random(seed, number);
  const machine = shape ?? randomShape(random, mostCores);
  const cores = machine.nodes * machine.groupsPerNode * machine.coresPerGroup;
  const lines = random.pick([4, 8, 16, 64]);
  const monitors = random.oneIn(4) ? 20 : 0;
  const storesIn = 2 + random.below(4);
  const steps = Array.from({ length }, (): Step => {
    const choice = random.below(200);
    let kind = random.oneIn(storesIn) ? STORE : LOAD;
    if (choice < 6) kind = CLAIM;
    else if (choice < 12) kind = EVICT;
    else if (choice < 14) kind = UNCACHED;
    else if (choice < 14 + monitors) kind = random.oneIn(2) ? MONITOR : UNMONITOR;
    return {
      kind,
      core: random.below(cores),
      line: random.below(lines),
      way: random.below(8),
      pause: random.below(200),
    };
  });
  return { shape: machine, lines, sets: random.pick([1, 2, 4]), ways: 1 + random.below(3), steps };
}

/**
 * Runs a case; throws what its checks find. Returns the model as it is at the end. Before the step with number `replaceAt` the controller is
 * replaced by one that is restored from it.
 */
export function runCase({ shape, lines, sets, ways, steps }: Case, fault: Fault = {}, replaceAt = -1): CacheModel {
  const model = new CacheModel(machineOf(shape), {
    lines,
    sets,
    ways,
    tables: fault.tables?.(shape) ?? {},
    ...(fault.wrap && { wrap: fault.wrap }),
  });
  const { clocks } = model;
  for (const [number, { kind, core, line, way, pause }] of steps.entries()) {
    if (number === replaceAt) model.replaceController();
    const { controller } = model;
    clocks[core]! += pause;
    switch (kind) {
      case LOAD:
      case STORE:
        model.access(core, line, kind === STORE, way);
        break;
      case CLAIM:
        model.claim(core, line, way);
        break;
      case EVICT:
        model.evict(core, line);
        break;
      case MONITOR:
        controller.monitor(line);
        break;
      case UNMONITOR:
        controller.unmonitor(line);
        break;
      case UNCACHED:
        clocks[core] = controller.uncached(core, line * 64 + 8, 4, way % 2 === 0, clocks[core]!);
        break;
    }
  }
  model.drain();
  return model;
}

export function failureOf(which: Case, fault: Fault = {}): Error | undefined {
  try {
    runCase(which, fault);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** The case with fewest steps found by leaving out ranges, as long as it still fails. */
export function shrinkCase(which: Case, fault: Fault = {}): Case {
  let { steps } = which;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < steps.length; ) {
      const fewer = [...steps.slice(0, start), ...steps.slice(start + size)];
      if (failureOf({ ...which, steps: fewer }, fault)) steps = fewer;
      else start += size;
    }
  }
  return { ...which, steps };
}

export function describeCase({ shape, lines, sets, ways, steps }: Case): string {
  const list = steps.map(({ kind, core, line, way }) => `  core ${core} ${KIND_NAMES[kind]} line ${line} (way ${way})`);
  return [`${describeShape(shape)}; ${lines} lines, private caches of ${sets} x ${ways}:`, ...list].join('\n');
}
