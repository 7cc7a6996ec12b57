// The litmus tests that are run: every file of the folder `catalogue`, and others by name.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseLitmus } from './litmus-text.ts';
import type { LitmusTest } from './program.ts';

const FOLDER = path.join(import.meta.dirname, 'catalogue');

/** Throws an Error where two tests have the same name, or a file is not readable as litmus tests. */
export function readCatalogue(files: readonly string[] = []): LitmusTest[] {
  const all = files.length > 0 ? files : ownFiles();
  const tests = all.flatMap((file) => parseLitmus(readFileSync(file, 'utf8'), path.basename(file)));
  const names = tests.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`there are two litmus tests named ${twice}`);
  return tests;
}

function ownFiles(): string[] {
  const names = readdirSync(FOLDER).filter((file) => file.endsWith('.litmus'));
  return names.sort().map((file) => path.join(FOLDER, file));
}
