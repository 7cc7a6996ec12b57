// Whether a snapshot fits the machine that is to be restored from it. Machine memory holds what generated code, the native helper and
// TypeScript have put there, so it means the same to no other version of them than the one that made it: hashes tell versions apart.
import { Digest } from '../core/digest.ts';
import type { FunctionTable } from '../core/function-table.ts';
import type { Images, SavedImage } from '../core/images.ts';
import { NATIVE_BASE64 } from '../native/native.generated.ts';
import * as layout from '../state/layout.ts';
import { SnapshotError } from './snapshot-error.ts';

/** How a snapshot's fields are named and what they mean; the next number when that changes. */
export const SNAPSHOT_FORMAT = 2;

/** Hashes, by what they are of. */
export interface Fit {
  /** Names and values of the constants of state/layout.ts. */
  readonly layout: string;
  /** The native helper, and what it is specialised with: addresses, and the shape of the private caches. */
  readonly native: string;
  /** The functions that every machine has, and their places. */
  readonly builtins: string;
}

const NAMES: Readonly<Record<keyof Fit, string>> = {
  layout: 'the layout of machine memory',
  native: 'the native helper',
  builtins: 'the built-in functions',
};

const ADVICE = 'restore it with the version of Manycore that made it, or make it anew with this one';

/** Parts of a machine that must be what they were. */
export interface FittingParts {
  readonly functions: FunctionTable;
  readonly constants: Readonly<Record<string, number>>;
}

function hash(texts: readonly string[]): string {
  const digest = new Digest();
  for (const text of texts) digest.addText(text);
  return digest.toString();
}

function pairs(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .sort();
}

export function fitOf({ functions, constants }: FittingParts): Fit {
  return {
    layout: hash(pairs(layout)),
    native: hash([NATIVE_BASE64, ...pairs(constants)]),
    builtins: hash(functions.sealedNames),
  };
}

/** Throws a SnapshotError where a snapshot was made by another version. */
export function checkFormat({ format }: { readonly format: number }): void {
  if (format === SNAPSHOT_FORMAT) return;
  throw new SnapshotError(
    `the snapshot has format ${format}, this version of Manycore knows format ${SNAPSHOT_FORMAT}: ${ADVICE}`,
  );
}

/** The same for what the machine itself is. */
export function checkFit(saved: Fit, parts: FittingParts): void {
  const own = fitOf(parts);
  const other = (Object.keys(NAMES) as (keyof Fit)[]).filter((name) => saved[name] !== own[name]);
  if (other.length > 0) refuse(other.map((name) => NAMES[name]));
}

/** The same for the translation of the images, once they are loaded. */
export function checkImages(saved: readonly SavedImage[], { list }: Images): void {
  const other = saved.flatMap(({ code }, i) => (list[i].codeHash === code ? [] : [`the translation of image ${i}`]));
  if (other.length > 0) refuse(other);
}

function refuse(what: readonly string[]): never {
  const verb = what.length === 1 && !what[0].endsWith('s') ? 'is' : 'are';
  throw new SnapshotError(`${what.join(' and ')} ${verb} not what the snapshot was made with: ${ADVICE}`);
}
