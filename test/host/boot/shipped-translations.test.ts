// What the build translates ahead of time is found for the same module, options and translator, and for nothing else; damage is no harm.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { translationIn } from '../../../host/boot/shipped-translations.ts';
import { guestFile } from '../../../host/guest-programs.ts';
import { pretranslate, pretranslationKey, profileNamed } from '../../../machine/index.ts';
import { buildTranslations, translatorVersion } from '../../../scripts/translations.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'manycore-translations-'));
const guests = path.join(folder, 'guests');
const target = path.join(folder, 'translations');
const options = { profile: profileNamed('amd-4x4'), kind: 'linked' } as const;
const key = pretranslationKey(options);
const bytes = new Uint8Array(readFileSync(guestFile('bin/true')));
let version: string;

const found = () => translationIn(target, version, key, bytes);

beforeAll(async () => {
  mkdirSync(path.join(guests, 'bin'), { recursive: true });
  cpSync(guestFile('bin/true'), path.join(guests, 'bin/true.wasm'));
  cpSync(guestFile('hello'), path.join(guests, 'hello.wasm'));
  version = await translatorVersion();
  await buildTranslations(guests, target);
});

afterAll(() => rmSync(folder, { recursive: true }));

it('finds what the translator makes now', () => {
  expect(found()).toEqual(pretranslate(bytes, options));
});

it('finds nothing for another module, options or translator', () => {
  const other = bytes.slice();
  other[other.length - 1] = (other.at(-1) as number) ^ 1;
  expect(translationIn(target, version, key, other)).toBeUndefined();
  expect(translationIn(target, version, pretranslationKey({ ...options, kind: 'user' }), bytes)).toBeUndefined();
  expect(translationIn(target, `${version}0`, key, bytes)).toBeUndefined();
  expect(translationIn(path.join(folder, 'missing'), version, key, bytes)).toBeUndefined();
});

it('takes a damaged file for none, and the build makes what is missing and nothing else', async () => {
  const files = readdirSync(target).sort();
  for (const name of files) {
    const contents = readFileSync(path.join(target, name));
    writeFileSync(path.join(target, name), contents.subarray(0, contents.length >> 1));
  }
  expect(found()).toBeUndefined();
  for (const name of files) rmSync(path.join(target, name));
  writeFileSync(path.join(target, 'of-another-translator.gz'), '');
  await buildTranslations(guests, target);
  expect(readdirSync(target).sort()).toEqual(files);
  for (const name of files) {
    const contents = readFileSync(path.join(target, name));
    contents[contents.length >> 1] = (contents[contents.length >> 1] as number) ^ 0x10;
    writeFileSync(path.join(target, name), contents);
  }
  expect(found()).toBeUndefined();
});
