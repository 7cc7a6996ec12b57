// When V8 compiles the code of a machine that is booted, and with which of its compilers: see docs/decisions/0015-cold-starts.md. Moves no cycle.
import { setFlagsFromString } from 'node:v8';

/**
 * A function is optimised when so many bytes of its baseline code have been executed. V8's own 1.8 million suit code that people wrote; translated code
 * has 10 to 17 bytes for one of theirs, so that nearly all of it would be optimised that ever runs, most of it in vain, by threads that take the
 * processors from the one that simulates.
 */
const OPTIMISED_AFTER_BYTES = 32_000_000;

/** A kernel and the usual programs are smaller, and half of their functions run. Of larger modules, mostly ones with libraries, few do. */
const MOST_AHEAD_BYTES = 128 * 1024;

/** For all modules that are compiled from now on. */
export function optimiseLater(): void {
  setFlagsFromString(`--wasm-tiering-budget=${OPTIMISED_AFTER_BYTES}`);
}

/** Lets the next module, of so many bytes of guest code, be compiled at once, on all processors; or each function when it is first called. */
export function compileAhead(guestBytes: number): void {
  setFlagsFromString(guestBytes <= MOST_AHEAD_BYTES ? '--no-wasm-lazy-compilation' : '--wasm-lazy-compilation');
}
