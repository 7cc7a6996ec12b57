// Snapshots as bytes: for files, and for whatever carries nothing but bytes.
//
//   0   the text "manycore"
//   8   length of all, in bytes (u32 low, u32 high), length of the header (u32), 0 (u32)
//   24  hash of all that follows: 16 hexadecimal digits
//   40  the header: the snapshot as JSON in ASCII, with {"$array": type, "at": offset, "length": elements} for typed arrays and
//       {"$bigint": decimal} for BigInts; offsets count from the end of the header, rounded up to 8
//   ..  the arrays' elements, little-endian, each array at a multiple of 8
import { Digest } from '../core/digest.ts';
import type { MachineSnapshot } from './snapshot.ts';
import { SnapshotError } from './snapshot-error.ts';

const MAGIC = 'manycore';
const LENGTH_AT = 8;
const HASH_AT = 24;
const HASH_DIGITS = 16;
const HEADER_AT = HASH_AT + HASH_DIGITS;

const ARRAYS = { Uint8Array, Int32Array, Uint32Array, Float64Array };
type AnyArray = InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]>;

function aligned(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}

function putText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  const parts: string[] = [];
  for (let from = at; from < at + length; from += 4096) {
    parts.push(String.fromCharCode(...bytes.subarray(from, Math.min(from + 4096, at + length))));
  }
  return parts.join('');
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function typeOf(value: unknown): keyof typeof ARRAYS | undefined {
  return (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]).find((name) => value instanceof ARRAYS[name]);
}

function hashOf(bytes: Uint8Array): string {
  const digest = new Digest();
  digest.addBytes(bytes.subarray(HEADER_AT));
  return digest.toString();
}

export function encodeSnapshot(snapshot: MachineSnapshot): Uint8Array {
  const arrays: { readonly array: AnyArray; readonly at: number }[] = [];
  let end = 0;
  const replace = (_key: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return { $bigint: `${value}` };
    const type = typeOf(value);
    if (type === undefined) return value;
    const array = value as AnyArray;
    const at = aligned(end);
    arrays.push({ array, at });
    end = at + array.byteLength;
    return { $array: type, at, length: array.length };
  };
  const header = JSON.stringify(snapshot, replace).replace(/[^\x20-\x7e]/g, escapeCharacter);
  const start = aligned(HEADER_AT + header.length);
  const bytes = new Uint8Array(start + end);
  const view = new DataView(bytes.buffer);
  putText(bytes, 0, MAGIC);
  view.setUint32(LENGTH_AT, bytes.length % 2 ** 32, true);
  view.setUint32(LENGTH_AT + 4, Math.floor(bytes.length / 2 ** 32), true);
  view.setUint32(LENGTH_AT + 8, header.length, true);
  putText(bytes, HEADER_AT, header);
  for (const { array, at } of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + at);
  }
  putText(bytes, HASH_AT, hashOf(bytes));
  return bytes;
}

/** Throws a SnapshotError where the bytes are not those of a whole snapshot. Whether it fits is found out when it is restored. */
export function decodeSnapshot(bytes: Uint8Array): MachineSnapshot {
  const whole = new Uint8Array(bytes);
  const view = new DataView(whole.buffer);
  if (whole.length < HEADER_AT || textAt(whole, 0, MAGIC.length) !== MAGIC) {
    throw new SnapshotError(`this is not a snapshot: it does not begin with "${MAGIC}"`);
  }
  const length = view.getUint32(LENGTH_AT, true) + 2 ** 32 * view.getUint32(LENGTH_AT + 4, true);
  if (whole.length !== length) {
    throw new SnapshotError(`the snapshot is not whole: it has ${whole.length} bytes of ${length}`);
  }
  if (textAt(whole, HASH_AT, HASH_DIGITS) !== hashOf(whole)) {
    throw new SnapshotError('the snapshot is damaged: its hash is not that of its bytes');
  }
  const headerBytes = view.getUint32(LENGTH_AT + 8, true);
  const start = aligned(HEADER_AT + headerBytes);
  const revive = (_key: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$bigint' in value) return BigInt(value.$bigint as string);
    if (!('$array' in value)) return value;
    const { $array, at, length } = value as { $array: keyof typeof ARRAYS; at: number; length: number };
    return new ARRAYS[$array](whole.buffer, start + at, length);
  };
  return JSON.parse(textAt(whole, HEADER_AT, headerBytes), revive) as MachineSnapshot;
}
