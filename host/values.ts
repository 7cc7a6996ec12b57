// Guest values as people write them. The machine carries every value as raw bits in a bigint; this page turns text into
// bits and bits into text, for each value type by its byte in the binary format.

export type NumberTypeName = 'i32' | 'i64' | 'f32' | 'f64';

const TYPE_NAMES = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
]);

/** The text format's name of a value type. */
export function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `type 0x${type.toString(16)}`;
}

/** `(i32, i64) -> f64`, as messages and listings show a signature. */
export function signature(type: { params: number[]; results: number[] }): string {
  const results = type.results.map(typeName).join(', ');
  return `(${type.params.map(typeName).join(', ')}) -> ${type.results.length === 1 ? results : `(${results})`}`;
}

/**
 * The bits of an argument. Integers: decimal or 0x-hexadecimal, with a sign, between the signed minimum and the unsigned
 * maximum of the type. Floats: decimal, `inf`, `nan`, `nan:0xPAYLOAD`, each with a sign. Throws an Error whose message
 * says what would be accepted.
 */
export function parseValue(type: number, text: string): bigint {
  const name = typeName(type);
  if (name === 'i32' || name === 'i64') return parseInteger(name, text);
  if (name === 'f32' || name === 'f64') return parseFloating(name, text);
  if (text === 'null') return 0n;
  throw new Error(`${name} arguments can only be "null"`);
}

function parseInteger(name: 'i32' | 'i64', text: string): bigint {
  const width = name === 'i32' ? 32 : 64;
  const match = /^([+-]?)(0x[0-9a-f_]+|[0-9_]+)n?$/i.exec(text);
  const digits = match?.[2]?.replaceAll('_', '') ?? '';
  if (match === null || digits === '' || digits === '0x') throw new Error(`"${text}" is not an ${name}`);
  const value = match[1] === '-' ? -BigInt(digits) : BigInt(digits);
  if (value < -(1n << BigInt(width - 1)) || value >= 1n << BigInt(width)) {
    throw new Error(`${text} does not fit in an ${name}`);
  }
  return BigInt.asUintN(width, value);
}

const FLOAT_LAYOUT = {
  f32: { width: 32n, fraction: 23n, infinity: 0x7f80_0000n },
  f64: { width: 64n, fraction: 52n, infinity: 0x7ff0_0000_0000_0000n },
};

function parseFloating(name: 'f32' | 'f64', text: string): bigint {
  const layout = FLOAT_LAYOUT[name];
  const match = /^([+-]?)(?:(inf|infinity)|(nan)(?::(0x[0-9a-f]+))?|(\d.*|\.\d.*))$/i.exec(text);
  const number = Number(match?.[5] ?? 0);
  if (match === null || Number.isNaN(number) || /^0[xob]/i.test(match[5] ?? '')) {
    throw new Error(`"${text}" is not an ${name} (a decimal number, inf, nan or nan:0x...)`);
  }
  const sign = match[1] === '-' ? 1n << (layout.width - 1n) : 0n;
  if (match[2] !== undefined) return sign | layout.infinity;
  if (match[3] !== undefined) {
    const payload = match[4] === undefined ? 1n << (layout.fraction - 1n) : BigInt(match[4]);
    if (payload === 0n || payload >= 1n << layout.fraction) throw new Error(`"${text}" has no valid NaN payload`);
    return sign | layout.infinity | payload;
  }
  return sign | floatBits(name, number);
}

function floatBits(name: 'f32' | 'f64', value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (name === 'f32') view.setFloat32(0, value);
  else view.setFloat64(0, value);
  return name === 'f32' ? BigInt(view.getUint32(0)) : view.getBigUint64(0);
}

/** A value for people: integers signed, floats with as few digits as identify them. */
export function formatValue(type: number, bits: bigint): string {
  const name = typeName(type);
  if (name === 'i32') return String(BigInt.asIntN(32, bits));
  if (name === 'i64') return String(BigInt.asIntN(64, bits));
  if (name === 'f32' || name === 'f64') return formatFloating(name, bits);
  if (bits === 0n) return 'null';
  return name === 'externref' ? `reference ${bits - 1n}` : name;
}

function formatFloating(name: 'f32' | 'f64', bits: bigint): string {
  const layout = FLOAT_LAYOUT[name];
  const sign = bits >> (layout.width - 1n) === 1n ? '-' : '';
  const payload = bits & ((1n << layout.fraction) - 1n);
  if ((bits & layout.infinity) === layout.infinity) {
    if (payload === 0n) return `${sign}inf`;
    return payload === 1n << (layout.fraction - 1n) ? `${sign}nan` : `${sign}nan:0x${payload.toString(16)}`;
  }
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, name === 'f32' ? bits << 32n : bits);
  const value = name === 'f32' ? view.getFloat32(0) : view.getFloat64(0);
  if (Object.is(value, -0)) return '-0';
  return name === 'f64' ? String(value) : shortestSingle(value);
}

/** The shortest decimal that reads back as the same single. */
function shortestSingle(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return String(shorter);
  }
  return String(Number(value.toPrecision(9)));
}
