// The guests: where they are, and how each is compiled into dist/guest. A guest is compiled again when a file that its compiler has read is not what
// it was; those that must be are shared out among the host's processors.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { compile, ROOT } from './asc.mjs';
import { compileProgram } from './program.mjs';

const DIST = path.join(ROOT, 'dist/guest');
const PROGRAM_CONFIG = 'guest/programs/asconfig.json';
/** A change of these is a change of everything. */
const TOOLS = [
  'scripts/compiler-messages.mjs',
  'scripts/asc.mjs',
  'scripts/program.mjs',
  'scripts/guests.mjs',
  'package-lock.json',
];

/**
 * Where guests are, with which settings they are compiled, and where below dist/guest they go: each source file directly there is one, or those that
 * are named. Programs are those that import the layer of guest/posix.
 */
const GUESTS = [
  { from: 'guest/programs', config: PROGRAM_CONFIG, to: 'bin', program: true },
  { from: 'guest/programs/bare', config: 'guest/asconfig.json', to: '.' },
  { from: 'guest/programs/bench', config: 'guest/asconfig.json', to: '.' },
  { from: 'guest/bare', config: 'guest/bare/asconfig.json', to: 'bare' },
  { from: 'guest/monolith', config: 'guest/kernel.asconfig.json', to: 'monolith', names: ['kernel'] },
  { from: 'guest/lib/unix', config: 'guest/lib/unix/posix.asconfig.json', to: 'monolith', names: ['posix'] },
  { from: 'guest/k42', config: 'guest/k42/asconfig.json', to: 'k42', names: ['kernel'] },
  { from: 'guest/k42', config: 'guest/lib/unix/posix.asconfig.json', to: 'k42', names: ['posix'] },
  {
    from: 'guest/k42/servers',
    config: PROGRAM_CONFIG,
    to: 'k42/servers',
    names: ['file-server', 'process-server'],
    program: true,
  },
  { from: 'guest/k42/programs', config: PROGRAM_CONFIG, to: 'k42/bin', program: true },
  { from: 'guest/wasi', config: 'guest/wasi/asconfig.json', to: '.', names: ['wasi'] },
];

function namesIn(folder) {
  return readdirSync(path.join(ROOT, folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.basename(file, '.ts'));
}

/** One guest each: {source, config, output, program}; paths relative to the root, the output without its extension. */
function jobs() {
  return GUESTS.flatMap(({ from, config, to, program = false, names = namesIn(from) }) =>
    names.map((name) => ({ source: `${from}/${name}.ts`, config, output: path.join('dist/guest', to, name), program })),
  );
}

/** The layer that programs import, seen from a program's folder. */
function layerOf(source) {
  return path.posix.relative(path.posix.dirname(source), 'guest/posix/index');
}

/** Compiles one guest, and remembers what it was made from. Throws with the compiler's messages. */
export async function buildGuest({ source, config, output, program }) {
  const inputs = new Set(TOOLS);
  const onRead = (file) => inputs.add(path.relative(ROOT, file));
  const { wasm, sourceMap } = program
    ? await compileProgram(source, { baseDir: ROOT, options: config, layer: layerOf(source), onRead })
    : await compile(source, config, path.basename(output), [], onRead);
  const target = path.join(ROOT, output);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(`${target}.wasm`, wasm);
  writeFileSync(`${target}.wasm.map`, sourceMap);
  const list = [...inputs].filter((file) => existsSync(path.join(ROOT, file))).sort();
  writeFileSync(stampOf(output), JSON.stringify(list.map((file) => [file, versionOf(file)])));
}

function stampOf(output) {
  return path.join(ROOT, `${path.dirname(output)}/.${path.basename(output)}.inputs`);
}

function versionOf(file) {
  const { mtimeMs, size } = statSync(path.join(ROOT, file));
  return `${mtimeMs} ${size}`;
}

function isFresh({ output }) {
  try {
    if (!existsSync(path.join(ROOT, `${output}.wasm`))) return false;
    return JSON.parse(readFileSync(stampOf(output), 'utf8')).every(([file, version]) => versionOf(file) === version);
  } catch {
    return false;
  }
}

/** Compiles all guests that are not as their sources are. Throws with the messages of the first that is refused. */
export async function buildGuests() {
  const all = jobs();
  removeOthers(all);
  const stale = all.filter((job) => !isFresh(job));
  const workers = Math.min(os.availableParallelism(), Math.ceil(stale.length / 2));
  // Large ones first, so that nobody has one left at the end.
  stale.sort((a, b) => Number(b.output.includes('kernel')) - Number(a.output.includes('kernel')));
  if (workers <= 1) for (const job of stale) await buildGuest(job);
  else await Promise.all(Array.from({ length: workers }, () => workThrough(stale)));
  exportLayer();
  exportScripts();
}

/** Lets a thread take jobs from the list until there are none. */
function workThrough(list) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./guest-worker.mjs', import.meta.url));
    const next = () => {
      const job = list.shift();
      if (job) worker.postMessage(job);
      else worker.terminate().then(() => resolve());
    };
    worker.on('message', (problem) => {
      if (problem === undefined) return next();
      list.length = 0;
      worker.terminate().then(() => reject(new Error(problem)));
    });
    worker.on('error', reject);
    next();
  });
}

/** What dist/guest has of guests that are no more. */
function removeOthers(all) {
  const kept = new Set(all.map(({ output }) => path.relative('dist/guest', output)));
  if (!existsSync(DIST)) return;
  for (const file of readdirSync(DIST, { recursive: true }).map(String)) {
    if (file.endsWith('.wasm') && !kept.has(file.slice(0, -'.wasm'.length))) {
      for (const extension of ['', '.map']) rmSync(path.join(DIST, `${file}${extension}`), { force: true });
    }
  }
}

/** Scripts that guests find beside their programs. */
function exportScripts() {
  rmSync(path.join(DIST, 'scripts'), { recursive: true, force: true });
  cpSync(path.join(ROOT, 'guest/scripts'), path.join(DIST, 'scripts'), { recursive: true });
}

/** What `compileProgram` needs for files outside the repository, where only dist/ is: the layer's sources, and all settings in one file. */
function exportLayer() {
  rmSync(path.join(DIST, 'posix'), { recursive: true, force: true });
  cpSync(path.join(ROOT, 'guest/posix'), path.join(DIST, 'posix'), { recursive: true });
  const optionsOf = (file) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')).options;
  const { runtime: _, ...options } = { ...optionsOf('asconfig.json'), ...optionsOf(PROGRAM_CONFIG) };
  writeFileSync(path.join(DIST, 'program.json'), `${JSON.stringify({ options }, null, 2)}\n`);
}
