// Which lines bounce between cores, and why: true sharing (the cores touch the same bytes) or false sharing (they touch different
// bytes that happen to lie in one line).
//
// Told from coherence transactions alone. A transfer is a transaction that takes the line from another core's private caches or
// another group's shared cache, or takes other cores' copies away. Lines without any are not followed, and lines
// that are only read are not listed: they settle. What a core does to a line while it keeps it is not seen: of the bytes
// it touches only those that it missed on are known, so sharing that is true only through later hits counts as false.

import { REQUEST_GET_S, REQUEST_UNCACHED_READ, SOURCE_CORE, SOURCE_SHARED } from '../coherence/states.ts';
import { groupOf } from '../profile/topology.ts';
import { Labels } from './labels.ts';
import type { ObservedMachine, Observer, Transaction } from './observer.ts';

export type Sharing = 'true' | 'false' | 'both';

/** A range of bytes in a line, `end` exclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface CoreShare {
  readonly core: number;
  /** Transactions, by what they were for. */
  readonly reads: number;
  readonly writes: number;
  /** Bytes that these touched. */
  readonly readBytes: readonly ByteRange[];
  readonly writtenBytes: readonly ByteRange[];
  /** Time that its transactions took, in ticks. */
  readonly ticks: number;
}

export interface CorePair {
  /** Who lost the line or its right to it, and who got it. */
  readonly from: number;
  readonly to: number;
  readonly transfers: number;
  /** Whether one of them writes bytes that the other touches. */
  readonly sameBytes: boolean;
}

export interface SiteShare {
  readonly core: number;
  /** For ObservedMachine.site; 0 where no instruction made the access. */
  readonly site: number;
  readonly write: boolean;
  readonly transactions: number;
  readonly ticks: number;
}

export interface ContendedLine {
  /** Physical line number. */
  readonly line: number;
  /** Virtual address of the line as the first access had it; -1 where none had one. */
  readonly address: number;
  readonly transfers: number;
  /** Copies that were taken away. */
  readonly invalidations: number;
  /** Time of the transfers in ticks. */
  readonly ticks: number;
  readonly sharing: Sharing;
  /** What the guest has called the bytes that the cores touch in it, in the order of their addresses. */
  readonly labels: readonly string[];
  /** By core. */
  readonly cores: readonly CoreShare[];
  /** Most transfers first, as are sites. */
  readonly pairs: readonly CorePair[];
  readonly sites: readonly SiteShare[];
}

/** Cores are numbered below this. */
const CORES = 128;

/** A set of bytes in a line of at most 128. */
class ByteSet {
  readonly #words = new Uint32Array(4);

  add(offset: number, bytes: number): void {
    const end = Math.min(offset + bytes, 128);
    for (let i = offset; i < end; i++) this.#words[i >> 5] |= 1 << (i & 31);
  }

  has(i: number): boolean {
    return ((this.#words[i >> 5] >>> (i & 31)) & 1) === 1;
  }

  meets(other: ByteSet): boolean {
    return this.#words.some((word, i) => (word & other.#words[i]) !== 0);
  }

  ranges(): ByteRange[] {
    const ranges: ByteRange[] = [];
    for (let i = 0; i < 128; i++) {
      if (!this.has(i)) continue;
      const start = i;
      while (i < 128 && this.has(i)) i++;
      ranges.push({ start, end: i });
    }
    return ranges;
  }
}

class CoreCounts {
  reads = 0;
  writes = 0;
  ticks = 0;
  readonly read = new ByteSet();
  readonly written = new ByteSet();

  meets(other: CoreCounts): boolean {
    const { read, written } = other;
    return this.written.meets(written) || this.written.meets(read) || this.read.meets(written);
  }
}

interface SiteCounts {
  readonly core: number;
  readonly site: number;
  readonly write: boolean;
  transactions: number;
  ticks: number;
}

/** What is known of one line. Maps are read in the order of their keys, never in that of insertion. */
class LineCounts {
  readonly line: number;
  address = -1;
  transfers = 0;
  invalidations = 0;
  ticks = 0;
  /** Who had the last transfer. */
  last = -1;
  readonly cores = new Map<number, CoreCounts>();
  /** By from * 128 + to. */
  readonly pairs = new Map<number, number>();
  /** By site, core and whether it writes. */
  readonly sites = new Map<number, SiteCounts>();

  constructor(line: number) {
    this.line = line;
  }

  core(core: number): CoreCounts {
    let counts = this.cores.get(core);
    if (!counts) {
      counts = new CoreCounts();
      this.cores.set(core, counts);
    }
    return counts;
  }

  writes(core: number): boolean {
    return (this.cores.get(core)?.writes ?? 0) > 0;
  }

  site(core: number, site: number, write: boolean): SiteCounts {
    const key = (site * CORES + core) * 2 + (write ? 1 : 0);
    let counts = this.sites.get(key);
    if (!counts) {
      counts = { core, site, write, transactions: 0, ticks: 0 };
      this.sites.set(key, counts);
    }
    return counts;
  }
}

export class Contention implements Observer {
  readonly #most: number;
  /** By core. */
  #groups: readonly number[] = [];
  readonly #lines = new Map<number, LineCounts>();
  readonly #labels = new Labels();
  #lineBytes = 0;
  #untracked = 0;

  /** `lines`: how many are followed; the first to be transferred are. */
  constructor({ lines = 1 << 16 }: { readonly lines?: number } = {}) {
    this.#most = lines;
  }

  label(_core: number, _time: number, physical: number, bytes: number, name: string): void {
    this.#labels.set(physical, bytes, name);
  }

  attach(machine: ObservedMachine): void {
    this.#lineBytes = machine.profile.lineBytes;
    this.#groups = Array.from({ length: machine.coreCount }, (_, core) => groupOf(machine.profile, core));
  }

  transaction(transaction: Transaction): void {
    const { core, line, source, supplier, invalidations } = transaction;
    const taken = source === SOURCE_CORE && supplier !== core;
    const far = source === SOURCE_SHARED && supplier !== this.#groups[core];
    const transfer = taken || far || invalidations > 0;
    const counts = this.#lines.get(line) ?? (transfer ? this.#follow(line) : undefined);
    if (!counts) return;
    const { request, offset, bytes } = transaction;
    const write = request !== REQUEST_GET_S && request !== REQUEST_UNCACHED_READ;
    const ticks = transaction.end - transaction.start;
    const own = counts.core(core);
    if (write) own.writes++;
    else own.reads++;
    (write ? own.written : own.read).add(offset, bytes);
    own.ticks += ticks;
    const site = counts.site(core, transaction.site, write);
    site.transactions++;
    site.ticks += ticks;
    if (counts.address < 0 && transaction.address >= 0) counts.address = transaction.address - offset;
    if (!transfer) return;
    counts.transfers++;
    counts.ticks += ticks;
    counts.invalidations += invalidations;
    const from = taken ? supplier : counts.last;
    if (from >= 0 && from !== core) {
      const pair = from * CORES + core;
      counts.pairs.set(pair, (counts.pairs.get(pair) ?? 0) + 1);
    }
    counts.last = core;
  }

  #follow(line: number): LineCounts | undefined {
    if (this.#lines.size >= this.#most) {
      this.#untracked++;
      return undefined;
    }
    const counts = new LineCounts(line);
    this.#lines.set(line, counts);
    return counts;
  }

  // --- what can be read ------------------------------------------------------------------------------------------------

  /** Transfers of lines that are not followed, because too many others are. */
  get untracked(): number {
    return this.#untracked;
  }

  /** Lines that move and that somebody writes, most transfers first. */
  lines(): ContendedLine[] {
    const written = [...this.#lines.values()].filter(({ cores }) =>
      [...cores.values()].some(({ writes }) => writes > 0),
    );
    return written
      .map((counts) => report(counts, this.#labelsOf(counts)))
      .sort((a, b) => b.transfers - a.transfers || a.line - b.line);
  }

  #labelsOf({ line, cores }: LineCounts): string[] {
    const touched = [...cores.values()].flatMap(({ read, written }) => [...read.ranges(), ...written.ranges()]);
    const first = line * this.#lineBytes;
    const names = touched.flatMap(({ start, end }) => this.#labels.between(first + start, first + end));
    const places = new Map(names.map(({ start, name }) => [start, name]));
    return [...places].sort(([a], [b]) => a - b).map(([, name]) => name);
  }
}

function report(counts: LineCounts, labels: readonly string[]): ContendedLine {
  const cores = [...counts.cores].sort(([a], [b]) => a - b);
  const pairs = [...counts.pairs].map(([pair, transfers]): CorePair => {
    const from = Math.floor(pair / CORES);
    const to = pair % CORES;
    const sameBytes = counts.cores.get(from)?.meets(counts.core(to)) ?? false;
    return { from, to, transfers, sameBytes };
  });
  const sites = [...counts.sites.values()];
  const { line, address, transfers, invalidations, ticks } = counts;
  return {
    line,
    address,
    transfers,
    invalidations,
    ticks,
    labels,
    sharing: sharingOf(pairs.filter(({ from, to }) => counts.writes(from) || counts.writes(to))),
    cores: cores.map(([core, { reads, writes, read, written, ticks }]) => {
      return { core, reads, writes, readBytes: read.ranges(), writtenBytes: written.ranges(), ticks };
    }),
    pairs: pairs.sort((a, b) => b.transfers - a.transfers || a.from - b.from || a.to - b.to),
    sites: sites.sort(
      (a, b) =>
        b.transactions - a.transactions || a.core - b.core || a.site - b.site || Number(a.write) - Number(b.write),
    ),
  };
}

function sharingOf(pairs: readonly CorePair[]): Sharing {
  const same = pairs.some(({ sameBytes }) => sameBytes);
  return same && pairs.some(({ sameBytes }) => !sameBytes) ? 'both' : same ? 'true' : 'false';
}
