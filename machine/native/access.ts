// The slow path of a memory access: translation, the private caches, and refilling the access filters.
//
// Contract with generated code: the address is an i64 (offset added, so it may exceed 32 bits), REG_OPERAND holds the operand of a
// store; `access` returns the new clock with REG_HOST_ADDRESS set, or LEFT with REG_CAUSE and REG_CLOCK set, in which case the same access is
// asked for again when the context resumes. What the way to a fault has cost is charged.
//
// A miss of TLB or L1 is not begun when the window is over at the access: it is left for the next one.
import {
  ACCESS_ATOMIC,
  ACCESS_KERNEL,
  ACCESS_SIZE_MASK,
  ACCESS_WRITE,
  CAUSE_MEMORY_BOUNDS,
  CAUSE_PAGE_FAULT,
  CAUSE_UNALIGNED_ATOMIC,
  CLOCK_SHIFT,
  CORE_ID,
  CORE_PAGES,
  CORE_PREFETCHES,
  CORE_READ_MISSES,
  CORE_SPACE,
  CORE_STORES_PENDING,
  CORE_WRITE_MISSES,
  FAULT_USER,
  FAULT_WRITE,
  FRAME_BYTES,
  FRAME_CODE,
  FRAME_POINT,
  KNOWN_MASK,
  KNOWN_TO_KERNEL_SHIFT,
  KNOWN_TO_READS,
  KNOWN_TO_WRITES,
  LEAVE_AGAIN,
  LEAVE_WINDOW,
  POINT_ACCESS,
  POINT_CAUSE,
  POINT_REMAINDER,
  PTE_DIRTY,
  PTE_PRESENT,
  PTE_UNCACHED,
  PTE_USER,
  PTE_WRITE,
  REG_ACCESS_POINT,
  REG_CAUSE,
  REG_CHAOS,
  REG_CLOCK,
  REG_CORE,
  REG_FAULT_ACCESS,
  REG_FAULT_ADDRESS,
  REG_HOST_ADDRESS,
  REG_OPERAND,
  REG_SCRATCH,
  REG_TIME,
  REG_TOP,
  REG_UNUSUAL_ACCESS,
  SPACE_PAGES,
  SPACE_ROOT,
  SPACE_TAG,
  TLB_HOST,
  TLB_PTE,
} from '../state/layout';
import { STATE_M } from '../state/coherence-layout';
import { CORE_EFFECTS, POLL_RECORDING, REG_BEGUN } from '../state/parking-layout';
import { L2_TICKS, LINE_MASK, LINE_SHIFT, PREFETCH_DISTANCE } from './constants';
import { fill, findL1, guestLineOf, l1Set, own, stall, stateOf, ticksBetween, ticksAt, waitTicks } from './caches';
import { cutWindow } from './clock';
import { dropKnown, filterEntry } from './filters';
import { findEntry, foundEntry, markLine, switchRoot, translateSlowly } from './mmu';
import { noteAccess } from './observe';
import { notePolled } from './polling';
import { afterPrefetch } from './prefetch';
import { bufferStore, drainStores } from './stores';

// AssemblyScript gives untyped integer constants the type i32; the sentinel is compared as the clock's i64.
export const LEFT64: i64 = -1;
const PAGE_OFFSET: u32 = FRAME_BYTES - 1;

/** An access that no cache may hold, at the physical address: time in and out in REG_TIME. */
@external("host", "uncached")
declare function uncachedInHost(core: u32, physical: u32, bytes: u32, write: bool): void;

/** Leaves for a cause at a packed clock; LEFT. */
export function leave(cause: u32, clock: i64): i64 {
  store<u32>(REG_CAUSE, cause);
  store<i64>(REG_CLOCK, clock);
  return LEFT64;
}

/** The access cannot be made. In a memory that ends somewhere it is out of bounds; otherwise the kernel may know better. */
function fault(core: u32, address: u64, write: bool, kernel: bool, clock: i64): i64 {
  const access = load<u32>(REG_FAULT_ACCESS) | (write ? FAULT_WRITE : 0) | (kernel ? 0 : FAULT_USER);
  store<u32>(REG_FAULT_ACCESS, access);
  store<u64>(REG_FAULT_ADDRESS, address);
  const bounded = load<u32>(core + CORE_PAGES) < 0x10000 || address >>> 32 != 0;
  return leave(bounded ? CAUSE_MEMORY_BOUNDS : CAUSE_PAGE_FAULT, clock);
}

/** Charges what a transaction of the private caches left to be waited for. It may have woken or released a core. */
@inline
function settle(core: u32, write: bool, atomic: bool, clock: i64, remainder: i64): i64 {
  if (waitTicks == 0) return cutWindow(clock);
  const wait = write && !atomic ? bufferStore(core, clock + remainder, waitTicks) : waitTicks;
  return cutWindow(stall(core, wait, clock));
}

/**
 * Brings the line of an aligned access into the L1 with the rights for it, and into the filter; REG_HOST_ADDRESS is where its bytes are. Returns the
 * clock or LEFT. `flags` are ACCESS_*; with `stays` the access is made although the window is over.
 */
@inline
function touch(flags: u32, core: u32, address: u64, clock: i64, remainder: i64, stays: bool): i64 {
  const entry = address >>> 32 ? 0 : findEntry(core, <u32>address);
  // Where there is no entry, the address 0 is that of an empty one.
  const rights = rightsFor(flags);
  if ((load<u32>(entry, TLB_PTE) & (rights | PTE_UNCACHED)) != rights) {
    return touchUnready(flags, core, address, entry, clock, remainder, stays);
  }
  return reachLine(flags, core, <u32>address, entry, clock, remainder, stays);
}

/** What a page table entry must say for an access to go ahead: a first store sets the dirty bit by a walk. */
@inline
function rightsFor(flags: u32): u32 {
  const write: u32 = flags & ACCESS_WRITE ? PTE_WRITE | PTE_DIRTY : 0;
  return PTE_PRESENT | write | (flags & ACCESS_KERNEL ? 0 : PTE_USER);
}

/** `touch` for what the TLB does not have, does not allow, or has as uncached. */
function touchUnready(flags: u32, core: u32, address: u64, entry: u32, clock: i64, remainder: i64, stays: bool): i64 {
  const write = (flags & ACCESS_WRITE) != 0;
  const kernel = (flags & ACCESS_KERNEL) != 0;
  if (address >>> 32) {
    store<u32>(REG_FAULT_ACCESS, 0);
    return fault(core, address, write, kernel, clock + remainder);
  }
  const rights = rightsFor(flags);
  if ((load<u32>(entry, TLB_PTE) & rights) != rights) {
    if (!stays) {
      if (clock + remainder < 0) return leave(LEAVE_WINDOW, clock + remainder);
      store<i64>(REG_BEGUN, clock + remainder);
    }
    clock = cutWindow(translateSlowly(core, <u32>address, entry, write, kernel, clock, remainder));
    entry = foundEntry;
    if (entry == 0) return fault(core, address, write, kernel, clock + remainder);
    // The walk was the transaction that this window had left.
    stays = true;
  }
  const pte = load<u32>(entry, TLB_PTE);
  if (pte & PTE_UNCACHED) {
    const offset = <u32>address & PAGE_OFFSET;
    store<u32>(REG_HOST_ADDRESS, load<u32>(entry, TLB_HOST) + offset);
    return uncached(flags, core, (pte & ~PAGE_OFFSET) | offset, clock, remainder, stays);
  }
  return reachLine(flags, core, <u32>address, entry, clock, remainder, stays);
}

/** The rest of `touch`, with the TLB's entry. */
@inline
function reachLine(flags: u32, core: u32, address: u32, entry: u32, clock: i64, remainder: i64, stays: bool): i64 {
  const write = (flags & ACCESS_WRITE) != 0;
  const kernel = (flags & ACCESS_KERNEL) != 0;
  const host = load<u32>(entry, TLB_HOST) + (address & PAGE_OFFSET);
  store<u32>(REG_HOST_ADDRESS, host);
  const line = ((load<u32>(entry, TLB_PTE) & ~PAGE_OFFSET) | (address & PAGE_OFFSET)) & ~LINE_MASK;
  const guestLine = address & ~LINE_MASK;
  const set = l1Set(core, line);
  let way = findL1(set, line);
  if (way == 0) {
    if (!stays) {
      if (clock + remainder < 0) return leave(LEAVE_WINDOW, clock + remainder);
      store<i64>(REG_BEGUN, clock + remainder);
    }
    const misses = core + (write ? CORE_WRITE_MISSES : CORE_READ_MISSES);
    store<i64>(misses, load<i64>(misses) + 1);
    clock -= (<i64>L2_TICKS) << CLOCK_SHIFT;
    way = fill(core, set, line, write, clock + remainder);
    clock = settle(core, write, (flags & ACCESS_ATOMIC) != 0, clock, remainder);
    if (PREFETCH_DISTANCE && way == 0) return clock;
  } else {
    const looks = load<u32>(core + CORE_PREFETCHES);
    if (looks) {
      if (looks & POLL_RECORDING) notePolled(core, line, write);
      clock = stall(core, afterPrefetch(core, line, clock + remainder), clock);
    }
    if (write && stateOf(way) != STATE_M) {
      if (!stays) {
        if (clock + remainder < 0) return leave(LEAVE_WINDOW, clock + remainder);
        store<i64>(REG_BEGUN, clock + remainder);
      }
      own(core, way, line, clock + remainder);
      clock = settle(core, write, (flags & ACCESS_ATOMIC) != 0, clock, remainder);
    }
  }
  const kind = (write ? KNOWN_TO_WRITES : KNOWN_TO_READS) << (kernel ? KNOWN_TO_KERNEL_SHIFT : 0);
  const known = load<u32>(guestLineOf(way));
  if ((known & ~KNOWN_MASK) == guestLine) {
    store<u32>(guestLineOf(way), known | kind);
  } else {
    dropKnown(core, known);
    store<u32>(guestLineOf(way), guestLine | kind);
  }
  markLine(entry, address, LINE_SHIFT);
  const filter = core + filterEntry(write, kernel, guestLine);
  store<u32>(filter, guestLine);
  store<u32>(filter, host & ~LINE_MASK, 4);
  return clock;
}

/** `touch` where it is not hot. */
function touchApart(flags: u32, core: u32, address: u64, clock: i64, remainder: i64, stays: bool): i64 {
  return touch(flags, core, address, clock, remainder, stays);
}

/** `touch` for what is not a single access; it leaves for faults alone. A line that the filter knows costs nothing, as in generated code. */
export function touchLine(flags: u32, core: u32, address: u32, clock: i64): i64 {
  noteAccess(0, address, LINE_MASK + 1 - (address & LINE_MASK));
  const entry = core + filterEntry((flags & ACCESS_WRITE) != 0, (flags & ACCESS_KERNEL) != 0, address & ~LINE_MASK);
  if (load<u32>(entry) != (address & ~LINE_MASK) || load<u32>(core + CORE_PREFETCHES)) {
    return touchApart(flags, core, address, clock, 0, true);
  }
  store<u32>(REG_HOST_ADDRESS, load<u32>(entry, 4) + (address & LINE_MASK));
  return clock;
}

function uncached(flags: u32, core: u32, physical: u32, clock: i64, remainder: i64, stays: bool): i64 {
  if (!stays) {
    if (clock + remainder < 0) return leave(LEAVE_WINDOW, clock + remainder);
    store<i64>(REG_BEGUN, clock + remainder);
  }
  store<u32>(core + CORE_EFFECTS, 1);
  const now = ticksAt(clock + remainder);
  store<f64>(REG_TIME, now);
  uncachedInHost(load<u32>(core + CORE_ID), physical, 1 << (flags & ACCESS_SIZE_MASK), (flags & ACCESS_WRITE) != 0);
  return cutWindow(stall(core, ticksBetween(now, load<f64>(REG_TIME)), clock));
}

/** A seeded coin for runs that leave at random (MachineOptions.leaveSeed): xorshift, true once in four. */
export function leaveAtRandom(): bool {
  let state = load<u32>(REG_CHAOS);
  if (state == 0) return false;
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  store<u32>(REG_CHAOS, state);
  return ((state >>> 16) & 3) == 0;
}

/** The slow path of one access at a resume point. See the file's contract. */
export function access(point: u32, core: u32, address: u64, clock: i64): i64 {
  const flags = <u32>load<u8>(point + POINT_ACCESS);
  const remainder = (<i64>load<u32>(point + POINT_REMAINDER)) << CLOCK_SHIFT;
  const lineMask = LINE_MASK;
  // A size is a power of two below the line's: the access stays in its line when it is aligned.
  const size: u32 = 1 << (flags & ACCESS_SIZE_MASK);
  noteAccess(point, <u32>address, size);
  if ((<u32>address & lineMask) + size > lineMask + 1 || flags & load<u32>(REG_UNUSUAL_ACCESS)) {
    return unusualAccess(flags, core, address, clock, remainder);
  }
  return touch(flags, core, address, clock, remainder, false);
}

/** Accesses that are atomic, cross a line, or may leave at random. */
function unusualAccess(flags: u32, core: u32, address: u64, clock: i64, remainder: i64): i64 {
  const size: u32 = 1 << (flags & ACCESS_SIZE_MASK);
  if (leaveAtRandom()) return leave(LEAVE_AGAIN, clock + remainder);
  if (flags & ACCESS_ATOMIC) {
    if (<u32>address & (size - 1)) {
      // Where nothing is, that comes first.
      if (clock + remainder < 0) return leave(LEAVE_WINDOW, clock + remainder);
      store<i64>(REG_BEGUN, clock + remainder);
      const answer = touchApart(flags & ~ACCESS_WRITE & ~ACCESS_ATOMIC, core, address, clock, remainder, true);
      if (answer == LEFT64) return LEFT64;
      store<u64>(REG_FAULT_ADDRESS, address);
      return leave(CAUSE_UNALIGNED_ATOMIC, answer + remainder);
    }
    if (load<u32>(core + CORE_STORES_PENDING)) clock = drainStores(core, clock, remainder);
  }
  const lineMask = LINE_MASK;
  const first = lineMask + 1 - (<u32>address & lineMask);
  if (first >= size) return touchApart(flags, core, address, clock, remainder, false);
  if (clock + remainder < 0) return leave(LEAVE_WINDOW, clock + remainder);
  store<i64>(REG_BEGUN, clock + remainder);
  return crossLines(flags, core, address, first, size, clock, remainder);
}

/** An access over two lines: both are brought in, the bytes go through the scratch, which is the answered address. */
function crossLines(flags: u32, core: u32, address: u64, first: u32, size: u32, clock: i64, remainder: i64): i64 {
  // Neither half is written before both can be.
  clock = touchApart(flags, core, address, clock, remainder, true);
  if (clock == LEFT64) return LEFT64;
  const host = load<u32>(REG_HOST_ADDRESS);
  noteAccess(load<u32>(REG_ACCESS_POINT), <u32>address + first, size - first);
  clock = touchApart(flags, core, address + first, clock, remainder, true);
  if (clock == LEFT64) return LEFT64;
  const host2 = load<u32>(REG_HOST_ADDRESS);
  if (flags & ACCESS_WRITE) {
    memory.copy(host, REG_OPERAND, first);
    memory.copy(host2, REG_OPERAND + first, size - first);
  } else {
    memory.copy(REG_SCRATCH, host, first);
    memory.copy(REG_SCRATCH + first, host2, size - first);
  }
  store<u32>(REG_HOST_ADDRESS, REG_SCRATCH);
  return clock;
}

/** Makes another address space the running core's. */
export function switchSpace(space: u32): void {
  const core = load<u32>(REG_CORE);
  if (load<u32>(core + CORE_SPACE) == space) return;
  store<u32>(core + CORE_SPACE, space);
  if (space == 0) return;
  store<u32>(core + CORE_PAGES, load<u32>(space + SPACE_PAGES));
  switchRoot(core, load<u32>(space + SPACE_ROOT), load<u32>(space + SPACE_TAG));
}

/** A function traps: its frame says where, and is the context's last. */
export function trap(point: u32, frame: u32, code: i32, number: i32, clock: i64): void {
  store<i32>(frame + FRAME_CODE, code);
  store<i32>(frame + FRAME_POINT, number);
  store<u32>(REG_TOP, frame);
  store<i32>(REG_CAUSE, <i32>load<u16>(point + POINT_CAUSE));
  store<i64>(REG_CLOCK, clock + ((<i64>load<i32>(point + POINT_REMAINDER)) << CLOCK_SHIFT));
}
