// What the audit says when it finds a contradiction: who, where, the line's copies as they are, and what the machine did last.
import type { CoherenceController } from '../coherence/controller.ts';
import { REQUEST_NAMES, STATE_NAMES } from '../coherence/states.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { CoreArrays } from './core-arrays.ts';

/** The machine contradicts itself: it has an error, or somebody wrote into its memory. */
export class AuditViolation extends Error {
  override readonly name = 'AuditViolation';
}

export function hex(address: number): string {
  return `0x${(address >>> 0).toString(16)}`;
}

export class AuditReport {
  readonly #cores: readonly CoreArrays[];
  readonly #coherence: CoherenceController;
  #what = 'before anything ran';
  #core = -1;
  #line = -1;
  #request = -1;
  #time = 0;

  constructor(cores: readonly CoreArrays[], coherence: CoherenceController) {
    this.#cores = cores;
    this.#coherence = coherence;
  }

  /** What happened last, at a time in ticks: of a core and a line, or of none (-1); `request` is REQUEST_* or -1. */
  note(what: string, core: number, line: number, request: number, time: number): void {
    this.#what = what;
    this.#core = core;
    this.#line = line;
    this.#request = request;
    this.#time = time;
  }

  /** Throws an AuditViolation about a core, and about a physical line unless that is -1. */
  fail(core: number, line: number, what: string): never {
    const copies = line < 0 ? '' : `. Line ${line} (physical ${hex(this.#address(line))}): ${this.#copies(line)}`;
    throw new AuditViolation(`core ${core} ${this.#when()}: ${what}${copies}`);
  }

  #address(line: number): number {
    return line * ((this.#cores[0] as CoreArrays).lineMask + 1);
  }

  #when(): string {
    const request = this.#request >= 0 ? ` ${REQUEST_NAMES[this.#request]}` : '';
    const line = this.#line >= 0 ? ` of line ${this.#line}` : '';
    const core = this.#core >= 0 ? ` by core ${this.#core}` : '';
    return `${this.#what}${request}${line}${core} at cycle ${this.#time / TICKS_PER_CYCLE}`;
  }

  /** Where the line is, and in which state. */
  #copies(line: number): string {
    const { presence } = this.#coherence;
    const found: string[] = [];
    for (const arrays of this.#cores) {
      const physical = this.#address(line);
      const levels = [
        ['L1', arrays.stateAt(arrays.findL1(physical))],
        ['L2', arrays.stateAt(arrays.findL2(physical))],
      ] as const;
      const here = levels.filter(([, state]) => state > 0).map(([level, state]) => `${level} ${STATE_NAMES[state]}`);
      const known = presence.hasCore(line, arrays.core);
      if (here.length === 0 && !known) continue;
      found.push(
        `core ${arrays.core} ${here.join(', ') || 'nowhere'}${known ? '' : ' (coherence does not know of it)'}`,
      );
    }
    return found.length === 0 ? 'no private cache has it' : found.join('; ');
  }
}
