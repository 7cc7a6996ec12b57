// Translations of the guests that a kernel needs, for the machines that most runs are on: dist/translations/, where host/boot/shipped-translations.ts
// finds them. Each file's name is a hash of all that its contents depend on, so one that is there is never made again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from './asc.mjs';

const GUESTS = path.join(ROOT, 'dist/guest');
const TARGET = path.join(ROOT, 'dist/translations');
/** Translations depend on the costs of instructions and on the line: these stand for all machines that have the same, or are scaled so. */
const PROFILES = ['uniform-4', 'amd-4x4'];
/** Not for a kernel, and for any. */
const BARE = new Set(['.', 'bare']);

const BUNDLE = { absWorkingDir: ROOT, bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20' };

/** A hash of the code that makes translations: of what is left of it without names and comments, so that only what it does counts. */
export async function translatorVersion() {
  const entry = 'machine/translate/pretranslate.ts';
  const { outputFiles } = await build({ ...BUNDLE, entryPoints: [entry], minify: true, legalComments: 'none' });
  return createHash('sha256').update(outputFiles[0].text).digest('hex');
}

/** The translator, and what names its files. */
async function loadTranslator() {
  const contents = [
    "export { pretranslate, pretranslationKey, profileNamed } from './machine/index.ts';",
    "export { translationFile } from './host/boot/shipped-translations.ts';",
  ].join('\n');
  const stdin = { contents, resolveDir: ROOT, loader: 'ts' };
  const { outputFiles } = await build({ ...BUNDLE, packages: 'bundle', stdin });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** {file, kind} of all images that kernels are, or link, below the folder `guests`. */
function imagesIn(guests) {
  return readdirSync(guests, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.wasm') && (file === 'wasi.wasm' || !BARE.has(path.dirname(file))))
    .map((file) => ({
      file: path.join(guests, file),
      kind: path.basename(file) === 'kernel.wasm' ? 'kernel' : 'linked',
    }));
}

/** Makes what is missing in the folder `target`, and removes what belongs to other guests or another translator. */
export async function buildTranslations(guests = GUESTS, target = TARGET) {
  const version = await translatorVersion();
  const { pretranslate, pretranslationKey, profileNamed, translationFile } = await loadTranslator();
  const profiles = PROFILES.map(profileNamed);
  mkdirSync(target, { recursive: true });
  const kept = new Set();
  for (const { file, kind } of imagesIn(guests)) {
    const bytes = new Uint8Array(readFileSync(file));
    for (const profile of profiles) {
      const name = translationFile(version, pretranslationKey({ profile, kind }), bytes);
      kept.add(name);
      if (existsSync(path.join(target, name))) continue;
      writeFileSync(path.join(target, name), gzipSync(pretranslate(bytes, { profile, kind }), { level: 9 }));
    }
  }
  for (const file of readdirSync(target)) if (!kept.has(file)) rmSync(path.join(target, file));
}
