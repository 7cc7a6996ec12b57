// The private caches as coherence reaches them: the native helper's functions, and the line that a core is about to give up in an exchange.
import type { PrivateCaches } from '../coherence/listener.ts';
import { STATE_I } from '../coherence/states.ts';

/** The native helper's functions over the private caches; cores and lines are numbers. */
export interface NativeCaches {
  lineState(core: number, line: number): number;
  setLineState(core: number, line: number, state: number): void;
  /** A line is about to be written past the caches: cores that poll it must notice. */
  releaseLine(line: number): void;
}

/** Told of every change that coherence makes to private caches, before and after it. */
export interface CacheWatch {
  changing(core: number, line: number): void;
  changed(core: number, line: number, state: number): void;
}

export class CachePort implements PrivateCaches {
  watch: CacheWatch | undefined = undefined;
  readonly #native: () => NativeCaches;
  #leavingCore = -1;
  #leavingLine = -1;
  #leavingState: number = STATE_I;

  /** `native` is asked for once the helper is there. */
  constructor(native: () => NativeCaches) {
    this.#native = native;
  }

  state(core: number, line: number): number {
    if (core === this.#leavingCore && line === this.#leavingLine) return this.#leavingState;
    return this.#native().lineState(core, line);
  }

  setState(core: number, line: number, state: number): void {
    if (core === this.#leavingCore && line === this.#leavingLine) {
      this.#leavingState = state;
      return;
    }
    this.watch?.changing(core, line);
    this.#native().setLineState(core, line, state);
    this.watch?.changed(core, line, state);
  }

  /**
   * A core's caches have made room of a line that coherence still knows there, in `state`: until `left`, the line is in that state for
   * coherence, which may take it away.
   */
  leave(core: number, line: number, state: number): void {
    this.#leavingCore = core;
    this.#leavingLine = line;
    this.#leavingState = state;
  }

  /** The line is gone: the state in which it left, STATE_I when coherence has taken it. */
  left(): number {
    this.#leavingCore = -1;
    return this.#leavingState;
  }
}
