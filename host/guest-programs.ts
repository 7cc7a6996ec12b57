// The guest programs that come with Manycore (`guest/programs`, compiled into `dist/guest`), and how they are driven.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from './cli/exit-codes.ts';
import { CommandFailure } from './cli/failure.ts';
import { readHostFile } from './module-file.ts';

/**
 * A program exports `run(n)`, which does `n` units of work and returns a checksum, and, where it needs one, `setup()`,
 * which is called once before.
 */
export interface GuestProgram {
  name: string;
  title: string;
  bytes: Uint8Array;
}

/** The seven that the benchmark and the demonstration run, in the order in which cores take them. */
const BENCH_PROGRAMS = [
  ['crc32', 'CRC-32 by table'],
  ['quicksort', 'recursive quicksort'],
  ['matmul32', 'matrix product 32 x 32'],
  ['matmul64', 'matrix product 64 x 64'],
  ['hashtable', 'hash table'],
  ['fibonacci', 'recursive Fibonacci'],
  ['interpreter', 'bytecode interpreter'],
] as const;

export function benchPrograms(): GuestProgram[] {
  return BENCH_PROGRAMS.map(([name, title]) => ({ name, title, bytes: readHostFile(guestFile(name)) }));
}

/** The compiled file of a shipped program, from wherever this code runs: the bundle, one of its chunks, or the sources. */
export function guestFile(name: string): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  for (const folder of ['guest', '../guest', '../dist/guest']) {
    const file = path.join(here, folder, `${name}.wasm`);
    if (existsSync(file)) return file;
  }
  throw new CommandFailure(EXIT.file, `the guest program ${name} is not built`, { hint: 'run: npm run build' });
}

/** The folder of all compiled guests. */
export function guestFolder(): string {
  return path.dirname(guestFile('hello'));
}

/** The built command line, to be run in a process of its own. */
export function cliScript(): string {
  const script = path.join(guestFolder(), '..', 'cli.js');
  if (existsSync(script)) return script;
  throw new CommandFailure(EXIT.file, 'the command line is not built', { hint: 'run: npm run build' });
}
