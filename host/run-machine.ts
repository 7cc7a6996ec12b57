// Runs a machine to its end in slices, so that the host stays responsive: between slices a status line is drawn and
// Ctrl-C is seen. Slicing never moves a cycle of any result: a slice ends where a window ends.
import type { Machine, RunOutcome } from '../machine/index.ts';

export type Outcome = RunOutcome | { reason: 'interrupted' };

export interface RunSettings {
  /** Stop when the machine's time reaches this many cycles. */
  maxCycles?: number;
  /** Called after every slice. */
  onSlice?: () => void;
  signal?: AbortSignal;
}

/** Host milliseconds that a slice should take, and the bounds of a slice in cycles. */
const SLICE_MS = 40;
const FIRST_SLICE_CYCLES = 100_000;
const MAX_SLICE_CYCLES = 1e9;

export async function runMachine(machine: Machine, settings: RunSettings = {}): Promise<Outcome> {
  const limit = settings.maxCycles ?? Number.POSITIVE_INFINITY;
  let slice = FIRST_SLICE_CYCLES;
  for (;;) {
    const start = performance.now();
    const outcome = machine.run({ maxCycles: Math.min(machine.time + slice, limit) });
    if (outcome.reason !== 'cycle-limit' || machine.time >= limit) return outcome;
    const elapsed = performance.now() - start;
    slice = Math.min(MAX_SLICE_CYCLES, Math.max(FIRST_SLICE_CYCLES, (slice * SLICE_MS) / Math.max(elapsed, 1)));
    settings.onSlice?.();
    // Signals and timers are served only between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (settings.signal?.aborted) return { reason: 'interrupted' };
  }
}
