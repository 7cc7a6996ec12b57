// The translations that come with the package: what the build has made of the kernels and programs beside them (scripts/translations.mjs), so that
// nobody waits for the translator before these run. A file's name is a hash of all that its contents depend on.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { guestFolder } from '../guest-programs.ts';

/** A hash of the translator's code, which the build puts in here; missing where the sources run by themselves, which may be newer than the files. */
declare const TRANSLATOR_VERSION: string | undefined;

const NAME_DIGITS = 32;

/** Without a folder. `version` is a hash of the translator's code. */
export function translationFile(version: string, key: string, bytes: Uint8Array): string {
  const hash = createHash('sha256').update(`${version}\n${key}\n`).update(bytes).digest('hex');
  return `${hash.slice(0, NAME_DIGITS)}.gz`;
}

/** What is in a folder of translations for a module: undefined when there is nothing, or when it is damaged. */
export function translationIn(folder: string, version: string, key: string, bytes: Uint8Array) {
  try {
    const record = gunzipSync(readFileSync(path.join(folder, translationFile(version, key, bytes))));
    return new Uint8Array(record.buffer as ArrayBuffer, record.byteOffset, record.length);
  } catch {
    // It is translated instead.
    return undefined;
  }
}

/** For `MachineOptions.storedTranslation`. */
export function shippedTranslation(bytes: Uint8Array, key: string): Uint8Array<ArrayBuffer> | undefined {
  if (typeof TRANSLATOR_VERSION === 'undefined') return undefined;
  return translationIn(path.join(guestFolder(), '../translations'), TRANSLATOR_VERSION, key, bytes);
}
