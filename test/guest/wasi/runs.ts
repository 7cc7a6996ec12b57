// Runs a WASI program in the shim, and in Node's own WASI as the reference: the same arguments and files, "/" and "." as preopened directories.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WASI } from 'node:wasi';
import { type Outcome, World } from '../posix/world.ts';

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

/** `left` is told the folder that was /work, when the program has ended. */
export function onNode(wasm: Uint8Array, start: Start = {}, left?: (folder: string) => void): Outcome {
  const { args = [], environment = {}, files = {}, stdin = '' } = start;
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-wasi-'));
  const work = path.join(folder, 'root/work');
  mkdirSync(work, { recursive: true });
  for (const [name, contents] of Object.entries(files)) {
    if (name.endsWith('/')) mkdirSync(path.join(work, name), { recursive: true });
    else writeFileSync(path.join(work, name), contents);
  }
  const streams = ['stdin', 'stdout', 'stderr'].map((name) => path.join(folder, name)) as [string, string, string];
  writeFileSync(streams[0], stdin);
  const fds = streams.map((name, i) => openSync(name, i === 0 ? 'r' : 'a')) as [number, number, number];
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: ['program', ...args],
      env: { PATH: '/bin', HOME: '/', ...environment },
      preopens: { '/': path.join(folder, 'root'), '.': work },
      stdin: fds[0],
      stdout: fds[1],
      stderr: fds[2],
      returnOnExit: true,
    });
    const imports = wasi.getImportObject() as WebAssembly.Imports;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource), imports);
    const status = wasi.start(instance) as unknown as number;
    left?.(work);
    return { status, stdout: readFileSync(streams[1]), stderr: readFileSync(streams[2]) };
  } finally {
    for (const fd of fds) closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}
