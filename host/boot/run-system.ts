// Runs a booted system to its end, with the host's streams at its console.
import type { Outcome } from '../run-machine.ts';
import type { HostConsole } from './host-console.ts';
import type { System } from './system.ts';

export interface SystemRun {
  readonly console: HostConsole;
  /** Stop when the machine's time reaches this many cycles. */
  readonly maxCycles?: number;
  readonly signal?: AbortSignal;
  /** Called after every slice. */
  readonly onSlice?: () => void;
}

/**
 * Cycles of a slice, about: what is typed reaches the guest between two of them. It depends on nothing but the machine's window, so that input
 * which is not typed arrives at the same cycle in every run.
 */
const SLICE_CYCLES = 1_000_000;

/** Ends when the machine does, when the user leaves or interrupts, or at `maxCycles`. */
export async function runSystem({ machine }: System, settings: SystemRun): Promise<Outcome> {
  const { console, signal } = settings;
  const limit = settings.maxCycles ?? Number.POSITIVE_INFINITY;
  const slice = machine.windowCycles * Math.ceil(SLICE_CYCLES / machine.windowCycles);
  let open = true;
  for (;;) {
    const outcome = machine.run({ maxCycles: Math.max(1, Math.min(slice, limit - machine.time)) });
    // All cores sleep or poll until something is typed, or read.
    const waits = open && (outcome.reason === 'waiting-for-input' || outcome.endless === 'waiting-for-input');
    if (outcome.reason !== 'cycle-limit' && !waits) return outcome;
    if (machine.time >= limit) return outcome;
    if (outcome.endless === 'livelock' && settings.maxCycles === undefined) return { ...outcome, reason: 'livelock' };
    if (!waits) settings.onSlice?.();
    if (waits || (open && machine.console.wanted && !console.isTerminal)) await console.more(signal);
    // Signals and timers are served only between two turns of the event loop.
    else await new Promise((resolve) => setImmediate(resolve));
    if (console.left || signal?.aborted) return { reason: 'interrupted' };
    for (const bytes of console.take()) machine.console.input(bytes);
    if (open && console.ended) {
      machine.console.end();
      open = false;
    }
  }
}
