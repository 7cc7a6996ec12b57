// What a command writes of a run: the files that are asked for, in the format that their names say.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { guestFile } from '../../../host/guest-programs.ts';
import { Observation } from '../../../host/observe/observation.ts';
import { addObservationOptions, type ObservationOptions } from '../../../host/observe/options.ts';
import { instantiatePerCore } from '../../../host/per-core.ts';
import { Machine, uniform } from '../../../machine/index.ts';
import { assemble } from '../assemble.ts';
import { runCli } from '../run-cli.ts';

const text = `(module
  (import "env" "memory" (memory 1 1 shared))
  (import "machine" "tally" (func $tally (param i32 i32)))
  (global (export "total") i32 (i32.const 2048))
  (func $add (export "add")
    (local $n i32)
    (loop $again
      (call $tally (i32.const 2048) (i32.const 2))
      (drop (i32.atomic.rmw.add (i32.const 2048) (i32.const 1)))
      (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 500))))))`;

const folder = mkdtempSync(path.join(tmpdir(), 'manycore-'));
const file = (name: string) => path.join(folder, name);

async function observe(options: ObservationOptions): Promise<string[]> {
  const observation = new Observation(options);
  const { observer } = observation;
  const machine = new Machine({ profile: uniform(2), ramBytes: 1 << 22, ...(observer && { observer }) });
  const image = machine.load(await assemble(text));
  observation.addImage(image, 'add.wasm');
  for (const [core, instance] of instantiatePerCore(machine, image).entries()) machine.start(core, instance, 'add');
  machine.run();
  return observation.write(machine, 'two adders', 'uniform-2');
}

const read = (name: string) => readFileSync(file(name), 'utf8');

it('observes nothing unless it is asked to', async () => {
  expect(new Observation({}).observer).toBeUndefined();
  expect(await observe({})).toEqual([]);
});

describe('each report', () => {
  it('is JSON in files that are called so', async () => {
    const names = {
      trace: 'trace.json',
      flameGraph: 'p.json',
      counters: 'c.json',
      contention: 'l.json',
      objects: 'o.json',
    };
    const options = Object.fromEntries(Object.entries(names).map(([report, name]) => [report, file(name)]));
    expect(await observe({ ...options, sampleCycles: 100 })).toEqual(Object.values(names).map(file));
    expect(JSON.parse(read('trace.json')).otherData).toMatchObject({ title: 'two adders', clockMegahertz: 2000 });
    expect(JSON.parse(read('p.json')).profiles.length).toBe(2);
    expect(JSON.parse(read('c.json')).regions.run.values.core['core 1'].instructions).toBeGreaterThan(500);
    const table = JSON.parse(read('l.json'));
    expect(table).toMatchObject({ machine: 'uniform-2', digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(table.rows[0].slice(0, 3)).toEqual(['0x800', 'total', 'true']);
    expect(JSON.parse(read('o.json')).rows).toEqual([
      ['0x800', null, 1000, 100, 100, 1000, 0, 0, '0-1', null, null, false],
    ]);
  });

  it('is text, CSV or folded stacks in others', async () => {
    const options = {
      flameGraph: file('p.folded'),
      counters: file('c.csv'),
      contention: file('l.txt'),
      objects: file('o.csv'),
    };
    await observe({ ...options, sampleCycles: 100 });
    expect(read('p.folded')).toMatch(/^core 0;add \d+$/m);
    expect(read('c.csv')).toMatch(/^run,core,core 0,cycles,cycles,[\d.]+$/m);
    expect(read('l.txt')).toContain('true sharing: the cores touch the same bytes');
    expect(read('o.csv')).toContain('\n0x800,,1000,100,100,1000,0,0,0-1,,,false\n');
    await observe({ counters: file('c.txt') });
    expect(read('c.txt')).toContain('two adders: cores, region run');
  });
});

it('says which file cannot be written', async () => {
  await expect(observe({ trace: path.join(folder, 'nowhere', 'trace.json') })).rejects.toThrow(
    /cannot write .*nowhere/,
  );
});

it('has options for commands', () => {
  const parsed = (argv: string[]) => {
    const command = addObservationOptions(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    return command.parse(argv, { from: 'user' }).opts();
  };
  expect(parsed(['--trace', 't.json', '--sample-cycles', '50'])).toEqual({ trace: 't.json', sampleCycles: 50 });
  expect(() => parsed(['--sample-cycles', '0'])).toThrow('whole number');
});

it('is there for a module on every core', async () => {
  const counters = file('exec.json');
  const argv = ['exec', guestFile('count'), '--cores', '2', '--counters', counters, '--invoke', 'run', '100'];
  const { exitCode, stderr } = await runCli(...argv);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`wrote ${counters}`)]);
  expect(JSON.parse(readFileSync(counters, 'utf8')).regions.run.values.core['core 1'].cycles).toBeGreaterThan(0);
});

it('is there for bare-metal guests', async () => {
  const [trace, contention] = [file('bare.json'), file('bare.txt')];
  const argv = ['bare', 'counter', '--machine', 'amd-2x2', '--trace', trace, '--contention', contention];
  const { exitCode, stderr } = await runCli(...argv);
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`wrote ${contention}`)]);
  const report = readFileSync(contention, 'utf8');
  expect(report).toMatch(/false sharing: each core .*\n {2}core 0: /);
  // The guest's words and the shell's have names.
  for (const row of [/^0x\w+ +unpadded +false /m, /^0x\w+ +guarded +true /m, /^0x\w+ +begun +true /m])
    expect(report).toMatch(row);
  const names = JSON.parse(readFileSync(trace, 'utf8')).traceEvents.map(({ name }: { name: string }) => name);
  expect(names).toEqual(expect.arrayContaining(['GetM', 'run', 'process_name']));
});
