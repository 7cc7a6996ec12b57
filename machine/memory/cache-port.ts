// The private caches as TypeScript reaches them for coherence, when somebody is to be told of every change: the native helper's functions. Without a watch
// coherence calls those itself.
import type { NativePrivateCaches } from '../coherence/controller.ts';
import type { PrivateCaches } from '../coherence/listener.ts';

/** The native helper's functions over the private caches; cores and lines are numbers. */
export interface NativeCaches extends NativePrivateCaches {
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

  /** `native` is asked for once the helper is there. */
  constructor(native: () => NativeCaches) {
    this.#native = native;
  }

  state(core: number, line: number): number {
    return this.#native().lineState(core, line);
  }

  setState(core: number, line: number, state: number): void {
    this.watch?.changing(core, line);
    this.#native().setLineState(core, line, state);
    this.watch?.changed(core, line, state);
  }
}
