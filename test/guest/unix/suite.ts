// What every kernel that provides posix is tried by, from outside: what programs find on it, on machines of several sizes and with the kernel's options.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { guestFile } from '../../../host/guest-programs.ts';
import { type GuestRun, type GuestSetting, runGuest, suiteProgram } from './boot.ts';
import { Typist } from './typist.ts';

export interface Suite {
  readonly kernel: string;
  /** The kernel's options, each of which a program is run with. */
  readonly options: readonly string[];
  /** Parts of programs/suite.assembly.ts, each with a number of cores and an option; '' is the default. */
  readonly parts: readonly (readonly [part: string, cores: number, option: string])[];
  /** Numbers of cores, each with an option, with which programs take all memory that there is. */
  readonly shortages: readonly (readonly [cores: number, option: string])[];
}

async function runSuite(words: readonly string[], setting: Omit<GuestSetting, 'program'>): Promise<GuestRun> {
  const run = runGuest({ ...setting, program: ['suite', ...words], files: { '/bin/suite': await suiteProgram() } });
  if (run.outcome.exitCode !== 0) {
    const { reason, exitCode, trap, message } = run.outcome;
    throw new Error(`${words}: ${reason} ${exitCode} ${trap ?? message ?? ''}\n${run.errors}${run.log.join('\n')}`);
  }
  expect(run.output).toContain(`${words[0]} works\n`);
  return run;
}

export function describeUnix({ kernel, options, parts, shortages }: Suite): void {
  describe(`a Unix on ${kernel}`, () => {
    it.each(options)('runs a program on 1 and 4 cores, with %s', (option) => {
      for (const cores of [1, 4]) {
        const run = runGuest({ kernel, cores, options: option, program: ['echo', 'two words', 'ü'] });
        expect(run.output).toBe('two words ü\n');
        expect(run.outcome).toMatchObject({ reason: 'exited', exitCode: 0 });
      }
    });

    it('gives the first process its input, and its exit status to the machine', () => {
      const run = runGuest({ kernel, program: ['cat', '-', '/none'], input: 'from the console' });
      expect(run.output).toBe('from the console');
      expect(run.errors).toContain('/none');
      expect(run.outcome.exitCode).toBe(1);
    });

    it.each([16385, 65536])('refuses a program that wants %i pages of memory', (pages) => {
      const size = [pages & 127, (pages >> 7) & 127, pages >> 14].map((bits, i) => (i < 2 ? bits | 128 : bits));
      // (module (memory PAGES) (func (export "main") (result i32) i32.const 0))
      const words = [
        [0, 97, 115, 109, 1, 0, 0, 0],
        [1, 5, 1, 96, 0, 1, 127],
        [3, 2, 1, 0],
        [5, 5, 1, 0, ...size],
      ];
      words.push([7, 8, 1, 4, 109, 97, 105, 110, 0, 0], [10, 6, 1, 4, 0, 65, 0, 11]);
      const run = runGuest({ kernel, program: ['vast'], files: { '/bin/vast': Uint8Array.from(words.flat()) } });
      expect(run.outcome).toMatchObject({ reason: 'exited', exitCode: 126 });
    });

    it('gives programs the files that the machine was booted with', () => {
      const text = new Uint8Array(100_000).map((_, i) => (i % 50 === 49 ? 10 : 97 + (i % 26)));
      const run = runGuest({ kernel, program: ['wc', '/data/text'], files: { '/data/text': text }, cores: 2 });
      expect(run.output.trim().split(/\s+/)).toEqual(['2000', '2000', '100000', '/data/text']);
    });

    it('gives files that were asked for to the people outside when it ends', () => {
      const text = new Uint8Array(10_000).map((_, i) => i % 251);
      const run = runGuest({
        kernel,
        options: 'export=/data/a%20file export=/none export=/empty',
        program: ['echo'],
        files: { '/data/a file': text, '/empty': new Uint8Array() },
      });
      expect([...run.saved.keys()]).toEqual(['/data/a file', '/empty']);
      expect(Buffer.from(run.saved.get('/data/a file') as Uint8Array).equals(Buffer.from(text))).toBe(true);
      expect(run.saved.get('/empty')).toHaveLength(0);
    });

    it.each(parts)('provides %s on %i cores %s', async (name, cores, option) => {
      await runSuite([name], { kernel, cores, options: option });
    });

    it('runs to the cycle as it does with each access checked', async () => {
      const runs = [];
      for (const mode of ['fast', 'checked'] as const)
        runs.push(await runSuite(['signals'], { kernel, cores: 3, mode }));
      expect(runs[0]?.machine.digest()).toBe(runs[1]?.machine.digest());
    });

    it('stays with 10,000 random system calls', async () => {
      await runSuite(['fuzz', '1', '10000'], { kernel, cores: 4, maxCycles: 3_000_000_000 });
    });

    it.each(shortages)(
      'survives what programs should not do on %i cores %s, and gets all frames back',
      async (cores, option) => {
        const setting = { kernel, cores, options: option, ramBytes: 16 << 20, maxCycles: 3_000_000_000 };
        const free = [];
        for (const rounds of ['1', '2']) {
          const run = await runSuite(['isolation', rounds], setting);
          expect(run.errors).toContain('suite: process 4: call stack exhausted\n');
          free.push(run.reports.get('kernel.frames.free') as number);
        }
        // What one round leaves behind are the kernel's pools of objects, which later rounds use again. A round that lost one frame of each process
        // would lose hundreds.
        expect((free[0] as number) - (free[1] as number)).toBeLessThan(50);
      },
    );
  });

  describeTerminal(kernel);
}

/** The console as a terminal: what is typed is echoed and edited, and control characters do what they do on a Unix. */
function describeTerminal(kernel: string): void {
  describe(`on ${kernel} a program that reads lines`, () => {
    let typist: Typist;
    beforeEach(() => {
      typist = new Typist({ kernel, program: ['cat'] });
      typist.type('');
    });

    it('gets them when they are complete, as they are after editing', () => {
      expect(typist.type('ab')).toBe('ab');
      expect(typist.type('\x7fc')).toBe('\b \bc');
      expect(typist.type('\r')).toBe('\nac\n');
      expect(typist.type('gone\x15here\n')).toBe(`gone${'\b \b'.repeat(4)}here\nhere\n`);
      expect(typist.type('é\x7f\n')).toBe('é\b \b\n\n');
      expect(typist.type('\x7f')).toBe('');
    });

    it('gets a part of a line by Ctrl-D, and by another one the end', () => {
      expect(typist.type('abc\x04')).toBe('abcabc');
      expect(typist.exitCode).toBeUndefined();
      typist.type('\x04');
      expect(typist.exitCode).toBe(0);
    });

    it('is ended by Ctrl-C', () => {
      expect(typist.type('abc\x03')).toBe('abc^C\n');
      expect(typist.exitCode).toBe(130);
    });

    it('gets no more than the line that fits', () => {
      const long = 'x'.repeat(5000);
      expect(typist.type(long)).toBe('x'.repeat(2047));
      expect(typist.type('\n').trim()).toBe('x'.repeat(2047));
    });
  });

  describe(`the shell on ${kernel}`, () => {
    it('goes on when what it runs is ended by Ctrl-C', () => {
      const files = Object.fromEntries(
        ['sh', 'true'].map((name) => [`/bin/${name}`, readFileSync(guestFile(`bin/${name}`))]),
      );
      const typist = new Typist({ kernel, program: ['sh'], files });
      typist.type('');
      expect(typist.type('echo $((6 * 7))\n')).toContain('42\n');
      expect(typist.type('while true; do :; done\n')).not.toContain('^C');
      typist.type('\x03');
      expect(typist.type('cat\n')).toContain('cat\n');
      expect(typist.type('\x03')).toContain('^C\n');
      expect(typist.type('echo status $?\n')).toContain('status 130\n');
      typist.type('exit 7\n');
      expect(typist.exitCode).toBe(7);
    });
  });
}
