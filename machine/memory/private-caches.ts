// The private caches, TLBs and store buffers of all cores: their arrays in machine memory and the registers that tell native code their shape. Native code
// owns the contents; see machine/native.
import type { MachineProfile } from '../profile/schema.ts';
import {
  CACHE_SET_HEAD,
  CLOCK_SHIFT,
  CORE_L1,
  CORE_L2,
  CORE_PREFETCHED,
  CORE_SPACE_TAG,
  CORE_STORE_TIMES,
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
  REG_FILTER_SHIFT,
  REG_L1_GUEST_LINES,
  REG_L1_SET_BYTES,
  REG_L1_SET_MASK,
  REG_L1_WAYS_BYTES,
  REG_L2_CLOCK,
  REG_L2_KIND,
  REG_L2_SET_BYTES,
  REG_L2_SET_MASK,
  REG_L2_WAYS_BYTES,
  REG_LINE_MASK,
  REG_LINE_SHIFT,
  REG_OTHER_LINE,
  REG_PREFETCH_DISTANCE,
  REG_SPACE_IDS,
  REG_STORE_BUFFER,
  REG_TLB_SET_MASK,
  REG_TLB_WAYS,
  REG_TLB2_CLOCK,
  REG_TLB2_SET_MASK,
  REG_TLB2_WAYS,
  REG_WALK_CLOCK,
  STAGGER_BYTES,
  TICKS_PER_CYCLE,
  TLB_ENTRY_BYTES,
  TLB_SET_HEAD,
  TLB2_ENTRY_BYTES,
  TLB2_SET_HEAD,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';

/** A duration as what it takes off the packed clock. */
function packed(cycles: number): bigint {
  return BigInt(Math.round(cycles * TICKS_PER_CYCLE)) << BigInt(CLOCK_SHIFT);
}

/** Bytes of `ways` words, padded to whole vectors. */
function paddedWays(ways: number): number {
  return 16 * Math.ceil(ways / 4);
}

/** Allocates for each core an array whose address goes into a field of the core's record. */
function perCore(memory: MachineMemory, cores: number, field: number, bytes: number): void {
  for (let core = 0; core < cores; core++) {
    memory.store32(CORES + core * CORE_STRIDE + field, memory.allocate(bytes + STAGGER_BYTES, 64));
  }
}

function makeL1(memory: MachineMemory, cores: number, { l1, l2, lineBytes }: MachineProfile): void {
  const sets = l1.sizeBytes / lineBytes / l1.ways;
  const ways = paddedWays(l1.ways);
  const setBytes = CACHE_SET_HEAD + 2 * ways;
  memory.store32(REG_L1_SET_MASK, sets - 1);
  memory.store32(REG_L1_SET_BYTES, setBytes);
  memory.store32(REG_L1_WAYS_BYTES, 4 * l1.ways);
  memory.store32(REG_L1_GUEST_LINES, CACHE_SET_HEAD + ways);
  memory.store64(REG_WALK_CLOCK, packed(l1.latencyCycles));
  perCore(memory, cores, CORE_L1, sets * setBytes);
  if (!l2) {
    memory.store32(REG_L2_KIND, L2_NONE);
    return;
  }
  const sets2 = l2.sizeBytes / lineBytes / l2.ways;
  const setBytes2 = CACHE_SET_HEAD + paddedWays(l2.ways);
  memory.store32(REG_L2_KIND, l2.inclusion === 'inclusive' ? L2_INCLUSIVE : L2_EXCLUSIVE);
  memory.store32(REG_L2_SET_MASK, sets2 - 1);
  memory.store32(REG_L2_SET_BYTES, setBytes2);
  memory.store32(REG_L2_WAYS_BYTES, 4 * l2.ways);
  memory.store64(REG_L2_CLOCK, packed(l2.latencyCycles - l1.latencyCycles));
  perCore(memory, cores, CORE_L2, sets2 * setBytes2);
}

function makeTlb(memory: MachineMemory, cores: number, { tlb }: MachineProfile): void {
  const sets = tlb.entries / tlb.ways;
  memory.store32(REG_TLB_SET_MASK, sets - 1);
  memory.store32(REG_TLB_WAYS, tlb.ways);
  memory.store32(REG_SPACE_IDS, tlb.addressSpaceIds ? 1 : 0);
  perCore(memory, cores, CORE_TLB, sets * (TLB_SET_HEAD + tlb.ways * TLB_ENTRY_BYTES));
  if (!tlb.second) return;
  const sets2 = tlb.second.entries / tlb.second.ways;
  memory.store32(REG_TLB2_SET_MASK, sets2 - 1);
  memory.store32(REG_TLB2_WAYS, tlb.second.ways);
  memory.store64(REG_TLB2_CLOCK, packed(tlb.second.latencyCycles));
  perCore(memory, cores, CORE_TLB2, sets2 * (TLB2_SET_HEAD + tlb.second.ways * TLB2_ENTRY_BYTES));
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
export function makePrivateCaches(memory: MachineMemory, cores: number, profile: MachineProfile): void {
  const { lineBytes, core, prefetcher } = profile;
  const lineShift = Math.log2(lineBytes);
  memory.store32(REG_LINE_MASK, lineBytes - 1);
  memory.store32(REG_LINE_SHIFT, lineShift);
  memory.store32(REG_FILTER_SHIFT, lineShift - 3);
  memory.store32(REG_OTHER_LINE, (FILTER_ENTRIES >> 1) << lineShift);
  memory.store32(REG_STORE_BUFFER, core.storeBufferEntries);
  memory.store32(REG_PREFETCH_DISTANCE, prefetcher?.distanceLines ?? 0);
  makeL1(memory, cores, profile);
  makeTlb(memory, cores, profile);
  perCore(memory, cores, CORE_STORE_TIMES, 8 * (core.storeBufferEntries + 1));
  perCore(memory, cores, CORE_PREFETCHED, 16 * PREFETCH_SLOTS);
  for (let i = 0; i < cores; i++) {
    const record = CORES + i * CORE_STRIDE;
    clearFilters(memory, record, lineShift);
    memory.store32(record + CORE_SPACE_TAG, 1);
  }
}
