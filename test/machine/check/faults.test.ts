// The audit is checked: machines with one fault each, in a port or in machine memory, every one of which it must find and name.
import { describe, expect, it } from 'vitest';
import { type CoreArrays, FILTERS, guestLineOf } from '../../../machine/check/core-arrays.ts';
import type { MachineAudit } from '../../../machine/check/machine-audit.ts';
import { STATE_I, STATE_M, STATE_S } from '../../../machine/coherence/states.ts';
import { type MachineProfile, readProfile, uniform } from '../../../machine/index.ts';
import {
  CACHE_SET_HEAD,
  CORE_PREFETCHED,
  CORE_PREFETCHES,
  CORE_STORE_TIMES,
  CORE_STORES,
  FRAME_BYTES,
  KNOWN_MASK,
  TLB_ENTRY_BYTES,
  TLB_HOST,
  TLB_LINES,
  TLB_PTE,
  TLB_SET_HEAD,
} from '../../../machine/state/layout.ts';
import { Random } from '../../fuzz/random.ts';
import { startCase } from './memory-case.ts';
import { type Place, randomProgram } from './memory-program.ts';

const [READS, WRITES] = FILTERS as [(typeof FILTERS)[0], (typeof FILTERS)[0]];
const CORES = 4;
/** A pause between attempts to find something to break. */
const STEP_CYCLES = 400;
const MOST_STEPS = 100;

type Changes = Partial<Pick<MachineProfile, 'l2' | 'tlb' | 'prefetcher'>>;

function profileWith(changes: Changes): MachineProfile {
  const { prefetcher: _, ...base } = uniform(CORES);
  return readProfile({
    ...base,
    l1: { sizeBytes: 8 * 64, ways: 2, latencyCycles: 2 },
    l2: { sizeBytes: 32 * 64, ways: 4, latencyCycles: 9, inclusion: 'inclusive' },
    tlb: { entries: 8, ways: 2, addressSpaceIds: true },
    sources: { '*': 'made up' },
    ...changes,
  });
}

function start(changes: Changes = {}) {
  const profile = profileWith(changes);
  const { spaces } = randomProgram(new Random(5, 7), CORES, profile.lineBytes);
  // The same places in every round, of which there are more than anybody waits for.
  const still = (place: Place): Place => ({ ...place, perRound: 0 });
  const program = {
    spaces: spaces.map((operations) =>
      operations.map((operation) => ({
        ...operation,
        at: still(operation.at),
        ...(operation.from && { from: still(operation.from) }),
      })),
    ),
    rounds: 1_000_000,
    isRaceFree: false,
  };
  const { machine } = startCase({ profile, program, windowCycles: 40, leaveSeed: 1 }, { audit: true });
  return { machine, audit: machine.audit as MachineAudit };
}

/** What a fault does to a machine between windows; false when there is nothing yet that it could break. */
type Damage = (arrays: CoreArrays, audit: MachineAudit) => boolean;

function store(audit: MachineAudit, address: number, value: number): true {
  audit.memory.store32(address, value);
  return true;
}

/** The first valid entry of a filter for which `use` does something. */
function inFilter(
  which: typeof READS,
  use: (arrays: CoreArrays, audit: MachineAudit, index: number) => boolean,
): Damage {
  return (arrays, audit) => {
    for (let index = 0; index < 1024; index++)
      if (arrays.filterLine(which, index) >= 0 && use(arrays, audit, index)) return true;
    return false;
  };
}

/** The way of the L1 behind an entry. */
function wayOf(arrays: CoreArrays, which: typeof READS, index: number): number {
  const guest = arrays.filterLine(which, index);
  const entry = arrays.findEntry(guest);
  return arrays.findL1((arrays.load(entry + TLB_PTE) & -FRAME_BYTES) | (guest & (FRAME_BYTES - 1)));
}

/** The first way in use of the L1, or of the L2. */
function inWay(
  level: 'l1' | 'l2',
  use: (arrays: CoreArrays, audit: MachineAudit, way: number, set: number) => boolean,
): Damage {
  return (arrays, audit) => {
    const shape = arrays[level]!;
    for (let number = 0; number < shape.sets; number++) {
      const set = shape.base + number * shape.setBytes;
      for (let way = set + CACHE_SET_HEAD; way < set + CACHE_SET_HEAD + shape.waysBytes; way += 4)
        if (arrays.load(way) !== 0 && use(arrays, audit, way, set)) return true;
    }
    return false;
  };
}

interface Fault {
  readonly name: string;
  readonly changes?: Changes;
  readonly damage: Damage;
  readonly message: RegExp;
}

const EXCLUSIVE: Changes = { l2: { sizeBytes: 32 * 64, ways: 4, latencyCycles: 9, inclusion: 'exclusive' } };

const FAULTS: readonly Fault[] = [
  {
    name: 'a TLB entry is dropped without its filter entries',
    damage: inFilter(READS, (arrays, audit, index) => {
      const entry = arrays.findEntry(arrays.filterLine(READS, index));
      store(audit, entry + TLB_LINES, 0);
      store(audit, entry + TLB_LINES + 4, 0);
      return store(audit, entry, 0);
    }),
    message: /read filter has guest line 0x[0-9a-f]+, whose page is not in the TLB/,
  },
  {
    name: 'a TLB entry forgets a line',
    damage: inFilter(READS, (arrays, audit, index) => {
      const entry = arrays.findEntry(arrays.filterLine(READS, index));
      return store(audit, entry + TLB_LINES, 0) && store(audit, entry + TLB_LINES + 4, 0);
    }),
    message: /read filter has guest line 0x[0-9a-f]+, of which the TLB entry of its page does not know/,
  },
  {
    name: 'a write filter has a line that others share',
    damage: inFilter(READS, (arrays, audit, index) => {
      const way = wayOf(arrays, READS, index);
      if (arrays.stateAt(way) !== STATE_S) return false;
      const from = arrays.filterEntry(READS, index);
      const to = arrays.filterEntry(WRITES, index);
      store(audit, to, arrays.load(from));
      return store(audit, to + 4, arrays.load(from + 4));
    }),
    message:
      /write filter has guest line 0x[0-9a-f]+, whose line is in S in the L1\. Line \d+ \(physical 0x[0-9a-f]+\): core \d/,
  },
  {
    name: 'a filter has the right line at a wrong place',
    damage: inFilter(WRITES, (arrays, audit, index) => {
      const entry = arrays.filterEntry(WRITES, index);
      return store(audit, entry + 4, arrays.load(entry + 4) + 64);
    }),
    message: /write filter has guest line 0x[0-9a-f]+ at host address 0x[0-9a-f]+, which is at 0x/,
  },
  {
    name: 'an L1 way does not know of a filter entry',
    damage: inFilter(READS, (arrays, audit, index) => {
      const way = wayOf(arrays, READS, index);
      return store(audit, arrays.guestAddress(way), arrays.guestWord(way) & ~KNOWN_MASK);
    }),
    message: /filter has guest line 0x[0-9a-f]+, of which the L1 way of its line does not know/,
  },
  {
    name: 'an L1 way knows its line under another address',
    damage: inFilter(READS, (arrays, audit, index) => {
      const way = wayOf(arrays, READS, index);
      return store(audit, arrays.guestAddress(way), arrays.guestWord(way) ^ 0x10000);
    }),
    message: /filter has guest line 0x[0-9a-f]+; the L1 way knows its line as 0x/,
  },
  {
    name: 'an L1 line loses its L2 line',
    damage: inWay('l1', (arrays, audit, way) => {
      const physical = arrays.lineOf(arrays.load(way));
      const set = arrays.setOf(arrays.l2!, physical);
      store(audit, arrays.findL2(physical), 0);
      return store(audit, set + 4, arrays.load(set + 4) + 1);
    }),
    message:
      /core \d when the machine stands still at cycle [\d.]+: its inclusive L2 has not what its L1 has\. Line \d+/,
  },
  {
    name: 'an exclusive L2 has a line of the L1',
    changes: EXCLUSIVE,
    damage: inWay('l1', (arrays, audit, way) => {
      const word = arrays.load(way);
      const first = arrays.setOf(arrays.l2!, arrays.lineOf(word)) + CACHE_SET_HEAD;
      return arrays.load(first) !== 0 && store(audit, first, word);
    }),
    message: /its L1 and its exclusive L2 have the same line/,
  },
  {
    name: 'L1 and L2 have a line in different states',
    damage: inWay('l1', (arrays, audit, way) => {
      const word = arrays.load(way);
      const below = arrays.findL2(arrays.lineOf(word));
      if ((word & 7) !== STATE_S) return false;
      return store(audit, below, (arrays.load(below) & ~7) | STATE_M);
    }),
    message: /its L1 has a line in S, its L2 in M/,
  },
  {
    name: 'one hole too many is counted',
    damage: inWay('l1', (arrays, audit, _way, set) => store(audit, set + 4, arrays.load(set + 4) + 1)),
    message: /set \d+ of its L1: \d+ ways are empty, the FIFO is at way \d+, \d+ holes are counted/,
  },
  {
    name: 'one hole too few is counted',
    damage: inWay('l2', (arrays, audit, _way, set) => {
      const holes = arrays.load(set + 4);
      return holes > 0 && store(audit, set + 4, holes - 1);
    }),
    message: /set \d+ of its L2: \d+ ways are empty, the FIFO is at way \d+, \d+ holes are counted/,
  },
  {
    name: 'a FIFO leaves its set',
    damage: inWay('l2', (_arrays, audit, _way, set) => store(audit, set, 16)),
    message: /set \d+ of its L2: its FIFO is at byte 16 of 16/,
  },
  {
    name: 'a line is twice in a set',
    changes: EXCLUSIVE,
    damage: inWay('l2', (arrays, audit, way, set) => {
      const other = way === set + CACHE_SET_HEAD ? way + 4 : way - 4;
      return arrays.load(other) !== 0 && store(audit, other, arrays.load(way));
    }),
    message: /its L2 has a line in two ways of a set/,
  },
  {
    name: 'a line is in a wrong set',
    changes: EXCLUSIVE,
    damage: inWay('l2', (arrays, audit, way) => store(audit, way, arrays.load(way) + 64)),
    message: /its L2 has a line in a set that it does not belong to/,
  },
  {
    name: 'a way has no state',
    changes: EXCLUSIVE,
    damage: inWay('l2', (arrays, audit, way) => store(audit, way, arrays.load(way) & ~7)),
    message: /a way has the word 0x[0-9a-f]+, which is no line and state/,
  },
  {
    name: 'a line gets lost',
    changes: EXCLUSIVE,
    damage: inWay('l2', (arrays, audit, way, set) => {
      store(audit, way, 0);
      return store(audit, set + 4, arrays.load(set + 4) + 1);
    }),
    message:
      /coherence is violated on line \d+ when the machine stands still at cycle [\d.]+: the presence map and the caches of core \d differ/,
  },
  {
    name: 'a line appears that nobody has asked for',
    changes: EXCLUSIVE,
    damage: inWay('l2', (arrays, audit, way) => {
      const word = arrays.load(way) ^ 0x80000;
      return store(audit, way, word);
    }),
    message: /it has a line of which coherence does not know/,
  },
  {
    name: 'a TLB entry has another frame than the page tables',
    damage: inFilter(READS, (arrays, audit, index) => {
      const entry = arrays.findEntry(arrays.filterLine(READS, index));
      store(audit, entry + TLB_PTE, arrays.load(entry + TLB_PTE) + FRAME_BYTES);
      return store(audit, entry + TLB_HOST, arrays.load(entry + TLB_HOST) + FRAME_BYTES);
    }),
    message: /of the first level of its TLB: page 0x[0-9a-f]+ has the entry 0x[0-9a-f]+, the page tables say 0x/,
  },
  {
    name: 'a TLB entry has a wrong host address',
    damage: inFilter(READS, (arrays, audit, index) => {
      const entry = arrays.findEntry(arrays.filterLine(READS, index));
      return store(audit, entry + TLB_HOST, arrays.load(entry + TLB_HOST) + 64);
    }),
    message: /page 0x[0-9a-f]+ is at 0x[0-9a-f]+, its frame at 0x/,
  },
  {
    name: 'a page is twice in the TLB',
    damage: inFilter(READS, (arrays, audit, index) => {
      const guest = arrays.filterLine(READS, index);
      const entry = arrays.findEntry(guest);
      const first = arrays.tlbSetOf(guest >>> 12) + TLB_SET_HEAD;
      const other = entry === first ? first + TLB_ENTRY_BYTES : first;
      return arrays.load(other) !== 0 && store(audit, other, arrays.load(entry));
    }),
    message: /of the first level of its TLB: page 0x[0-9a-f]+ is in it twice/,
  },
  {
    name: 'prefetches are counted wrong',
    damage: (arrays, audit) => store(audit, arrays.record + CORE_PREFETCHES, arrays.field(CORE_PREFETCHES) + 1),
    message: /it counts \d+ prefetch slots in use, \d+ are/,
  },
  {
    name: 'a line is awaited twice',
    damage: (arrays, audit) => {
      const slots = arrays.field(CORE_PREFETCHED);
      store(audit, slots, 65);
      store(audit, slots + 16, 65);
      return store(audit, arrays.record + CORE_PREFETCHES, 2);
    },
    message: /it awaits one line in two prefetch slots/,
  },
  {
    name: 'a store is done later than the last one',
    damage: (arrays, audit) => {
      if (arrays.field(CORE_STORES) === 0) return false;
      audit.memory.f64[arrays.field(CORE_STORE_TIMES) >>> 3] = 1e12;
      return true;
    },
    message:
      /(its store buffer is done before the one ahead of it|a store in its buffer is done after all of them are)/,
  },
];

/** Runs until the damage can be done on some core, and does it. */
function breakMachine(changes: Changes | undefined, damage: Damage) {
  const { machine, audit } = start(changes);
  for (let step = 0; step < MOST_STEPS; step++) {
    expect(machine.run({ maxCycles: STEP_CYCLES }).reason).toBe('cycle-limit');
    if (audit.cores.some((arrays) => damage(arrays, audit))) return machine;
  }
  throw new Error('there was nothing to break');
}

describe('in machine memory', () => {
  it.each(FAULTS)('finds that $name', ({ changes, damage, message }) => {
    const machine = breakMachine(changes, damage);
    expect(() => machine.audit?.everything(8 * machine.time)).toThrow(message);
    // It need not be looked for either: whenever a run ends, everything is checked.
    const again = breakMachine(changes, damage);
    expect(() => again.run({ maxCycles: 0 })).toThrow(message);
  });
});

describe('in the port to the private caches', () => {
  it.each([
    { name: 'no invalidation arrives', isMissed: (state: number) => state === STATE_I },
    { name: 'no downgrade arrives', isMissed: (state: number) => state !== STATE_I },
    { name: 'lines are invalidated in place of downgrades', isMissed: () => false, instead: STATE_I },
    { name: 'lines are downgraded in place of invalidations', isMissed: () => false, instead: STATE_S },
  ])('finds that $name', ({ isMissed, instead }) => {
    const { machine, audit } = start();
    const { caches } = audit;
    const { setState } = caches;
    caches.setState = (core, line, state) => {
      if (!isMissed(state)) setState.call(caches, core, line, instead ?? state);
    };
    expect(() => machine.run({ maxCycles: MOST_STEPS * STEP_CYCLES })).toThrow(
      /^(coherence is violated on line|core \d after|core \d before).*(GetS|GetM|Upgrade|eviction).* at cycle \d/,
    );
  });

  it('finds a filter entry that outlives an invalidation', () => {
    const { machine, audit } = start();
    const { caches } = audit;
    const { setState } = caches;
    caches.setState = (core, line, state) => {
      const arrays = audit.cores[core] as CoreArrays;
      const way = arrays.findL1(line << arrays.lineShift);
      const index = way === 0 ? 0 : arrays.filterIndex(guestLineOf(arrays.guestWord(way)));
      const entry = arrays.filterEntry(READS, index);
      const [tag, host] = [arrays.load(entry), arrays.load(entry + 4)];
      setState.call(caches, core, line, state);
      if (state !== STATE_I) return;
      audit.memory.store32(entry, tag);
      audit.memory.store32(entry + 4, host);
    };
    expect(() => machine.run({ maxCycles: MOST_STEPS * STEP_CYCLES })).toThrow(
      /^core \d .*: its read filter has guest line 0x[0-9a-f]+, whose line is not in the L1/,
    );
  });
});

it('finds nothing in the machines that are broken here', () => {
  for (const changes of [{}, EXCLUSIVE]) {
    const { machine } = start(changes);
    expect(machine.run({ maxCycles: 50_000 }).reason).toBe('cycle-limit');
  }
});
