// How the benchmark takes time: both sides warm, in turns, medians.

export interface Sides {
  /** Host milliseconds, medians over the repetitions. */
  machineMs: number;
  v8Ms: number;
  /** Median of the ratios of neighbouring measurements, which drifts of the host's speed move least. */
  ratio: number;
}

/** A warm-up lasts at least this long and this many calls, so that V8's optimising compiler has had its turn. */
const WARM_UP_MS = 250;
const WARM_UP_CALLS = 4;

export function timeMs(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function geometricMean(values: number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** Calls `work` until it is warm. V8 compiles in the background, so the event loop turns between calls. */
export async function warmUp(work: () => void, leastMs = WARM_UP_MS): Promise<void> {
  const start = performance.now();
  for (let calls = 0; calls < WARM_UP_CALLS || performance.now() - start < leastMs; calls++) {
    work();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Measures both sides in turns, after both are warm. */
export function measureSides(machine: () => void, v8: () => void, repeat: number): Sides {
  const machineMs: number[] = [];
  const v8Ms: number[] = [];
  for (let i = 0; i < repeat; i++) {
    v8Ms.push(timeMs(v8));
    machineMs.push(timeMs(machine));
  }
  const ratios = machineMs.map((ms, i) => ms / (v8Ms[i] ?? Number.NaN));
  return { machineMs: median(machineMs), v8Ms: median(v8Ms), ratio: median(ratios) };
}
