// Programs in C and C++ do on files what they do in Node's own WASI: in the shim, and in a process of each kernel.
import { readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compiled, missingCompiler } from './compile.ts';
import { onKernel, onNode, onShim, type Start, transcriptOf } from './runs.ts';

const README = readFileSync(path.resolve(import.meta.dirname, '../../../README.md'), 'utf8');
const TEXT: Start = {
  files: { README: README, numbers: Array.from({ length: 500 }, (_, i) => `${(i * 7919) % 1009} ${i}\n`).join('') },
  stdin: 'one\nthe other\nno end',
};

const KERNELS = [
  { kernel: 'monolith', options: '' },
  { kernel: 'k42', options: 'objects=distributed' },
  { kernel: 'k42', options: 'objects=shared' },
];

/** Arguments of several runs of each program. */
const CASES: [source: string, runs: string[][]][] = [
  ['hello.c', [['you', 'täü', 'who   ever'], []]],
  [
    'grep.c',
    [
      ['the', 'README'],
      ['-n', '^[#A-Z].*[a-z]\\{3,\\}', 'README', 'numbers', 'nothing'],
      ['-cEi', '(the|AND) [^ ]+e', 'README', 'numbers'],
      ['-v', 'other'],
      ['a\\(b'],
    ],
  ],
  ['sort.c', [['README'], ['-nr', 'numbers'], ['-u', 'README', 'README', 'numbers'], ['-r'], ['nothing']]],
  ['walk.c', [['tree']]],
  ['waits.c', [[]]],
  ['words.cpp', [['README', 'numbers'], ['README', 'nothing'], []]],
];

const missing = missingCompiler();

if (missing !== undefined) {
  it(missing, () => {
    writeSync(2, `${missing}\n`);
  });
} else {
  describe('C and C++', () => {
    it.each(CASES)('%s', (source, runs) => {
      const wasm = compiled(source);
      const starts = runs.map((args) => ({ ...TEXT, args, environment: { GREETING: 'Good day' } }));
      const expected = transcriptOf(starts.map((start) => onNode(wasm, start)));
      expect(transcriptOf(starts.map((start) => onShim(wasm, start)))).toBe(expected);
      // The program's first argument is its path there, which none of these tells.
      const calls = runs.map((args) => ({ program: 0, args }));
      for (const kernel of KERNELS) {
        const { output, errors, outcome, log } = onKernel(kernel, [wasm], calls, starts[0]);
        const ended = { kernel, output, errors, log, reason: outcome.reason };
        expect(ended).toEqual({ kernel, output: expected, errors: '', log: [], reason: 'exited' });
      }
    });

    it('sort.c -o writes a file', () => {
      const { status, world } = onShim(compiled('sort.c'), { ...TEXT, args: ['-o', 'sorted', 'README'] });
      expect(status).toBe(0);
      const lines = README.replace(/\n$/, '')
        .split('\n')
        .map((line) => Buffer.from(line));
      const sorted = lines.sort(Buffer.compare).map((line) => `${line}\n`);
      expect(world.files.read('/work/sorted').toString()).toBe(sorted.join(''));
    });
  });
}
