// Sizes above which V8, which compiles what the translator emits, refuses a module. A guest that is larger than they allow is
// refused in the same way. Source: V8's wasm-limits.h, and the WebAssembly JavaScript interface's "Implementation-defined Limits".

export const MAX_TYPES = 1_000_000;
export const MAX_FUNCTIONS = 1_000_000;
export const MAX_IMPORTS = 100_000;
export const MAX_EXPORTS = 100_000;
export const MAX_GLOBALS = 1_000_000;
export const MAX_TABLES = 100_000;
export const MAX_DATA_SEGMENTS = 100_000;
export const MAX_PARAMETERS = 1000;
export const MAX_RESULTS = 1000;
export const MAX_FUNCTION_SIZE_BYTES = 7_654_321;
/** Parameters included. */
export const MAX_LOCALS = 50_000;
/** Targets of a br_table, without its default. */
export const MAX_BRANCH_TARGETS = 65_520;
/** In pages of 64 KiB: 4 GiB (specification 3.2.5). */
export const MAX_MEMORY_PAGES = 65_536;
/** Of one function; this one is our own: it bounds the validator's memory. */
export const MAX_OPERAND_STACK = 1_000_000;
