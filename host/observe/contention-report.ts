// The contention report: which lines bounce between cores, which bytes each core touches, and from where in the guest.
import {
  type ContendedLine,
  type Contention,
  type CoreShare,
  type ObservedMachine,
  TICKS_PER_CYCLE,
} from '../../machine/index.ts';
import type { Cell, Column, Table } from '../table.ts';
import { coreList } from './core-list.ts';
import type { DataSymbols } from './data-symbols.ts';
import type { GuestSites } from './guest-sites.ts';

export interface ContentionTexts {
  readonly machine: ObservedMachine;
  /** The machine and the digest as tables name them. */
  readonly machineText: string;
  readonly digest: string;
  readonly sites: GuestSites;
  /** Undefined where the guest's data has no names. */
  readonly symbols: DataSymbols | undefined;
  /** How many lines; all if undefined. */
  readonly lines?: number;
}

const COLUMNS: readonly Column[] = [
  { name: 'line', unit: '' },
  { name: 'data', unit: '' },
  { name: 'sharing', unit: '' },
  { name: 'transfers', unit: '' },
  { name: 'share', unit: '%' },
  { name: 'average', unit: 'cycles' },
  { name: 'invalidations', unit: '' },
  { name: 'cores', unit: '' },
  { name: 'most from', unit: '' },
];

/** One row a line, most transfers first. */
export function contentionTable(contention: Contention, texts: ContentionTexts): Table {
  const lines = contention.lines();
  const all = lines.reduce((sum, { transfers }) => sum + transfers, 0) + contention.untracked;
  const rows = lines.slice(0, texts.lines).map((line): Cell[] => {
    const site = line.sites.map((share) => siteText(share.site, texts)).find((text) => text !== undefined);
    return [
      placeOf(line, texts),
      dataName(line, texts) ?? null,
      line.sharing,
      line.transfers,
      (100 * line.transfers) / all,
      line.ticks / line.transfers / TICKS_PER_CYCLE,
      line.invalidations,
      coreList(line.cores.map(({ core }) => core)),
      site ?? null,
    ];
  });
  const { machineText: machine, digest } = texts;
  return { title: 'lines that move between cores', machine, digest, columns: [...COLUMNS], rows };
}

const MOST_SITES = 8;
const MOST_PAIRS = 8;

/** What stands behind each row: bytes by core, the busiest pairs of cores, the instructions. */
export function contentionDetails(contention: Contention, texts: ContentionTexts): string {
  const blocks = contention
    .lines()
    .slice(0, texts.lines)
    .map((line) => detailsOf(line, texts));
  const { untracked } = contention;
  if (untracked > 0) blocks.push(`${untracked} transfers are of lines that are not listed: too many lines move.\n`);
  return blocks.join('\n');
}

function detailsOf(line: ContendedLine, texts: ContentionTexts): string {
  const name = dataName(line, texts);
  const cycles = line.ticks / line.transfers / TICKS_PER_CYCLE;
  const out = [
    `line ${placeOf(line, texts)}${name === undefined ? '' : `, ${name}`}: ${line.transfers} transfers of ${cycles.toFixed(0)} cycles on average, ${explain(line)}`,
  ];
  for (const share of line.cores) out.push(`  core ${share.core}: ${touches(share)}`);
  for (const { from, to, transfers, sameBytes } of line.pairs.slice(0, MOST_PAIRS)) {
    out.push(
      `  from core ${from} to core ${to}: ${transfers} transfers, ${sameBytes ? 'the same bytes' : 'different bytes'}`,
    );
  }
  if (line.pairs.length > MOST_PAIRS) out.push(`  and ${line.pairs.length - MOST_PAIRS} more pairs of cores`);
  for (const { core, site, write, transactions, ticks } of line.sites.slice(0, MOST_SITES)) {
    const where = siteText(site, texts) ?? 'no instruction (page walk or prefetch)';
    const average = (ticks / transactions / TICKS_PER_CYCLE).toFixed(0);
    out.push(`  ${where}: core ${core} ${write ? 'writes' : 'reads'} ${transactions} times, ${average} cycles each`);
  }
  if (line.sites.length > MOST_SITES) out.push(`  and ${line.sites.length - MOST_SITES} more places`);
  return `${out.join('\n')}\n`;
}

function explain({ sharing }: ContendedLine): string {
  switch (sharing) {
    case 'true':
      return 'true sharing: the cores touch the same bytes';
    case 'false':
      return 'false sharing: each core touches bytes of its own, which only lie in one line';
    case 'both':
      return 'true sharing between some cores, false sharing between others';
  }
}

function touches({ reads, writes, readBytes, writtenBytes }: CoreShare): string {
  const ranges = (bytes: CoreShare['readBytes']) => bytes.map(({ start, end }) => `${start}-${end - 1}`).join(', ');
  const parts = [];
  if (reads > 0) parts.push(`reads bytes ${ranges(readBytes)} (${reads} times)`);
  if (writes > 0) parts.push(`writes bytes ${ranges(writtenBytes)} (${writes} times)`);
  return parts.join(', ');
}

/** The virtual address, or the physical one where there is none. */
function placeOf({ line, address }: ContendedLine, { machine }: ContentionTexts): string {
  return address >= 0 ? `0x${address.toString(16)}` : `physical 0x${(line * machine.profile.lineBytes).toString(16)}`;
}

function dataName(line: ContendedLine, { symbols }: ContentionTexts): string | undefined {
  if (line.labels.length > 0) return line.labels.join(', ');
  const first = Math.min(
    ...line.cores.flatMap(({ readBytes, writtenBytes }) => [...readBytes, ...writtenBytes]).map(({ start }) => start),
  );
  return line.address < 0 || !Number.isFinite(first) ? undefined : symbols?.nearest(line.address + first);
}

function siteText(site: number, { machine, sites }: ContentionTexts): string | undefined {
  const place = machine.site(site);
  return place === undefined ? undefined : sites.text(place);
}
