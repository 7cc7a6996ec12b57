// Runs a WASI program in the shim, in a process of a kernel, and in Node's own WASI as the reference: the same arguments and files, "/" and "." as
// preopened directories.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guestFile } from '../../../host/guest-programs.ts';
import { type Outcome, World } from '../posix/world.ts';
import { runGuest } from '../unix/boot.ts';

const NODE_WASI = path.join(import.meta.dirname, 'node-wasi.mjs');

export interface Start {
  args?: string[];
  environment?: Record<string, string>;
  /** Contents of the working directory, /work, by path; a path that ends in a slash is a directory. */
  files?: Record<string, string | Uint8Array>;
  stdin?: string;
  terminal?: boolean;
}

export function onShim(wasm: Uint8Array, start: Start = {}): Outcome & { world: World } {
  const { args = [], files = {}, ...options } = start;
  const world = new World();
  world.files.makeDirectory(world.files.root, '/work');
  for (const [name, contents] of Object.entries(files)) {
    // The shim's names have a character for each byte.
    const place = Buffer.from(`/work/${name}`).toString('latin1');
    if (name.endsWith('/')) world.files.makeDirectory(world.files.root, place);
    else world.files.write(place, contents);
  }
  world.files.write('/bin/program', wasm);
  return { ...world.run(['program', ...args], { cwd: '/work', ...options }), world };
}

/** Runs programs one after the other in /work of a kernel, each with its arguments; the files are there once. */
export function onKernel(
  { kernel, options }: { kernel: string; options: string },
  programs: Uint8Array[],
  runs: { program: number; args?: string[] }[],
  start: Start = {},
) {
  const { environment = {}, files = {}, stdin = '' } = start;
  const quoted = (word: string) => `'${word}'`;
  const lines = [
    'cd /work',
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...runs.flatMap(({ program, args = [] }) => [
      `/bin/program${program} ${args.map(quoted).join(' ')} < /tmp/in > /tmp/out 2> /tmp/err`,
      'echo "status $?"; cat /tmp/out; echo errors; cat /tmp/err',
    ]),
  ];
  return runGuest({
    kernel,
    options,
    program: ['sh', '/script'],
    maxCycles: 5_000_000_000,
    files: {
      '/script': Buffer.from(lines.join('\n')),
      '/tmp/in': Buffer.from(stdin),
      '/bin/sh': readFileSync(guestFile('bin/sh')),
      '/lib/wasi_snapshot_preview1.wasm': readFileSync(guestFile('wasi')),
      ...Object.fromEntries(programs.map((wasm, i) => [`/bin/program${i}`, wasm])),
      ...Object.fromEntries(
        Object.entries(files).map(([name, text]) => [`/work/${name}`, Buffer.from(text as string)]),
      ),
    },
  });
}

/** What `onKernel` writes when these runs end so. */
export function transcriptOf(outcomes: Outcome[]): string {
  return outcomes.map(({ status, stdout, stderr }) => `status ${status}\n${stdout}errors\n${stderr}`).join('');
}

/** In a process of its own, because a program may close any descriptor. */
export function onNode(wasm: Uint8Array, start: Start = {}): Outcome {
  const { args = [], environment = {}, files = {}, stdin = '' } = start;
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-wasi-'));
  const [root, work, program] = ['root', 'root/work', 'program.wasm'].map((name) => path.join(folder, name));
  try {
    mkdirSync(work as string, { recursive: true });
    for (const [name, contents] of Object.entries(files)) {
      const place = path.join(work as string, name);
      if (name.endsWith('/')) mkdirSync(place, { recursive: true });
      else writeFileSync(place, contents);
    }
    writeFileSync(program as string, wasm);
    const command = ['--no-warnings', NODE_WASI, program, root, work, ...args] as string[];
    const env = { PATH: '/bin', HOME: '/', ...environment };
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { input: stdin, env });
    return { status: status ?? -1, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
