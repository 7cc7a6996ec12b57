// Every bare-metal guest on small machines: what its table must show whatever the figures are, and the same digest however it is run.
import { describe, expect, it } from 'vitest';
import { BARE_GUESTS, bareGuest } from '../../../host/bare/guests.ts';
import { readParameters } from '../../../host/bare/parameters.ts';
import { type BareRunOptions, runBare } from '../../../host/bare/run.ts';
import { profileNamed } from '../../../machine/index.ts';

/** Less work than by default, where the default takes long. */
const SMALL: Record<string, string[]> = {
  'line-transfer': ['repetitions=3'],
  'shared-update': ['operations=40'],
  counter: ['operations=40'],
  'page-touch': ['pages=60'],
  chase: ['sizes=16K,128K,1M', 'steps=5000'],
  spin: ['duration=100000', 'delay=0'],
  poll: ['rounds=1'],
};

async function run(name: string, machine: string, cores: number, texts: string[] = [], options: BareRunOptions = {}) {
  const guest = bareGuest(name);
  const setting = { profile: profileNamed(machine), cores };
  const { table } = await runBare(
    guest,
    setting,
    readParameters(guest, setting, [...(SMALL[name] ?? []), ...texts]),
    options,
  );
  const column = (of: string) => table.rows.map((row) => row[table.columns.findIndex((c) => c.name === of)] as number);
  return { table, column };
}

/** Each value at least the one before it, within one part in a hundred. */
function expectGrowth(values: number[]): void {
  for (const [i, value] of values.slice(1).entries()) expect(value).toBeGreaterThan((values[i] as number) * 0.99);
}

describe('line-transfer', () => {
  it.each([
    ['uniform-4', 'cas=0'],
    ['uniform-4', 'cas=1'],
    ['amd-2x2', 'cas=0'],
  ])(
    'on %s with %s: a core is nearest to itself, and as far from another as that one from it',
    async (machine, text) => {
      const { table } = await run('line-transfer', machine, 4, [text]);
      const matrix = table.rows.map((row) => row.slice(1) as number[]);
      for (let a = 0; a < 4; a++) {
        for (let b = 0; b < a; b++) {
          const [there, back] = [matrix[a]?.[b] as number, matrix[b]?.[a] as number];
          expect(Math.max(there, back)).toBeLessThan(1.1 * Math.min(there, back));
          expect(Math.min(there, back)).toBeGreaterThan(2 * (matrix[a]?.[a] as number));
        }
      }
    },
  );

  it('takes longer between nodes than within one', async () => {
    const { table } = await run('line-transfer', 'amd-2x2', 4);
    expect(table.rows[0]?.[3]).toBeGreaterThan(table.rows[0]?.[2] as number);
  });
});

describe('urpc', () => {
  it('keeps more than one message on its way, and takes longer over a link', async () => {
    const { table, column } = await run('urpc', 'amd-2x2', 4);
    expect(column('relation')).toEqual(['same-die', 'one-hop']);
    expectGrowth(column('latency'));
    for (const [i, latency] of column('latency').entries()) {
      expect(latency).toBeGreaterThan(0);
      expect((latency * (column('throughput')[i] as number)) / 1000).toBeGreaterThan(1);
    }
    expect(table.columns.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
      'relation ',
      'latency cycles',
      'throughput messages/kcycle',
    ]);
  });

  it('scales its messages with the line', async () => {
    const { column } = await run('urpc', 'ibm-s85', 2);
    expect(column('relation')).toEqual(['non-shared']);
    expect(column('latency')[0]).toBeGreaterThan(0);
  });
});

describe('shared-update', () => {
  it('costs more with more cores and more lines, and the server less than its clients see', async () => {
    const { column } = await run('shared-update', 'uniform-4', 4);
    expect(column('cores')).toEqual([2, 3, 4]);
    expectGrowth(column('SHM1'));
    expectGrowth(column('SHM8'));
    expectGrowth(column('MSG1'));
    for (let row = 0; row < 3; row++) {
      expectGrowth(['SHM1', 'SHM4', 'SHM8'].map((name) => column(name)[row] as number));
      expectGrowth(['Server', 'MSG8'].map((name) => column(name)[row] as number));
    }
  });
});

describe('counter', () => {
  it('is flat where every core has a line of its own, and grows elsewhere', async () => {
    const { column } = await run('counter', 'uniform-4', 4, ['work=300']);
    const padded = column('padded');
    expect(Math.max(...padded)).toBeLessThan(1.01 * Math.min(...padded));
    expect(Math.min(...padded)).toBeGreaterThan(300);
    for (const name of ['lock', 'atomic', 'unpadded']) {
      expectGrowth(column(name));
      expect(column(name)[3]).toBeGreaterThan(padded[3] as number);
    }
    expect(column('lock')[3]).toBeGreaterThan(column('atomic')[3] as number);
  });
});

describe('ipi', () => {
  it('comes later to a halted core, and the interrupted code goes on after the handler', async () => {
    const { column } = await run('ipi', 'uniform-2', 2);
    const { core } = profileNamed('uniform-2');
    expect(column('send')[0]).toBeGreaterThanOrEqual(core.ipiSendCycles);
    expect(column('handler, running')[0]).toBeGreaterThanOrEqual(core.ipiLatencyCycles + core.interruptEntryCycles);
    expect(column('handler, halted')[0]).toBeGreaterThan(column('handler, running')[0] as number);
    expect(column('resumed, running')[0]).toBeGreaterThan(column('handler, running')[0] as number);
    expect(column('resumed, halted')[0]).toBeGreaterThan(column('handler, halted')[0] as number);
  });
});

describe('mwait', () => {
  it('wakes as much later than a poll as the core takes to wake', async () => {
    const { column } = await run('mwait', 'uniform-2', 2);
    const later = (column('mwait')[0] as number) - (column('poll')[0] as number);
    const { mwaitWakeCycles } = profileNamed('uniform-2').core;
    expect(Math.abs(later - mwaitWakeCycles)).toBeLessThan(0.5 * mwaitWakeCycles);
  });
});

describe('trap', () => {
  it('takes at least entry and exit', async () => {
    const { column } = await run('trap', 'uniform-1', 1);
    const { core } = profileNamed('uniform-1');
    expect(column('trap')).toEqual(['system call', 'page fault', 'interrupt to itself']);
    const [call, fault, interrupt] = column('round trip') as [number, number, number];
    expect(call).toBeGreaterThan(core.trapEntryCycles + core.trapExitCycles);
    expect(fault).toBeGreaterThan(core.trapEntryCycles + core.trapExitCycles);
    expect(interrupt).toBeGreaterThan(core.ipiSendCycles + core.ipiLatencyCycles + core.interruptEntryCycles);
  });
});

describe('page-touch', () => {
  it('faults once for each page', async () => {
    const { column } = await run('page-touch', 'uniform-4', 4);
    expect(column('faults')).toEqual([60, 60, 60, 60]);
    for (const [i, page] of column('page').entries()) {
      expect(page / (column('line')[i] as number)).toBeCloseTo(64, 1);
      expect(page).toBeGreaterThan(profileNamed('uniform-4').core.trapEntryCycles);
    }
  });
});

describe('chase', () => {
  it('takes longer for each cache that the region does not fit into', async () => {
    const { column } = await run('chase', 'uniform-1', 1);
    const { l1, l2, memory } = profileNamed('uniform-1');
    const [first, second, third] = column('load') as [number, number, number];
    expect(first).toBeGreaterThanOrEqual(l1.latencyCycles);
    expect(second).toBeGreaterThanOrEqual(l2?.latencyCycles as number);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(0.5 * memory.latencyCycles);
  });
});

describe('spin', () => {
  it('takes longer the more cores want the lock', async () => {
    // In longer windows the order of the cores in them decides who gets the lock.
    const { column } = await run('spin', 'uniform-4', 4, [], { windowCycles: 1 });
    expectGrowth(column('handover'));
    expect(column('throughput')[3]).toBeLessThan(column('throughput')[0] as number);
    for (const [row, most] of column('most').entries()) {
      expect(most).toBeGreaterThanOrEqual(column('fewest')[row] as number);
    }
  });
});

describe('poll', () => {
  it('costs the working core nothing', async () => {
    const alone = await run('poll', 'uniform-4', 1);
    const { column } = await run('poll', 'uniform-4', 4);
    expect(alone.column('polling')).toEqual([0]);
    expect(column('polling')).toEqual([3]);
    expect(column('work')).toEqual(alone.column('work'));
  });
});

describe.each(BARE_GUESTS.map(({ name }) => name))('%s', (name) => {
  const texts =
    name === 'counter' || name === 'shared-update' || name === 'page-touch' || name === 'spin' ? ['counts=4'] : [];

  it('gives one table and one digest, however it is run', async () => {
    const { table } = await run(name, 'uniform-4', 4, texts);
    expect(table.digest).toMatch(/^[0-9a-f]{16}$/);
    for (const options of [{}, { mode: 'checked' }, { parking: false }] as BareRunOptions[]) {
      const again = await run(name, 'uniform-4', 4, texts, options);
      expect({ options, digest: again.table.digest }).toEqual({ options, digest: table.digest });
      expect(again.table.rows).toEqual(table.rows);
    }
  });
});
