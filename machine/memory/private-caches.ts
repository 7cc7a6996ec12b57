// The private caches, TLBs and store buffers of all cores: their arrays in machine memory, and the constants that tell native code their shape
// (machine/native/constants.ts). Native code owns the contents.
import type { MachineProfile } from '../profile/schema.ts';
import {
  CACHE_SET_HEAD,
  CORE_L1,
  CORE_L2,
  CORE_PREFETCHED,
  CORE_SPACE_TAG,
  CORE_STORE_TIMES,
  CORE_STREAMS,
  CORE_STRIDE,
  CORE_TLB,
  CORE_TLB2,
  CORES,
  FILTER_ENTRIES,
  FILTER_KERNEL,
  FILTER_READ,
  FILTER_WRITE,
  L2_EXCLUSIVE,
  L2_INCLUSIVE,
  L2_NONE,
  PREFETCH_SLOTS,
  STAGGER_BYTES,
  STREAM_BYTES,
  TICKS_PER_CYCLE,
  TLB_ENTRY_BYTES,
  TLB_SET_HEAD,
  TLB2_ENTRY_BYTES,
  TLB2_SET_HEAD,
  WAYS_GROUP_BYTES,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** Values of the constants in the native helper's code, by their names. */
export type NativeConstants = Record<string, number>;

function ticks(cycles: number): number {
  return Math.round(cycles * TICKS_PER_CYCLE);
}

/** Bytes of `ways` words, padded to whole groups. */
function paddedWays(ways: number): number {
  return WAYS_GROUP_BYTES * Math.ceil((4 * ways) / WAYS_GROUP_BYTES);
}

/** Allocates for each core an array whose address goes into a field of the core's record. */
function perCore(memory: MachineMemory, cores: number, field: number, bytes: number): void {
  for (let core = 0; core < cores; core++) {
    memory.store32(CORES + core * CORE_STRIDE + field, memory.allocate(bytes + STAGGER_BYTES, 64));
  }
}

function makeL1(memory: MachineMemory, cores: number, { l1, lineBytes }: MachineProfile): NativeConstants {
  const sets = l1.sizeBytes / lineBytes / l1.ways;
  const ways = paddedWays(l1.ways);
  const setBytes = CACHE_SET_HEAD + 2 * ways;
  perCore(memory, cores, CORE_L1, sets * setBytes);
  return {
    l1SetMask: sets - 1,
    l1SetBytes: setBytes,
    l1WaysBytes: 4 * l1.ways,
    l1GuestLines: CACHE_SET_HEAD + ways,
    walkTicks: ticks(l1.latencyCycles),
  };
}

function makeL2(memory: MachineMemory, cores: number, { l1, l2, lineBytes }: MachineProfile): NativeConstants {
  if (!l2) return { l2Kind: L2_NONE, l2SetMask: 0, l2SetBytes: 0, l2WaysBytes: 0, l2Ticks: 0 };
  const sets = l2.sizeBytes / lineBytes / l2.ways;
  const setBytes = CACHE_SET_HEAD + paddedWays(l2.ways);
  perCore(memory, cores, CORE_L2, sets * setBytes);
  return {
    l2Kind: l2.inclusion === 'inclusive' ? L2_INCLUSIVE : L2_EXCLUSIVE,
    l2SetMask: sets - 1,
    l2SetBytes: setBytes,
    l2WaysBytes: 4 * l2.ways,
    l2Ticks: ticks(l2.latencyCycles - l1.latencyCycles),
  };
}

function makeTlb(memory: MachineMemory, cores: number, { tlb }: MachineProfile): NativeConstants {
  const sets = tlb.entries / tlb.ways;
  const setBytes = TLB_SET_HEAD + tlb.ways * TLB_ENTRY_BYTES;
  perCore(memory, cores, CORE_TLB, sets * setBytes);
  const { second } = tlb;
  if (second) {
    const bytes = (second.entries / second.ways) * (TLB2_SET_HEAD + second.ways * TLB2_ENTRY_BYTES);
    perCore(memory, cores, CORE_TLB2, bytes);
  }
  return {
    tlbSetMask: sets - 1,
    tlbSetBytes: setBytes,
    tlbWays: tlb.ways,
    tlb2SetMask: second ? second.entries / second.ways - 1 : 0,
    tlb2Ways: second?.ways ?? 0,
    tlb2Ticks: ticks(second?.latencyCycles ?? 0),
    spaceIds: tlb.addressSpaceIds ? 1 : 0,
  };
}

function clearFilters(memory: MachineMemory, record: number, lineShift: number): void {
  for (let entry = 0; entry < FILTER_ENTRIES; entry++) {
    // An invalid tag is a line of another index.
    const invalid = (entry ^ (FILTER_ENTRIES >> 1)) << lineShift;
    for (const filter of [FILTER_READ, FILTER_WRITE, FILTER_KERNEL + FILTER_READ, FILTER_KERNEL + FILTER_WRITE]) {
      memory.store32(record + filter + 8 * entry, invalid);
    }
  }
}

/** Makes the private caches of a machine's cores, all empty. */
export function makePrivateCaches(memory: MachineMemory, cores: number, profile: MachineProfile): NativeConstants {
  const { lineBytes, core, prefetcher } = profile;
  const lineShift = Math.log2(lineBytes);
  for (let i = 0; i < cores; i++) {
    const record = CORES + i * CORE_STRIDE;
    clearFilters(memory, record, lineShift);
    memory.store32(record + CORE_SPACE_TAG, 1);
  }
  perCore(memory, cores, CORE_STORE_TIMES, 8 * (core.storeBufferEntries + 1));
  perCore(memory, cores, CORE_PREFETCHED, 16 * PREFETCH_SLOTS);
  const streams = prefetcher?.streams ?? 0;
  if (streams > 0) perCore(memory, cores, CORE_STREAMS, STREAM_BYTES * streams);
  return {
    lineMask: lineBytes - 1,
    lineShift,
    filterShift: lineShift - 3,
    otherLine: (FILTER_ENTRIES >> 1) << lineShift,
    storeBuffer: core.storeBufferEntries,
    prefetchDistance: prefetcher?.distanceLines ?? 0,
    olderStreams: STREAM_BYTES * Math.max(0, streams - 1),
    lineZeroTicks: ticks(core.lineZeroCycles),
    ...makeL1(memory, cores, profile),
    ...makeL2(memory, cores, profile),
    ...makeTlb(memory, cores, profile),
  };
}
