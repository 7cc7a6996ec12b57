// `npm run build`: writes dist/ from the sources.
//   dist/cli.js     the command `manycore`; heavy parts are chunks that load on first use
//   dist/index.js   the library (machine/index.ts), with declarations in dist/types/
//   dist/guest/     the guest programs as Wasm modules with source maps: bare ones, and in bin/ those that need a kernel
//   dist/translations/     the kernels and programs translated already, for the machines that most runs are on
//   dist/guest/posix/, program.json     the layer and the settings with which programs of one's own are compiled
// Each part is skipped while it is newer than everything it is made from, so that a second build takes no time.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './asc.mjs';
import { buildGuests } from './guests.mjs';
import { buildTranslations, translatorVersion } from './translations.mjs';

const DIST = path.join(ROOT, 'dist');
const COMMON_INPUTS = ['scripts', 'package.json', 'package-lock.json'];

/** Files below `folder` (or the file itself), as absolute paths. */
function filesUnder(folder) {
  const absolute = path.join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [absolute];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

/** Runs `make` unless the stamp of `part` is newer than every input and says that the same files were there. */
async function step(part, inputs, make) {
  const files = [...COMMON_INPUTS, ...inputs].flatMap(filesUnder).sort();
  const stamp = path.join(DIST, `.${part}`);
  const list = files.map((file) => path.relative(ROOT, file)).join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === list) {
    const made = statSync(stamp).mtimeMs;
    if (files.every((file) => statSync(file).mtimeMs <= made)) return;
  }
  const start = performance.now();
  rmSync(stamp, { force: true });
  await make();
  writeFileSync(stamp, list);
  console.error(`built ${part} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

async function buildBundles() {
  const entryPoints = {};
  if (existsSync(path.join(ROOT, 'host/cli/main.ts'))) entryPoints.cli = 'host/cli/main.ts';
  if (existsSync(path.join(ROOT, 'machine/index.ts'))) entryPoints.index = 'machine/index.ts';
  if (Object.keys(entryPoints).length === 0) return;
  rmSync(path.join(DIST, 'chunks'), { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints,
    outdir: DIST,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    define: { TRANSLATOR_VERSION: JSON.stringify(await translatorVersion()) },
    logLevel: 'warning',
  });
  if (entryPoints.cli) chmodSync(path.join(DIST, 'cli.js'), 0o755);
}

async function buildTypes() {
  if (!existsSync(path.join(ROOT, 'machine/index.ts'))) return;
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  rmSync(path.join(DIST, 'types'), { recursive: true, force: true });
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: ROOT, stdio: 'inherit' });
}

mkdirSync(DIST, { recursive: true });
const steps = [
  ['guests', ['guest', 'asconfig.json'], buildGuests],
  ['bundles', ['machine', 'host'], buildBundles],
  [
    'translations',
    ['machine', 'guest', 'asconfig.json', 'host/boot/shipped-translations.ts'],
    () => buildTranslations(),
  ],
  ['types', ['machine', 'tsconfig.base.json', 'tsconfig.types.json'], buildTypes],
];
for (const [part, inputs, make] of steps) {
  try {
    await step(part, inputs, make);
  } catch (error) {
    console.error(`${part} could not be built: ${error.message}`);
    process.exitCode = 1;
  }
}
