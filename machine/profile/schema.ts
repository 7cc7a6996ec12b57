// The contract of a machine profile: a JSON document with all numbers of one machine. Units stand in the field names; "cycles" are
// cycles of the machine's reference clock, and whole ticks. docs/profiles.md tells what each number means in timing terms. What fields
// must be to each other is in consistency.ts; errors are worded in load.ts.
import * as z from 'zod';
import { TICKS_PER_CYCLE } from '../state/layout.ts';

/** The most cores that a machine has. */
export const MOST_CORES = 128;

/** The version of the document's format that this machine reads. */
export const PROFILE_FORMAT = 1;

const MOST_CYCLES = 1_000_000;

/** From `least` cycles, in whole ticks. The library's own multipleOf lets rounding errors pass. */
const duration = (least: number, what: string) =>
  z
    .number()
    .min(least)
    .max(MOST_CYCLES)
    .multipleOf(1 / TICKS_PER_CYCLE)
    .refine((value) => Number.isInteger(value * TICKS_PER_CYCLE))
    .describe(what);

/** A duration; 0 where the machine does not have the step at all. */
const cycles = (what: string) => duration(0, what);

/** A duration that cannot be zero. */
const latency = (what: string) => duration(1, what);

const count = (most: number, what: string) => z.int().min(1).max(most).describe(what);

const bandwidth = (what: string) => z.number().min(0.001).max(4096).describe(what);

const cacheSize = z
  .int()
  .min(64)
  .max(2 ** 31)
  .describe('capacity in bytes; capacity / (lineBytes * ways) is a power of two');

const cacheWays = count(128, 'lines that may hold the same set');

const link = z.strictObject({
  between: z
    .tuple([z.int().min(0), z.int().min(0)])
    .describe('the two nodes that it connects; each direction has its own bandwidth'),
  latencyCycles: latency('one message from one end to the other'),
  bytesPerCycle: bandwidth('each direction'),
});

const topology = z.strictObject({
  nodes: count(MOST_CORES, 'NUMA nodes; each has a memory controller and the same share of the memory'),
  groupsPerNode: count(MOST_CORES, 'groups of cores in each node'),
  coresPerGroup: count(MOST_CORES, 'cores in each group; they have the shared cache in common where there is one'),
  links: z.array(link).max(1024).describe('point-to-point connections of nodes; messages take a route of fewest links'),
});

const core = z.strictObject({
  instructionCostRatio: z
    .number()
    .min(0.05)
    .max(20)
    .describe('factor on the cost of instructions; 1 is the scalar core of the cost table'),
  speeds: z
    .array(
      z.strictObject({
        cores: z
          .array(
            z
              .int()
              .min(0)
              .max(MOST_CORES - 1),
          )
          .min(1)
          .describe('numbers of the cores that run at this speed'),
        ratio: z.number().min(0.01).max(1).describe('their clock as a part of the reference clock'),
      }),
    )
    .describe('cores that are slower than the reference clock')
    .optional(),
  storeBufferEntries: z
    .int()
    .min(0)
    .max(256)
    .describe('stores that may be outstanding; 0: each store waits until it is done'),
  atomicCycles: cycles(
    'an atomic read-modify-write of a line that the core may write, without draining the store buffer',
  ),
  pauseCycles: latency('the pause of a polling loop'),
  fenceCycles: cycles('a fence when the store buffer is empty'),
  trapEntryCycles: cycles('from a system call or fault to the first instruction of the kernel'),
  trapExitCycles: cycles('from the last instruction of the kernel back to what was interrupted'),
  interruptEntryCycles: cycles('from an interrupt that the core has accepted to the first instruction of the kernel'),
  contextSwitchCycles: cycles('saving one register file and loading another'),
  pageRootCycles: cycles('setting the root of the page tables, without what the TLB then misses'),
  invlpgCycles: cycles('invalidating the TLB entry of one page'),
  tlbFlushCycles: cycles('invalidating the TLB, or one address space in it'),
  ipiSendCycles: cycles('the sender, until it goes on'),
  ipiLatencyCycles: latency('from sending to the moment when the receiving core has the interrupt pending'),
  haltWakeCycles: cycles('a halted core, from the interrupt to the next instruction'),
  mwaitWakeCycles: cycles('from the invalidation of a monitored line to the next instruction'),
  mwaitInUserMode: z.boolean().describe('whether user mode may monitor and wait'),
  lineZeroCycles: cycles('zeroing a line that the core may write'),
});

const tlbLevel = {
  entries: count(65536, 'pages; entries / ways is a power of two'),
  ways: count(128, 'pages that may hold the same set'),
};

const tlb = z.strictObject({
  ...tlbLevel,
  second: z
    .strictObject({ ...tlbLevel, latencyCycles: cycles('a hit in it, in addition to the access') })
    .describe('second level')
    .optional(),
  addressSpaceIds: z
    .boolean()
    .describe('whether entries carry an address-space number, so that a switch flushes nothing'),
});

const l1 = z.strictObject({
  sizeBytes: cacheSize,
  ways: cacheWays,
  latencyCycles: latency('a load that hits, to its use'),
});

const l2 = z.strictObject({
  sizeBytes: cacheSize,
  ways: cacheWays,
  latencyCycles: latency('a load that hits it, from the beginning of the access'),
  inclusion: z.enum(['inclusive', 'exclusive']).describe('whether it holds what the L1 holds too'),
});

const shared = z.strictObject({
  name: z.enum(['L2', 'L3']).describe('what it is called in reports'),
  sizeBytes: cacheSize,
  ways: cacheWays,
  latencyCycles: latency('from the miss of the private caches to the data, when it has them'),
  transferCycles: latency('the same when a private cache of the group has to supply or give up the line'),
  occupancyCycles: cycles('how long one access keeps the cache busy for the others of the group'),
  inclusion: z
    .enum(['inclusive', 'victim'])
    .describe('inclusive: holds every line of the private caches; victim: holds what they have evicted'),
});

const bus = z.strictObject({
  kind: z.literal('bus'),
  arbitrationCycles: latency('from the miss to the address on a free bus; the bus takes no other request meanwhile'),
  snoopCycles: latency(
    'from the address on the bus to the answer of all caches; the bus takes other requests meanwhile',
  ),
  transferCycles: latency('from the snoop answer to the first data when a cache supplies the line'),
  bytesPerCycle: bandwidth('data; the bus is busy for lineBytes / bytesPerCycle with each line'),
});

const nodeFabric = {
  requestCycles: latency('from the miss to the home node, without links'),
  probeCycles: latency('from the home to the answer of the probed caches of a node, without links'),
  responseCycles: latency('from the answer, of a cache or of the memory, back to the core, without links'),
};

const broadcast = z.strictObject({ kind: z.literal('broadcast'), ...nodeFabric });

const directory = z.strictObject({
  kind: z.literal('directory'),
  ...nodeFabric,
  lookupCycles: latency('reading the directory at the home'),
  occupancyCycles: latency(
    'how long the directory is busy with one line; absent: lookupCycles, it is not pipelined',
  ).optional(),
});

const coherence = z.strictObject({
  protocol: z.enum(['MESI', 'MOESI']),
  controlBytes: z
    .int()
    .min(0)
    .max(256)
    .describe('a message without data on a link or bus: request, probe, answer; one with data has lineBytes more'),
  fabric: z.discriminatedUnion('kind', [bus, broadcast, directory]),
});

const memory = z.strictObject({
  latencyCycles: latency('from the request at the controller to the data'),
  bytesPerCycle: bandwidth('each node: the controller is busy for lineBytes / bytesPerCycle with each line'),
});

const prefetcher = z.strictObject({
  streams: count(64, 'sequences of lines that are followed at once'),
  distanceLines: count(64, 'how many lines ahead of the access the fetch goes'),
});

const reference = z.strictObject({
  ppcCycles: latency('local path of a protected procedure call, measured on the machine, for guests that model it'),
  ppcPath: z.enum(['round-trip', 'one-way']).describe('whether the number includes the return'),
});

/** The document. Unknown keys are refused at every level. */
export const machineProfileSchema = z.strictObject({
  $schema: z.string().describe('where an editor finds the JSON Schema of this format; not read').optional(),
  format: z.literal(PROFILE_FORMAT).describe('version of this format'),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)
    .describe('lower case letters, digits, dots and dashes'),
  description: z.string().min(1).describe('one line: which machine this is, and what is special about the numbers'),
  clockMegahertz: z.number().min(1).max(100_000).describe('the reference clock'),
  lineBytes: z.literal([32, 64, 128]).describe('cache line'),
  windowCycles: count(
    MOST_CYCLES,
    'no window is longer by default: for machines on which longer ones move what contended guests report; absent: 40',
  ).optional(),
  topology,
  core,
  tlb,
  l1: l1.describe('data cache of each core'),
  l2: l2.describe('second cache of each core').optional(),
  shared: shared.describe('cache of each group of cores').optional(),
  coherence,
  memory: memory.describe('controller of each node'),
  prefetcher: prefetcher.describe('fetches the next lines of a stream; absent: none').optional(),
  reference: reference.describe('measurements of the machine that guests may use').optional(),
  sources: z
    .record(z.string(), z.string().min(1))
    .describe(
      "where each number is from, by its path, or 'estimate'; '*' is for every number without an entry of its own",
    ),
});

/** All numbers of one machine. Treat as read-only. */
export type MachineProfile = z.infer<typeof machineProfileSchema>;

/** The three kinds of interconnect. */
export type Fabric = MachineProfile['coherence']['fabric'];
export type BusFabric = Extract<Fabric, { kind: 'bus' }>;
export type BroadcastFabric = Extract<Fabric, { kind: 'broadcast' }>;
export type DirectoryFabric = Extract<Fabric, { kind: 'directory' }>;
