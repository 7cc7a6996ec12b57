// Programs for the memory system as data: per address space a list of operations on shared memory, which every core goes through some rounds
// of. Addresses depend on core and round. From such a list a module is made (program-module.ts), and what it must do (program-oracle.ts).
import type { Random } from '../../fuzz/random.ts';

/** base + core * perCore + round * perRound. */
export interface Place {
  readonly base: number;
  readonly perCore: number;
  readonly perRound: number;
}

export const UPDATES = ['add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'] as const;
export type Update = (typeof UPDATES)[number];

/** `bytes` is the size of the access; of copy, fill and the like the length. */
export interface Operation {
  readonly kind:
    | 'load'
    | 'store'
    | 'atomic load'
    | 'atomic store'
    | Update
    /** An atomic addition whose old value nobody looks at. */
    | 'count'
    | 'copy'
    | 'fill'
    | 'line zero'
    | 'prefetch'
    | 'fence'
    | 'pause'
    /** Goes through the operations of the next address space. */
    | 'call';
  readonly bytes: number;
  readonly at: Place;
  readonly from?: Place;
  readonly value: number;
}

export interface Program {
  /** By address space. */
  readonly spaces: readonly (readonly Operation[])[];
  readonly rounds: number;
  /** Cores write what nobody else accesses at the time, but for counters: the outcome does not depend on the order of cores. */
  readonly isRaceFree: boolean;
}

export const MEMORY_PAGES = 4;
const FRAME = 4096;
const NOWHERE: Place = { base: 0, perCore: 0, perRound: 0 };
/** Lines that all cores have a part of; words that all cores count in; pages of which every core has a slice; page borders, one a core; pages
 * that nobody writes. */
const SHARED_LINES = 4;
const COUNTERS = 2048;
const SLICED_PAGES = [
  [1, 12],
  [16, 19],
  [54, 59],
] as const;
const BORDERS = 20;
const CONSTANT_PAGES = [60, 64] as const;
const MOST_ROUNDS = 6;

function powerAbove(n: number): number {
  return 2 ** Math.ceil(Math.log2(n));
}

/** Makes up operations for a machine with so many cores and such lines. */
class Operations {
  readonly #random: Random;
  readonly #cores: number;
  readonly #lineBytes: number;
  readonly #rounds: number;
  readonly #isRaceFree: boolean;
  /** Few pages, so that cores meet. */
  readonly #pages: readonly number[];

  constructor(random: Random, cores: number, lineBytes: number, rounds: number, isRaceFree: boolean) {
    this.#random = random;
    this.#cores = cores;
    this.#lineBytes = lineBytes;
    this.#rounds = rounds;
    this.#isRaceFree = isRaceFree;
    const all = SLICED_PAGES.flatMap(([first, end]) =>
      Array.from({ length: end - first }, (_, i) => ({ page: first + i, left: end - first - i })),
    ).filter(({ left }) => left >= rounds);
    this.#pages = Array.from({ length: 1 + random.below(6) }, () => random.pick(all).page);
  }

  operation(calls: boolean): Operation {
    const random = this.#random;
    const choice = random.below(100);
    if (calls && choice < 8) return this.#plain('call');
    if (choice < 11) return this.#plain(random.pick(['fence', 'pause']));
    if (choice < 16) return { ...this.#plain('prefetch'), at: this.#anywhere(4096 * 70) };
    if (choice < 26) return this.#bulk();
    if (choice < 36 && this.#isRaceFree) return this.#constant();
    if (choice < 42) return this.#count();
    return this.#access();
  }

  #plain(kind: Operation['kind']): Operation {
    return { kind, bytes: 0, at: NOWHERE, value: this.#random.below(1 << 30) };
  }

  #anywhere(end: number): Place {
    const random = this.#random;
    const perCore = random.pick([0, 0, 8, this.#lineBytes, FRAME]);
    const perRound = random.pick([0, 0, 8, this.#lineBytes, FRAME]);
    const most = perCore * (this.#cores - 1) + perRound * (this.#rounds - 1);
    return { base: random.below(end - most), perCore, perRound };
  }

  #access(): Operation {
    const random = this.#random;
    const kind = random.pick([
      ...(['load', 'load', 'load', 'load', 'store', 'store', 'store', 'store'] as const),
      ...(['atomic load', 'atomic store', 'add', 'xchg', 'cmpxchg'] as const),
      random.pick(UPDATES),
    ]);
    const isAtomic = kind !== 'load' && kind !== 'store';
    const bytes = random.pick([1, 2, 4, 4, 8, 8]);
    const operation = { ...this.#plain(kind), bytes };
    const zone = random.below(10);
    const part = this.#lineBytes / powerAbove(this.#cores);
    if (zone < 4 && bytes <= part) return { ...operation, at: this.#sharedLine(bytes, part, isAtomic) };
    if (zone === 9 && !isAtomic && bytes > 1) {
      const base = BORDERS * FRAME - 1 - random.below(bytes - 1);
      return { ...operation, at: this.#loosen({ base, perCore: FRAME, perRound: 0 }) };
    }
    return { ...operation, at: this.#slice(bytes, isAtomic ? bytes : 1) };
  }

  /** Every core's own bytes of a line. */
  #sharedLine(bytes: number, part: number, isAligned: boolean): Place {
    const random = this.#random;
    const offset = random.below(part - bytes + 1);
    const base = random.below(SHARED_LINES) * this.#lineBytes + (isAligned ? offset - (offset % bytes) : offset);
    return this.#loosen({ base, perCore: part, perRound: 0 }, isAligned ? bytes : 1);
  }

  /** Every core's own piece of a page. */
  #slice(bytes: number, alignment: number): Place {
    const random = this.#random;
    const sliceBytes = FRAME / powerAbove(this.#cores);
    const perRound = random.pick([0, 0, 0, FRAME, Math.floor((sliceBytes - bytes) / this.#rounds / 8) * 8]);
    const room = sliceBytes - bytes - (perRound < FRAME ? perRound * (this.#rounds - 1) : 0);
    const near = random.oneIn(2) ? Math.min(room, this.#lineBytes) : room;
    const offset = random.below(near + 1);
    const base = random.pick(this.#pages) * FRAME + offset - (offset % alignment);
    return this.#loosen({ base, perCore: sliceBytes, perRound }, alignment);
  }

  /** Lets cores race where they may. */
  #loosen(place: Place, alignment = 1): Place {
    const random = this.#random;
    if (this.#isRaceFree || random.oneIn(3)) return place;
    return { ...place, perCore: random.pick([0, 0, alignment, 8, this.#lineBytes]) };
  }

  #count(): Operation {
    const bytes = this.#random.pick([4, 8]);
    // Counters of one size do not carry into those of another.
    const base = COUNTERS + 64 * bytes + 8 * this.#random.below(8);
    return { ...this.#plain('count'), bytes, at: { base, perCore: 0, perRound: this.#random.pick([0, 8]) } };
  }

  #constant(): Operation {
    const random = this.#random;
    const base = (CONSTANT_PAGES[0] + random.below(3)) * FRAME + random.below(FRAME);
    const at = { base, perCore: random.pick([0, 8, this.#lineBytes]), perRound: random.pick([0, 8, this.#lineBytes]) };
    return { ...this.#plain('load'), bytes: random.pick([1, 2, 4, 8]), at };
  }

  #bulk(): Operation {
    const random = this.#random;
    const sliceBytes = FRAME / powerAbove(this.#cores);
    const kind = random.pick(['copy', 'copy', 'fill', 'line zero'] as const);
    if (kind === 'line zero') return { ...this.#plain(kind), at: this.#slice(this.#lineBytes, this.#lineBytes) };
    const bytes = random.below(Math.min(sliceBytes, random.oneIn(4) ? 700 : 150) + 1);
    const operation = { ...this.#plain(kind), bytes, at: this.#slice(bytes, 1) };
    return kind === 'copy' ? { ...operation, from: this.#slice(bytes, 1) } : operation;
  }
}

export function randomProgram(random: Random, cores: number, lineBytes: number): Program {
  const isRaceFree = random.oneIn(2);
  const rounds = 1 + random.below(MOST_ROUNDS);
  const operations = new Operations(random, cores, lineBytes, rounds, isRaceFree);
  const spaces = random.pick([1, 1, 2, 3]);
  return {
    spaces: Array.from({ length: spaces }, (_, space) => {
      const length = space === 0 ? random.pick([10, 40, 120]) : 1 + random.below(12);
      return Array.from({ length }, () => operations.operation(space + 1 < spaces));
    }),
    rounds,
    isRaceFree,
  };
}

export function addressAt({ base, perCore, perRound }: Place, core: number, round: number): number {
  return base + core * perCore + round * perRound;
}

function describePlace({ base, perCore, perRound }: Place): string {
  const core = perCore ? ` + core * ${perCore}` : '';
  return `0x${base.toString(16)}${core}${perRound ? ` + round * ${perRound}` : ''}`;
}

export function describeProgram({ spaces, rounds, isRaceFree }: Program): string {
  const lines = spaces.flatMap((operations, space) =>
    operations.map(({ kind, bytes, at, from }) => {
      const source = from ? ` from ${describePlace(from)}` : '';
      return `  space ${space}: ${kind} ${bytes} bytes at ${describePlace(at)}${source}`;
    }),
  );
  return [`${rounds} rounds, ${isRaceFree ? 'race-free' : 'with races'}:`, ...lines].join('\n');
}
