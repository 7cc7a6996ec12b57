// The slow path of a memory access: translation, the private L1, and refilling the access filters.
//
// Contract with generated code: the address is an i64 (offset added, so it may exceed 32 bits), REG_OPERAND holds the operand of a
// store; `access` returns the new clock with REG_HOST_ADDRESS set, or LEFT with REG_CAUSE set and nothing changed, in which
// case the same access is asked for again when the context resumes.
//
// Invariant: a filter entry exists only while the L1 line behind it does. A line is known to the filters under one virtual
// address at a time; seen under another, its old entries go. Replacement is FIFO and never sees filter hits, so timing does
// not depend on the filters at all (test: fast and checked modes agree to the cycle).
//
// Not modelled here: coherence between cores, page rights, write-back traffic.
import {
  ACCESS_ATOMIC,
  ACCESS_SIZE_MASK,
  ACCESS_WRITE,
  CAUSE_MEMORY_BOUNDS,
  CAUSE_UNALIGNED_ATOMIC,
  CLOCK_SHIFT,
  CORE_L1,
  CORE_PAGES,
  CORE_PAGE_TABLE,
  CORE_READ_MISSES,
  CORE_SPACE,
  CORE_WRITE_MISSES,
  FILTER_ENTRIES,
  FILTER_READ,
  FILTER_WRITE,
  FRAME_CODE,
  FRAME_POINT,
  LEAVE_AGAIN,
  LEAVE_WINDOW,
  PAGE_SHIFT,
  POINT_ACCESS,
  POINT_CAUSE,
  POINT_REMAINDER,
  REG_CAUSE,
  REG_CHAOS,
  REG_UNUSUAL_ACCESS,
  REG_CORE,
  REG_FAULT_ADDRESS,
  REG_HOST_ADDRESS,
  REG_L1_GUEST_LINES,
  REG_L1_SET_BYTES,
  REG_L1_SET_MASK,
  REG_L1_WAYS_BYTES,
  REG_LINE_MASK,
  REG_LINE_SHIFT,
  REG_FILTER_SHIFT,
  REG_MISS_CLOCK,
  REG_OPERAND,
  REG_OTHER_LINE,
  REG_SCRATCH,
  REG_CLOCK,
  REG_TOP,
  SPACE_PAGES,
  SPACE_TABLE,
} from '../state/layout';

// AssemblyScript gives untyped integer constants the type i32; the sentinel is compared as the clock's i64.
export const LEFT64: i64 = -1;

/** Host address of a guest address in the running core's address space, or 0 where nothing is mapped. */
export function translate(core: u32, address: u64): u32 {
  if (address >>> PAGE_SHIFT >= <u64>load<u32>(core + CORE_PAGES)) return 0;
  const page = load<u32>(load<u32>(core + CORE_PAGE_TABLE) + ((<u32>address >>> PAGE_SHIFT) << 2));
  return page + (<u32>address & ((1 << PAGE_SHIFT) - 1));
}

/** Offset of a guest line's entry in a filter. */
@inline
function filterOffset(line: u32): u32 {
  return (line >>> load<u32>(REG_FILTER_SHIFT)) & ((FILTER_ENTRIES - 1) << 3);
}

/** Removes the entries of a guest line, where they are: the tag becomes that of a line with another index, which never hits. */
@inline
function dropLine(core: u32, line: u32): void {
  const entry = core + filterOffset(line);
  if (load<u32>(entry, FILTER_READ) == line) store<u32>(entry, line ^ load<u32>(REG_OTHER_LINE), FILTER_READ);
  if (load<u32>(entry, FILTER_WRITE) == line) store<u32>(entry, line ^ load<u32>(REG_OTHER_LINE), FILTER_WRITE);
}

/** A set: 16 bytes with the FIFO's position, the host lines of its ways (padded with zeros to whole vectors), their guest lines. */
@inline
function setOf(core: u32, line: u32): u32 {
  // Indexed by the guest's address, whose low 16 bits are those of an aligned page's physical one.
  const index = (line >>> load<u32>(REG_LINE_SHIFT)) & load<u32>(REG_L1_SET_MASK);
  return load<u32>(core + CORE_L1) + index * load<u32>(REG_L1_SET_BYTES);
}

/** Address of the host line among the set's, or 0. Four ways are compared at a time. */
@inline
function findLine(set: u32, hostLine: u32): u32 {
  const wanted = i32x4.splat(hostLine);
  const end = set + load<u32>(REG_L1_GUEST_LINES);
  for (let ways = set + 16; ways < end; ways += 16) {
    const equal = i32x4.eq(v128.load(ways), wanted);
    if (v128.any_true(equal)) return ways + (ctz(i32x4.bitmask(equal)) << 2);
  }
  return 0;
}

/** Where the guest line of a way is, whose host line is at `way`. */
@inline
function guestLineOf(way: u32): u32 {
  return way - 16 + load<u32>(REG_L1_GUEST_LINES);
}

/** Whether the L1 holds the line of an address: an access to it is no transaction. */
function holdsLine(core: u32, address: u32, host: u32): bool {
  return findLine(setOf(core, address), host & ~load<u32>(REG_LINE_MASK)) != 0;
}

/** Puts a line in the place of the set's oldest. The FIFO's position is the offset of the next way to be replaced. */
@inline
function replaceLine(core: u32, set: u32, line: u32, hostLine: u32): void {
  const position = load<u32>(set);
  const next = position + 4;
  store<u32>(set, next == load<u32>(REG_L1_WAYS_BYTES) ? 0 : next);
  const way = set + 16 + position;
  const guest = guestLineOf(way);
  if (load<u32>(way)) dropLine(core, load<u32>(guest));
  store<u32>(way, hostLine);
  store<u32>(guest, line);
}

/**
 * Brings one line into the L1 and the filters; returns the clock after it. A miss is a transaction, which is left for the next
 * window when this one is over at the access, with LEFT for an answer and nothing changed; `remainder` is what the clock has been
 * charged for what comes behind the access.
 */
@inline
function touch(core: u32, address: u32, host: u32, write: bool, clock: i64, remainder: i64): i64 {
  const line = address & ~load<u32>(REG_LINE_MASK);
  const hostLine = host & ~load<u32>(REG_LINE_MASK);
  const set = setOf(core, line);
  const way = findLine(set, hostLine);
  if (way == 0) {
    if (clock + remainder < 0) return leave(LEAVE_WINDOW);
    const misses = core + (write ? CORE_WRITE_MISSES : CORE_READ_MISSES);
    store<i64>(misses, load<i64>(misses) + 1);
    clock -= load<i64>(REG_MISS_CLOCK);
    replaceLine(core, set, line, hostLine);
  } else {
    const guest = guestLineOf(way);
    if (load<u32>(guest) != line) {
      dropLine(core, load<u32>(guest));
      store<u32>(guest, line);
    }
  }
  const entry = core + (write ? FILTER_WRITE : FILTER_READ) + filterOffset(line);
  store<u32>(entry, line);
  store<u32>(entry, hostLine, 4);
  return clock;
}

/** `touch` for what is not a single access; it never leaves. */
export function touchLine(core: u32, address: u32, host: u32, write: bool, clock: i64): i64 {
  return touch(core, address, host, write, clock, i64.MAX_VALUE - clock);
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

function fault(address: u64, cause: u32): i64 {
  store<u64>(REG_FAULT_ADDRESS, address);
  store<u32>(REG_CAUSE, cause);
  return LEFT64;
}

export function leave(cause: u32): i64 {
  store<u32>(REG_CAUSE, cause);
  return LEFT64;
}

/** The slow path of one access at a resume point. See the file's contract. */
export function access(point: u32, core: u32, address: u64, clock: i64): i64 {
  const flags = <u32>load<u8>(point + POINT_ACCESS);
  const remainder = (<i64>load<u32>(point + POINT_REMAINDER)) << CLOCK_SHIFT;
  const lineMask = load<u32>(REG_LINE_MASK);
  // A size is a power of two below the line's: the access stays in its line when it is aligned.
  const size: u32 = 1 << (flags & ACCESS_SIZE_MASK);
  let answer: i64;
  if ((<u32>address & lineMask) + size > lineMask + 1 || flags & load<u32>(REG_UNUSUAL_ACCESS)) {
    answer = unusualAccess(flags, core, address, clock, remainder);
  } else {
    const host = translate(core, address);
    store<u32>(REG_HOST_ADDRESS, host);
    answer = host
      ? touch(core, <u32>address, host, (flags & ACCESS_WRITE) != 0, clock, remainder)
      : fault(address, CAUSE_MEMORY_BOUNDS);
  }
  if (answer == LEFT64) store<i64>(REG_CLOCK, clock + remainder);
  return answer;
}

/** Accesses that are atomic, cross a line, or may leave at random. */
function unusualAccess(flags: u32, core: u32, address: u64, clock: i64, remainder: i64): i64 {
  const size: u32 = 1 << (flags & ACCESS_SIZE_MASK);
  const write = (flags & ACCESS_WRITE) != 0;
  if (leaveAtRandom()) return leave(LEAVE_AGAIN);
  const host = translate(core, address);
  if (host == 0 || translate(core, address + size - 1) == 0) return fault(address, CAUSE_MEMORY_BOUNDS);
  if (flags & ACCESS_ATOMIC && <u32>address & (size - 1)) return fault(address, CAUSE_UNALIGNED_ATOMIC);
  const lineMask = load<u32>(REG_LINE_MASK);
  const first = lineMask + 1 - (<u32>address & lineMask);
  if (first >= size) {
    store<u32>(REG_HOST_ADDRESS, host);
    return touch(core, <u32>address, host, write, clock, remainder);
  }
  return crossLines(core, address, host, first, size, write, clock, remainder);
}

/** An access over two lines: both are brought in, the bytes go through the scratch, which is the answered address. */
function crossLines(
  core: u32,
  address: u64,
  host: u32,
  first: u32,
  size: u32,
  write: bool,
  clock: i64,
  remainder: i64,
): i64 {
  const host2 = translate(core, address + first);
  if (clock + remainder < 0 && !(holdsLine(core, <u32>address, host) && holdsLine(core, <u32>address + first, host2)))
    return leave(LEAVE_WINDOW);
  // Both are done or none: the second line must not be asked for in a window of its own.
  clock = touchLine(core, <u32>address, host, write, clock);
  clock = touchLine(core, <u32>address + first, host2, write, clock);
  if (write) {
    memory.copy(host, REG_OPERAND, first);
    memory.copy(host2, REG_OPERAND + first, size - first);
  } else {
    memory.copy(REG_SCRATCH, host, first);
    memory.copy(REG_SCRATCH + first, host2, size - first);
  }
  store<u32>(REG_HOST_ADDRESS, REG_SCRATCH);
  return clock;
}

/** Makes another address space the running core's. Virtual lines mean other data from here on, so no filter entry survives. */
export function switchSpace(space: u32): void {
  const core = load<u32>(REG_CORE);
  if (load<u32>(core + CORE_SPACE) == space) return;
  store<u32>(core + CORE_SPACE, space);
  store<u32>(core + CORE_PAGES, space ? load<u32>(space + SPACE_PAGES) : 0);
  store<u32>(core + CORE_PAGE_TABLE, space ? load<u32>(space + SPACE_TABLE) : 0);
  const shift = load<u32>(REG_LINE_SHIFT);
  for (let i: i32 = 0; i < FILTER_ENTRIES; i++) {
    const invalid = (i ^ (FILTER_ENTRIES >> 1)) << shift;
    store<u32>(core + FILTER_READ + (i << 3), invalid);
    store<u32>(core + FILTER_WRITE + (i << 3), invalid);
  }
}

/** A function traps: its frame says where, and is the context's last. */
export function trap(point: u32, frame: u32, code: i32, number: i32, clock: i64): void {
  store<i32>(frame + FRAME_CODE, code);
  store<i32>(frame + FRAME_POINT, number);
  store<u32>(REG_TOP, frame);
  store<i32>(REG_CAUSE, <i32>load<u16>(point + POINT_CAUSE));
  store<i64>(REG_CLOCK, clock + ((<i64>load<i32>(point + POINT_REMAINDER)) << CLOCK_SHIFT));
}
