// A run, from window to window: until the cores are done, one of them stops the machine, or its time is over.
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { Cores } from './cores.ts';
import type { Execution } from './execution.ts';
import type { FunctionTable } from './function-table.ts';
import type { RunOutcome } from './machine-options.ts';
import type { Parking } from './parking.ts';
import type { Tasks } from './tasks.ts';

export interface RunParts {
  readonly cores: Cores;
  readonly functions: FunctionTable;
  readonly tasks: Tasks;
  readonly execution: Execution;
  readonly parking: Parking;
  /** To be told when windows have ended, at a time in ticks. */
  windowEnd(time: number): void;
}

export class RunLoop {
  readonly #parts: RunParts;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** Runs for `maxCycles` cycles, or without a limit. What the embedder's functions throw is thrown. Afterwards no core is parked. */
  run(maxCycles: number | undefined): RunOutcome {
    try {
      return this.#run(maxCycles);
    } finally {
      this.#parts.parking.releaseAll();
    }
  }

  #run(maxCycles: number | undefined): RunOutcome {
    const { execution, functions, cores, tasks } = this.#parts;
    const { windows, sleepers } = execution;
    const limit =
      maxCycles === undefined ? Number.POSITIVE_INFINITY : windows.time + Math.ceil(maxCycles) * TICKS_PER_CYCLE;
    for (;;) {
      if (!windows.step(limit)) {
        if (windows.stuck) return execution.polling();
        // The window may have ended long after the last core was done, or before.
        windows.time = Number(cores.latest);
        return sleepers.count === 0 ? { reason: 'finished' } : execution.asleep();
      }
      functions.rethrow();
      this.#parts.windowEnd(windows.time);
      const trap = tasks.takeTraps();
      const { exitCode } = execution;
      if (exitCode !== undefined) return { reason: 'exited', exitCode };
      if (trap) return { reason: 'trapped', trap };
      if (windows.time >= limit) {
        if (!windows.stuck) return { reason: 'cycle-limit' };
        const { reason, message } = execution.polling();
        return { reason: 'cycle-limit', endless: reason, ...(message === undefined ? {} : { message }) };
      }
    }
  }
}
