// Runs a machine to its end in slices, so that the host stays responsive: between slices a status line is drawn and
// Ctrl-C is seen.
import type { Machine, RunOutcome } from '../machine/index.ts';

export type Outcome = RunOutcome | { reason: 'interrupted' };

export interface RunSettings {
  /** Stop when the machine's time reaches this many cycles. */
  maxCycles?: number;
  /** Called after every slice. */
  onSlice?: () => void;
  signal?: AbortSignal;
}

/** Cycles of a slice. Guests cannot see where one ends. */
const SLICE_CYCLES = 1_000_000;

export async function runMachine(machine: Machine, settings: RunSettings = {}): Promise<Outcome> {
  const limit = settings.maxCycles ?? Number.POSITIVE_INFINITY;
  for (;;) {
    const outcome = machine.run({ maxCycles: Math.min(SLICE_CYCLES, limit - machine.time) });
    if (outcome.reason !== 'cycle-limit' || machine.time >= limit) return outcome;
    if (outcome.endless !== undefined && settings.maxCycles === undefined) {
      return { ...outcome, reason: outcome.endless };
    }
    settings.onSlice?.();
    // Signals and timers are served only between two turns of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    if (settings.signal?.aborted) return { reason: 'interrupted' };
  }
}
