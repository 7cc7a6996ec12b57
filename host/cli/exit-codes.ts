/** How the command line's exit status tells the outcomes apart. A guest's own `exit(code)` passes through unchanged. */
export const EXIT = {
  ok: 0,
  /** `wast`: some assertion failed. `bench --check`: some bar is missed. `build`, `run`: the source cannot be compiled. */
  failed: 1,
  usage: 2,
  /** The cycle limit (`--max-cycles`) was reached. */
  cycleLimit: 42,
  /** Every core waits, asleep or polling, and nobody is left to wake one. */
  deadlock: 43,
  /** A host file cannot be read or written. */
  file: 60,
  /** The file is not a WebAssembly module, or is cut off. */
  malformed: 61,
  /** The module breaks a validation rule. */
  invalid: 62,
  /** The module needs a feature that the machine does not have. */
  unsupported: 63,
  /** An import is unknown or has another type. */
  link: 64,
  /** A defect of Manycore itself. */
  internal: 70,
  /** Ctrl-C. */
  interrupted: 130,
  /** The guest trapped. */
  trap: 134,
} as const;

/** For `--help`. */
export const EXIT_CODE_HELP = `
Exit status:
    0  done; a guest's own exit code passes through
    1  failed assertions (wast), missed bars (bench --check), a program that cannot be compiled
    2  wrong usage
   42  the cycle limit was reached (--max-cycles)
   43  deadlock: every core waits for ever, asleep or polling
   60  a file cannot be read or written
   61  not a WebAssembly module, or cut off
   62  the module is not valid
   63  the module needs a feature that the machine does not have
   64  an import is unknown or has another type
   70  a defect of manycore itself
  130  interrupted
  134  the guest trapped
`;
