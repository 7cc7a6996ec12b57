// The contention report: a row for each line that moves, and what stands behind it.
import { expect, it } from 'vitest';
import { contentionDetails, contentionTable } from '../../../host/observe/contention-report.ts';
import { DataSymbols } from '../../../host/observe/data-symbols.ts';
import { GuestSites } from '../../../host/observe/guest-sites.ts';
import { REQUEST_GET_M } from '../../../machine/coherence/states.ts';
import { Contention, Machine } from '../../../machine/index.ts';
import { site, TableMachine } from '../../machine/observe/observed-machine.ts';
import { assemble } from '../assemble.ts';

const MODULE = `(module (memory 1)
  (global $SIZE i32 (i32.const 64)) (export "SIZE" (global $SIZE))
  (global $queue i32 (i32.const 4160)) (export "queue" (global $queue))
  (global $changes (mut i32) (i32.const 4000)) (export "changes" (global $changes))
  (global (export "__heap_base") i32 (i32.const 4096)))`;

async function symbols(): Promise<DataSymbols> {
  return new DataSymbols(new Machine().load(await assemble(MODULE)).module);
}

/** Cores 0 and 1 write their own words of one line, 1 and 2 the same word of another. */
function contended(): { contention: Contention; machine: TableMachine } {
  const contention = new Contention();
  const machine = new TableMachine('amd-2x2', contention);
  machine.sites.set(1, site('push', 10));
  machine.sites.set(2, site('pop', 20));
  let time = 0;
  const write = (core: number, line: number, offset: number, at: number) => {
    const access = { offset, bytes: 4, address: 64 * line + offset, site: at };
    time = machine.touch(core, line, REQUEST_GET_M, time + 8, access);
  };
  for (let i = 0; i < 4; i++) {
    write(0, 65, 0, 1);
    write(1, 65, 8, 2);
  }
  for (let i = 0; i < 2; i++) {
    write(1, 80, 4, 1);
    write(2, 80, 4, 1);
  }
  return { contention, machine };
}

it('has a row for each line, with its share of all transfers', async () => {
  const { contention, machine } = contended();
  const texts = { machine, machineText: 'amd-2x2', digest: 'd', sites: new GuestSites(), symbols: await symbols() };
  const table = contentionTable(contention, texts);
  expect(table).toMatchObject({ machine: 'amd-2x2', digest: 'd' });
  const column = (name: string) => table.rows.map((row) => row[table.columns.findIndex((one) => one.name === name)]);
  expect(column('line')).toEqual(['0x1040', '0x1400']);
  expect(column('data')).toEqual(['queue', 'queue+964']);
  expect(column('sharing')).toEqual(['false', 'true']);
  expect(column('transfers')).toEqual([7, 3]);
  expect(column('share')).toEqual([70, 30]);
  expect(column('cores')).toEqual(['0-1', '1-2']);
  expect(column('most from')).toEqual(['pop (offset 0x14)', 'push (offset 0xa)']);
  expect(contentionTable(contention, { ...texts, lines: 1 }).rows.length).toBe(1);
});

it('tells bytes by core, pairs of cores and places in the guest', () => {
  const { contention, machine } = contended();
  const text = contentionDetails(contention, {
    machine,
    machineText: '',
    digest: '',
    sites: new GuestSites(),
    symbols: undefined,
  });
  const cycles = text.match(/\d+ cycles each/g)?.length;
  expect(cycles).toBe(4);
  expect(text.replaceAll(/\d+ cycles/g, 'N cycles')).toBe(
    `line 0x1040: 7 transfers of N cycles on average, false sharing: each core touches bytes of its own, which only lie in one line
  core 0: writes bytes 0-3 (3 times)
  core 1: writes bytes 8-11 (4 times)
  from core 0 to core 1: 4 transfers, different bytes
  from core 1 to core 0: 3 transfers, different bytes
  pop (offset 0x14): core 1 writes 4 times, N cycles each
  push (offset 0xa): core 0 writes 3 times, N cycles each

line 0x1400: 3 transfers of N cycles on average, true sharing: the cores touch the same bytes
  core 1: writes bytes 4-7 (1 times)
  core 2: writes bytes 4-7 (2 times)
  from core 1 to core 2: 2 transfers, the same bytes
  from core 2 to core 1: 1 transfers, the same bytes
  push (offset 0xa): core 2 writes 2 times, N cycles each
  push (offset 0xa): core 1 writes 1 times, N cycles each
`,
  );
});

it('shows the physical address of a line that only page walks touch', () => {
  const contention = new Contention();
  const machine = new TableMachine('amd-2x2', contention);
  for (let i = 0; i < 3; i++) machine.touch(i % 2, 3, REQUEST_GET_M, 1000 * i, { bytes: 0 });
  const texts = { machine, machineText: '', digest: '', sites: new GuestSites(), symbols: undefined };
  expect(contentionTable(contention, texts).rows[0]?.slice(0, 2)).toEqual(['physical 0xc0', null]);
  expect(contentionDetails(contention, texts)).toContain('no instruction (page walk or prefetch): core 0 writes');
});

it('takes for symbols what can be an address', async () => {
  const names = await symbols();
  expect([64, 4000, 4159, 4160, 4164, 4160 + 65536].map((address) => names.nearest(address))).toEqual([
    undefined,
    undefined,
    undefined,
    'queue',
    'queue+4',
    undefined,
  ]);
});
