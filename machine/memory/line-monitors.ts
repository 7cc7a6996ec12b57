// The cores' monitors (MONITOR/MWAIT): which line each is armed on, and noticing that somebody gets the right to write it. Native code arms a monitor
// (machine/native/lines.ts) after it has read the line, so nobody else can write it silently.
import type { CoherenceController } from '../coherence/controller.ts';
import { CORE_MONITOR, CORE_MONITOR_HIT, CORE_STRIDE, CORES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

export class LineMonitors {
  /** Told that the line a core's monitor is armed on is written, by a core, at a time in ticks. */
  written: ((core: number, by: number, time: number) => void) | undefined;
  readonly #memory: MachineMemory;
  readonly #coherence: CoherenceController;
  /** By core, the line that coherence watches for it plus one; 0 for none. */
  readonly #lines: Int32Array;

  constructor(memory: MachineMemory, coherence: CoherenceController, cores: number) {
    this.#memory = memory;
    this.#coherence = coherence;
    this.#lines = new Int32Array(cores);
  }

  /** A core's monitor is armed on a line; whatever it was armed on before is forgotten. */
  arm(core: number, line: number): void {
    this.disarm(core);
    this.#lines[core] = line + 1;
    this.#coherence.monitor(line);
  }

  /** By core, the line that its monitor is armed on, plus one; 0 for none. */
  save(): Int32Array {
    return this.#lines.slice();
  }

  restore(lines: Int32Array): void {
    this.#lines.set(lines);
  }

  disarm(core: number): void {
    const line = this.#lines[core] - 1;
    if (line < 0) return;
    this.#lines[core] = 0;
    this.#coherence.unmonitor(line);
  }

  /** Somebody (a core) gets the right to write a watched line. A monitor that is hit stays so until it is armed again. */
  taken(line: number, by: number, time: number): void {
    for (let core = 0; core < this.#lines.length; core++) {
      if (this.#lines[core] !== line + 1 || core === by) continue;
      this.disarm(core);
      const record = CORES + core * CORE_STRIDE;
      this.#memory.store32(record + CORE_MONITOR, 0);
      this.#memory.store32(record + CORE_MONITOR_HIT, 1);
      this.written?.(core, by, time);
    }
  }
}
