// Somebody at the terminal of a machine.
import { expect } from 'vitest';
import { bootGuest, type GuestSetting } from './boot.ts';

export class Typist {
  readonly #system: ReturnType<typeof bootGuest>;
  #seen = 0;
  exitCode: number | undefined;

  constructor(setting: GuestSetting) {
    this.#system = bootGuest({ terminal: true, cores: 2, ...setting });
  }

  /** Types, waits until the machine waits for more or the time (in cycles) is over, and returns what has come out meanwhile. */
  type(text: string, cycles = 30_000_000): string {
    const { machine, told } = this.#system;
    if (text !== '') machine.console.input(Buffer.from(text));
    const outcome = machine.run({ maxCycles: cycles });
    if (outcome.reason === 'exited') this.exitCode = outcome.exitCode;
    else expect(['waiting-for-input', 'cycle-limit']).toContain(outcome.reason);
    const all = told.transcript;
    const fresh = all.slice(this.#seen);
    this.#seen = all.length;
    return fresh;
  }
}
