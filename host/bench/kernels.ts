// Bare-metal guests: page faults, fresh pages, a contended lock, cores that poll. Host time is that of the whole run, with the machine's making
// and the first compilation of its code, so the runs are long.
import { profileNamed } from '../../machine/index.ts';
import type { Parameters } from '../bare/guest.ts';
import { bareGuest } from '../bare/guests.ts';
import { readParameters } from '../bare/parameters.ts';
import { type BareRun, runBare } from '../bare/run.ts';
import type { Table } from '../table.ts';
import { atLeast, atMost, type BenchRow } from './rows.ts';
import { median } from './timing.ts';

async function timed(
  name: string,
  cores: number,
  texts: string[],
): Promise<BareRun & { ms: number; given: Parameters }> {
  const guest = bareGuest(name);
  const setting = { profile: profileNamed(`uniform-${cores}`), cores };
  const given = readParameters(guest, setting, texts);
  const start = performance.now();
  const run = await runBare(guest, setting, given);
  return { ...run, given, ms: performance.now() - start };
}

/** Median host time of runs of a guest; `count` says how often what is counted happened. */
async function rate(
  [name, cores, texts]: [name: string, cores: number, texts: string[]],
  count: (table: Table) => number,
  row: { what: string; unit: string; limit: number },
  repeat: number,
): Promise<BenchRow> {
  const times: number[] = [];
  let counted = 0;
  for (let i = 0; i < repeat; i++) {
    const { ms, table } = await timed(name, cores, texts);
    times.push(ms);
    counted = count(table);
  }
  const ms = median(times);
  const { what, unit, limit } = row;
  return { group: 'kernels', what, value: counted / ms / 1e3, unit, bar: atLeast(limit), machineMs: ms };
}

const FAULTS = 2_000_000;
const PAGES = 2500;
const LINES_IN_PAGE = 64;
const CORES = 24;
const SPIN_CYCLES = 20_000_000;
const ROUNDS = 2000;
const POLLING = 31;

export async function measureKernels(repeat: number): Promise<BenchRow[]> {
  return [
    await rate(
      ['trap', 1, [`operations=${FAULTS}`, 'only=1']],
      () => FAULTS,
      { what: 'page faults to a handler and back', unit: 'million/s', limit: 2 },
      repeat,
    ),
    await rate(
      ['page-touch', CORES, [`counts=${CORES}`, `pages=${PAGES}`]],
      () => CORES * PAGES * LINES_IN_PAGE,
      { what: `${CORES} cores touch ${PAGES} fresh pages each`, unit: 'million lines/s', limit: 4 },
      repeat,
    ),
    await rate(
      ['spin', CORES, [`counts=${CORES}`, `duration=${SPIN_CYCLES}`]],
      (table) => (Number(table.rows[0]?.[2]) * SPIN_CYCLES) / 1000,
      { what: `${CORES} cores on one test-and-test-and-set lock`, unit: 'million acquisitions/s', limit: 1 },
      repeat,
    ),
    await measurePolling(repeat),
  ];
}

/** 31 cores poll while one works, against that one alone. */
async function measurePolling(repeat: number): Promise<BenchRow> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < repeat; i++) {
    const alone = await timed('poll', 1, [`rounds=${ROUNDS}`]);
    const among = await timed('poll', POLLING + 1, [`rounds=${ROUNDS}`]);
    ratios.push(among.ms / alone.ms);
    times.push(among.ms);
  }
  return {
    group: 'kernels',
    what: `${POLLING} polling cores beside one that works`,
    value: median(ratios),
    unit: 'x the one alone',
    bar: atMost(1.3),
    machineMs: median(times),
  };
}
