// The one list of counters: names, units, meaning. Every counter belongs to a kind of thing, of which a machine has some: its cores, the
// directions of its links, and so on.

/** Kinds of things that count. */
export type CounterScope = 'core' | 'sharedCache' | 'link' | 'bus' | 'directory' | 'memory' | 'protocol';

export type CounterUnit = 'cycles' | 'instructions' | 'accesses' | 'lines' | 'bytes' | 'messages' | 'events';

export interface CounterDefinition {
  readonly unit: CounterUnit;
  readonly description: string;
}

const CORE = {
  cycles: { unit: 'cycles', description: "the core's own time" },
  instructions: { unit: 'instructions', description: 'instructions that cost anything' },
  accesses: { unit: 'accesses', description: 'loads, stores and atomic operations' },
  l1ReadMisses: { unit: 'accesses', description: 'reads of lines that the L1 did not have' },
  l1WriteMisses: { unit: 'accesses', description: 'writes to lines that the L1 did not have' },
  l2Hits: { unit: 'accesses', description: 'L1 misses that the L2 answered' },
  l2Misses: { unit: 'accesses', description: 'L1 misses that the L2 did not answer' },
  tlbMisses: { unit: 'accesses', description: 'translations that the first level of the TLB did not have' },
  pageWalks: { unit: 'events', description: 'translations that the page tables were read for' },
  stallCycles: {
    unit: 'cycles',
    description: 'waiting for lines that the private caches did not have, or not to write',
  },
  sharedHits: { unit: 'lines', description: "lines that came from the group's shared cache" },
  sharedMisses: { unit: 'lines', description: 'lines that came from elsewhere, where there is a shared cache' },
  memoryFetches: { unit: 'lines', description: 'lines that came from memory' },
  coherenceMisses: {
    unit: 'lines',
    description: "lines that came from another core's private or another group's shared cache",
  },
  upgrades: { unit: 'lines', description: 'requests to write a line of which the core had a copy' },
  invalidations: { unit: 'lines', description: "copies lost to other cores' writes" },
  downgrades: { unit: 'lines', description: "copies that had to be shared for other cores' reads" },
  recalls: { unit: 'lines', description: 'copies lost because the shared cache made room' },
  writeBacks: { unit: 'lines', description: 'modified lines given up to make room' },
  uncached: { unit: 'accesses', description: 'accesses past all caches' },
  traps: { unit: 'events', description: 'traps into the kernel: faults and system calls' },
  interrupts: { unit: 'events', description: 'interrupts taken' },
  ipisSent: { unit: 'events', description: 'interrupts sent to cores' },
  contextSwitches: { unit: 'events', description: 'switches from one context to another' },
  sleeps: { unit: 'events', description: 'times that the core fell asleep: halt, mwait, atomic wait' },
  sleepCycles: { unit: 'cycles', description: 'asleep' },
} as const satisfies Readonly<Record<string, CounterDefinition>>;

const BUSY = { unit: 'cycles', description: 'busy' } as const;

export const COUNTERS = {
  core: CORE,
  sharedCache: {
    hits: { unit: 'lines', description: 'lines that it had for its cores' },
    misses: { unit: 'lines', description: 'lines that its cores got from elsewhere' },
    busyCycles: BUSY,
  },
  link: {
    bytes: { unit: 'bytes', description: 'sent in this direction' },
    messages: { unit: 'messages', description: 'sent in this direction' },
    busyCycles: BUSY,
  },
  bus: { busyCycles: BUSY },
  directory: { busyCycles: BUSY },
  memory: { busyCycles: BUSY },
  protocol: {
    times: { unit: 'events', description: "how often private caches executed this row of the protocol's table" },
  },
} as const satisfies Readonly<Record<CounterScope, Readonly<Record<string, CounterDefinition>>>>;

export type CoreCounterName = keyof typeof CORE;
