// Writes a machine's constants into the native helper's code, where they cost less than loads: with those of the L1, a miss takes 1.7 ns
// less of 25.
//
// A constant is to be an imported global in AssemblyScript, of which its optimiser knows nothing; when all optimisation is done, the
// generator puts `i32.const` of a placeholder in the place of each use. A placeholder takes all five bytes that a number may have, so
// it is overwritten in place.

/** Placeholders are this plus a constant's number; nothing else in the code is like them. */
export const FIRST_PLACEHOLDER = 0x5ac0_de00;

const I32_CONST = 0x41;
const MOST_LEB_BYTES = 5;

/** `i32.const value`, with the value in as many bytes of signed LEB128 as there may be. */
function constant(value: number): Uint8Array {
  const bytes = new Uint8Array(1 + MOST_LEB_BYTES);
  bytes[0] = I32_CONST;
  for (let i = 0; i < MOST_LEB_BYTES; i++) {
    // Of the last byte's seven bits, three repeat the sign: the shift does that.
    bytes[1 + i] = ((value >> (7 * i)) & 0x7f) | (i + 1 < MOST_LEB_BYTES ? 0x80 : 0);
  }
  return bytes;
}

/** Overwrites the placeholders in a module's bytes with the values of the constants with these names. */
export function specialize(
  module: Uint8Array,
  names: readonly string[],
  values: Readonly<Record<string, number>>,
): void {
  const placeholder = constant(FIRST_PLACEHOLDER);
  for (let at = module.indexOf(I32_CONST); at >= 0; at = module.indexOf(I32_CONST, at + 1)) {
    // Numbers differ in the first byte alone: there are fewer than the first placeholder leaves room for in its seven bits.
    if (module[at + 2] !== placeholder[2] || module[at + 3] !== placeholder[3]) continue;
    if (module[at + 4] !== placeholder[4] || module[at + 5] !== placeholder[5]) continue;
    const name = names[module[at + 1] - placeholder[1]];
    if (name !== undefined) module.set(constant(values[name]), at);
  }
}
