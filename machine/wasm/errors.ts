// How a module is refused.

/**
 * - `malformed`: the bytes are not a module of the binary format.
 * - `invalid`: they are, but the module breaks a rule of validation.
 * - `unsupported`: it needs a feature or a size that this machine does not have; the message names it.
 */
export type WasmErrorKind = 'malformed' | 'invalid' | 'unsupported';

/** Why a module was refused; the message starts with what is wrong. */
export class WasmError extends Error {
  readonly kind: WasmErrorKind;
  /** Byte offset in the module of what is wrong. */
  readonly offset: number;

  constructor(kind: WasmErrorKind, message: string, offset: number) {
    super(message);
    this.name = 'WasmError';
    this.kind = kind;
    this.offset = offset;
  }
}

export function malformed(message: string, offset: number): WasmError {
  return new WasmError('malformed', message, offset);
}

export function invalid(message: string, offset: number): WasmError {
  return new WasmError('invalid', message, offset);
}

/** A feature that the machine lacks, by the name that its proposal has. */
export function unsupported(feature: string, offset: number): WasmError {
  return new WasmError('unsupported', `unsupported feature: ${feature}`, offset);
}

/** A size above what the machine (and V8, which compiles for it) can take. */
export function tooLarge(what: string, size: number, limit: number, offset: number): WasmError {
  return new WasmError('unsupported', `unsupported size: ${size} ${what}, at most ${limit}`, offset);
}
