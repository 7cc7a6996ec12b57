// Formats the AssemblyScript sources (guest/, machine/native/ and test/**/*.assembly.ts) with the settings of biome.json. Biome refuses decorators on
// functions and variables, which AssemblyScript needs (@inline, @external, @global, @unsafe, @lazy), so they go through it as
// comments that stand in for them. `--check` writes nothing, names the files that differ and exits 1.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './asc.mjs';

const FOLDERS = ['guest', 'machine/native', 'test'];
/** Sources in those folders that are plain TypeScript. */
const TYPESCRIPT = /^machine\/native\/(bytes|\w+\.generated)\.ts$/;

const DECORATOR = /^(@\w+(?:\([^()]*\))?)\s*(?=\S)?/;
const MASK = '//@decorator ';

/** Repository paths of the AssemblyScript sources. */
export function assemblySources() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .map((file) => `${folder}/${file.replaceAll(path.sep, '/')}`),
  )
    .filter((file) => !TYPESCRIPT.test(file))
    .filter((file) => !file.startsWith('test/') || file.endsWith('.assembly.ts'))
    .sort();
}

/** Turns the decorators of top-level declarations into comment lines of their own; those of classes stay. */
function mask(text) {
  const output = [];
  let pending = [];
  for (const line of text.split('\n')) {
    let rest = line;
    for (let match = DECORATOR.exec(rest); match; match = DECORATOR.exec(rest)) {
      pending.push(match[1]);
      rest = rest.slice(match[0].length);
    }
    if (pending.length > 0 && rest === '') continue;
    const ofClass = /^(export )?(abstract )?class\b/.test(rest);
    output.push(...pending.map((decorator) => (ofClass ? decorator : MASK + decorator)), rest);
    pending = [];
  }
  return output.join('\n');
}

function unmask(text) {
  return text.replaceAll(MASK, '');
}

/** Formats texts by path, all in one run of Biome, in a scratch folder that has the formatter's settings of biome.json. */
function format(texts) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'manycore-format-'));
  const settings = JSON.parse(readFileSync(path.join(ROOT, 'biome.json'), 'utf8'));
  for (const [file, text] of texts) {
    mkdirSync(path.join(scratch, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(scratch, file), text);
  }
  const { formatter, javascript } = settings;
  writeFileSync(
    path.join(scratch, 'biome.json'),
    JSON.stringify({ root: true, formatter, javascript, linter: { enabled: false }, assist: { enabled: false } }),
  );
  const biome = path.join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  execFileSync(process.execPath, [biome, 'format', '--write', '--log-level=error', '.'], {
    cwd: scratch,
    stdio: 'pipe',
  });
  const results = new Map([...texts.keys()].map((file) => [file, readFileSync(path.join(scratch, file), 'utf8')]));
  rmSync(scratch, { recursive: true, force: true });
  return results;
}

const before = new Map(assemblySources().map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
const after = format(new Map([...before].map(([file, text]) => [file, mask(text)])));
let different = 0;
for (const [file, text] of after) {
  const formatted = unmask(text);
  if (formatted === before.get(file)) continue;
  different++;
  if (process.argv.includes('--check')) console.error(`${file}: not formatted (npm run format)`);
  else writeFileSync(path.join(ROOT, file), formatted);
}
if (different > 0 && process.argv.includes('--check')) process.exitCode = 1;
