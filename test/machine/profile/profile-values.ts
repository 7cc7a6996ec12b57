// Profiles that are wrong in one place, and the places of a document: shared by the tests of profiles.
import fc from 'fast-check';
import type { Path } from '../../../machine/profile/paths.ts';
import { PROFILE_NAMES, profileNamed } from '../../../machine/profile/shipped.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A shipped profile as a JSON value that may be changed. */
export function documentOf(name: string): { [key: string]: Json } {
  return JSON.parse(JSON.stringify(profileNamed(name))) as { [key: string]: Json };
}

/** Every place of a document below its top, objects and lists too. */
export function placesOf(value: Json, path: Path = []): Path[] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== 'object' || value === null) return own;
  const entries: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...own, ...entries.flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

/** Puts a value at a place; undefined takes out what is there. */
export function put(document: Json, path: Path, value: Json | undefined): void {
  let holder = document as Record<string | number, Json>;
  for (const step of path.slice(0, -1)) holder = holder[step] as Record<string | number, Json>;
  const last = path[path.length - 1];
  if (value !== undefined) holder[last] = value;
  else if (Array.isArray(holder)) holder.splice(last as number, 1);
  else delete holder[last];
}

/** What somebody may have written instead of a value: another type, another size, nothing. */
const replacement: fc.Arbitrary<(old: Json) => Json | undefined> = fc.oneof(
  fc
    .constantFrom<Json | undefined>(
      undefined,
      null,
      true,
      false,
      '',
      '8',
      'estimate',
      'MESI',
      'bus',
      'directory',
      [],
      {},
    )
    .map((value) => () => value),
  fc.constantFrom(0, -1, 1, 2, 3, 7, 12, 0.5, 0.3, 1e9, 2 ** 40).map((value) => () => value),
  fc.integer({ min: 0, max: 200 }).map((value) => () => value),
  fc.constantFrom(2, 0.5, 3, 1.1, -1).map((factor) => (old: Json) => (typeof old === 'number' ? old * factor : factor)),
);

const SUBJECTS = [...PROFILE_NAMES, 'uniform-7'].map((name) => {
  const document = documentOf(name);
  return { name, text: JSON.stringify(document), places: placesOf(document) };
});

/** A shipped profile with one place changed, and the place. */
export const corrupted: fc.Arbitrary<{ name: string; path: Path; document: { [key: string]: Json } }> = fc
  .constantFrom(...SUBJECTS)
  .chain((subject) => fc.tuple(fc.constant(subject), fc.constantFrom(...subject.places), replacement))
  .map(([{ name, text }, path, change]) => {
    const document = JSON.parse(text) as { [key: string]: Json };
    const old = path.reduce<Json>((value, step) => (value as Record<string | number, Json>)[step], document);
    put(document, path, change(old));
    return { name, path, document };
  });
