// Compiles the programs of this folder for wasm32-wasi, if clang and wasi-libc are there.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, 'programs');
const PACKAGES = 'clang lld wasi-libc libclang-rt-dev-wasm32 libc++-dev-wasm32';
const ARGUMENTS = ['--target=wasm32-wasi', '-O2', '-Wall', '-Werror'];

/** Why nothing can be compiled; undefined when it can. */
export function missingCompiler(): string | undefined {
  const source = '#include <iostream>\nint main() { std::cout << 1; }\n';
  const arguments_ = [...ARGUMENTS, '-fno-exceptions', '-x', 'c++', '-', '-o', '/dev/null'];
  const { error, status } = spawnSync('clang++', arguments_, { input: source });
  if (!error && status === 0) return undefined;
  return `programs in C and C++ are left out: clang++ cannot compile for wasm32-wasi (Debian: apt-get install ${PACKAGES})`;
}

const modules = new Map<string, Uint8Array>();

/** The module that a source file of the folder becomes; compiled once. Throws with the compiler's messages. */
export function compiled(file: string): Uint8Array {
  let module = modules.get(file);
  if (module === undefined) {
    module = compile(file);
    modules.set(file, module);
  }
  return module;
}

function compile(file: string): Uint8Array {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-wasi-'));
  try {
    const [compiler, ...options] = file.endsWith('.cpp') ? ['clang++', '-fno-exceptions'] : ['clang'];
    const output = path.join(folder, 'program.wasm');
    execFileSync(compiler as string, [...ARGUMENTS, ...options, path.join(FOLDER, file), '-o', output]);
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
