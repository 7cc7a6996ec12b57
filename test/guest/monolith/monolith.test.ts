// The kernel from outside: what programs find on it, on machines of several sizes and with each kind of locks.
import { describe, expect, it } from 'vitest';
import { type MonolithRun, type MonolithSetting, runMonolith, suiteProgram } from './boot.ts';

async function runSuite(words: readonly string[], setting: Partial<MonolithSetting> = {}): Promise<MonolithRun> {
  const run = runMonolith({ program: ['suite', ...words], files: { '/bin/suite': await suiteProgram() }, ...setting });
  if (run.outcome.exitCode !== 0) {
    throw new Error(
      `${words}: ${run.outcome.reason} ${run.outcome.exitCode} ${run.outcome.trap ?? run.outcome.message ?? ''}\n${run.errors}${run.log.join('\n')}`,
    );
  }
  expect(run.output).toContain(`${words[0]} works\n`);
  return run;
}

describe('monolith', () => {
  it.each(['percpu', 'fine', 'big'])('runs a program on 1 and 4 cores, with locks=%s', (locks) => {
    for (const cores of [1, 4]) {
      const run = runMonolith({ cores, options: `locks=${locks}`, program: ['echo', 'two words', 'ü'] });
      expect(run.output).toBe('two words ü\n');
      expect(run.outcome).toMatchObject({ reason: 'exited', exitCode: 0 });
    }
  });

  it('gives the first process its input, and its exit status to the machine', () => {
    const run = runMonolith({ program: ['cat', '-', '/none'], input: 'from the console' });
    expect(run.output).toBe('from the console');
    expect(run.errors).toContain('/none');
    expect(run.outcome.exitCode).toBe(1);
  });

  it('gives programs the files that the machine was booted with', () => {
    const text = new Uint8Array(100_000).map((_, i) => (i % 50 === 49 ? 10 : 97 + (i % 26)));
    const run = runMonolith({ program: ['wc', '/data/text'], files: { '/data/text': text }, cores: 2 });
    expect(run.output.trim().split(/\s+/)).toEqual(['2000', '2000', '100000', '/data/text']);
  });

  it('gives files that were asked for to the people outside when it ends', () => {
    const text = new Uint8Array(10_000).map((_, i) => i % 251);
    const run = runMonolith({
      options: 'export=/data/a%20file export=/none export=/empty',
      program: ['echo'],
      files: { '/data/a file': text, '/empty': new Uint8Array() },
    });
    expect([...run.saved.keys()]).toEqual(['/data/a file', '/empty']);
    expect(Buffer.from(run.saved.get('/data/a file') as Uint8Array).equals(Buffer.from(text))).toBe(true);
    expect(run.saved.get('/empty')).toHaveLength(0);
  });

  it.each([
    ['files', 1, ''],
    ['files', 4, ''],
    ['memory', 4, ''],
    ['memory', 1, 'locks=big'],
    ['processes', 4, ''],
    ['processes', 3, 'locks=fine'],
    ['sharing', 4, ''],
    ['sharing', 3, 'locks=fine'],
    ['signals', 1, ''],
    ['signals', 4, 'locks=big'],
    ['threads', 1, ''],
    ['threads', 4, ''],
    ['threads', 8, 'locks=fine'],
    ['threads', 4, 'locks=big'],
    ['threads', 128, ''],
  ])('provides %s on %i cores %s', async (name, cores, options) => {
    await runSuite([name], { cores, options });
  });

  it('runs to the cycle as it does with each access checked', async () => {
    const runs = [];
    for (const mode of ['fast', 'checked'] as const) runs.push(await runSuite(['signals'], { cores: 3, mode }));
    expect(runs[0]?.machine.digest()).toBe(runs[1]?.machine.digest());
  });

  it('stays with 10,000 random system calls', async () => {
    await runSuite(['fuzz', '1', '10000'], { cores: 4, maxCycles: 3_000_000_000 });
  });

  it('survives what programs should not do, and gets all frames back', async () => {
    const setting = { cores: 2, ramBytes: 32 << 20, maxCycles: 3_000_000_000 };
    const free = [];
    for (const rounds of ['1', '3']) {
      const run = await runSuite(['isolation', rounds], setting);
      expect(run.errors).toContain('suite: process 4: call stack exhausted\n');
      free.push(run.reports.get('kernel.frames.free') as number);
    }
    // What one round leaves behind are the kernel's pools of objects, which later rounds use again. A round that lost one frame of each process
    // would lose hundreds.
    expect((free[0] as number) - (free[1] as number)).toBeLessThan(20);
  });
});
