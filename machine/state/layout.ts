// The layout of machine memory: every address and offset that generated code, the native helper and TypeScript share.
//
// This file is compiled twice, by TypeScript and by AssemblyScript (machine/native), so it holds nothing but integer
// constants. All guest state lives in one host WebAssembly.Memory:
//
//   0 .. 1023         unused, so that a stray null pointer is noticed
//   1024 ..           registers (REG_*): what the core that runs now keeps at a fixed address
//   CORES             one record a core: access filters and fields
//   heap              frame stacks, L1 arrays, images, instances, guest RAM (machine-memory.ts)

/** One cycle of the reference clock is TICKS_PER_CYCLE ticks, the unit of all costs. */
export const TICKS_PER_CYCLE = 8;

// The packed clock of generated code, an i64: ticks left in the window (signed, above CLOCK_SHIFT), and below them what was
// counted since the core was entered: instructions, then loads and stores. One addition a block keeps all three.
export const CLOCK_SHIFT = 40;
export const INSTRUCTIONS_SHIFT = 20;
export const COUNT_MASK = 0xfffff;
/** The counts are added to the counters when one of these bits is set: a window adds no more than as much again. */
export const COUNTS_FULL = 0x80000;
/** What a body returns in place of its clock when it has left: its frames are spilled, the dispatcher goes on. No clock has this value. */
export const LEFT = -1;
/** Longest window in cycles: the counts above must not overflow into their neighbours (8 instructions a cycle at most). */
export const MAX_WINDOW_CYCLES = 65536;
/**
 * What one function may cost between two looks at the clock, in ticks and in instructions: bounded by all of its code, because what
 * goes back or elsewhere looks. More would overflow the packed clock.
 */
export const MOST_UNCHECKED_TICKS = 0x400000;
export const MOST_UNCHECKED_INSTRUCTIONS = 0x60000;

// Registers of the core that runs now.
/** Address of the running core's record. */
export const REG_CORE = 1024;
/**
 * Frame on top of the running context, written by the body that leaves first. Until then the one that the dispatcher has entered, which
 * may have gone on as its caller: see return-to-self.ts.
 */
export const REG_TOP = 1028;
/** A callee whose frame would end above this address leaves to the dispatcher. */
export const REG_LIMIT = 1032;
/** Why a body left: a LEAVE_* or CAUSE_* value. The dispatcher clears it before it enters a body. */
export const REG_CAUSE = 1036;
/** Packed clock at leaving, and across calls of built-in functions. */
export const REG_CLOCK = 1040;
/** Absolute end of the running window, in ticks (i64). */
export const REG_WINDOW_END = 1048;
/** Host address that the slow path answered. */
export const REG_HOST_ADDRESS = 1056;
/** Where the slow path gathers accesses that have no host address of their own (16 bytes). */
export const REG_SCRATCH = 1064;
/** Guest address that faulted (i64, it may lie above 4 GiB) */
export const REG_FAULT_ADDRESS = 1080;
/** The rest: configuration that the native helper reads. */
export const REG_CORE_COUNT = 1088;
/** Bits of POINT_ACCESS for which an access takes the longer way. */
export const REG_UNUSUAL_ACCESS = 1092;
/** The operand of a store that goes through the slow path (i64). */
export const REG_OPERAND = 1152;
export const REG_RUNNABLE = 1112;
/** Set to have the windows interrupted at the end of the running one. */
export const REG_ATTENTION = 1160;
export const REG_SWITCHES = 1120;
export const REG_CHAOS = 1128;

// The memory system's registers, 1168 to 1599.
/** Time of an uncached access in ticks, to and from TypeScript (f64). */
export const REG_TIME = 1168;
/** What a faulting access was: FAULT_* bits. */
export const REG_FAULT_ACCESS = 1180;

// Traps, interrupts and contexts: registers 1600 to 1999.
/** Address of the table of frames: by code, bytes of its frame and FRAME_OF_* bits. */
export const REG_FRAMES = 1600;
/** Record of the context that a core switches to. */
export const REG_NEXT_CONTEXT = 1604;
/** Until when windows go on without a look from outside, in ticks (i64): the first event. */
export const REG_UNTIL = 1608;
/** Time of a packed clock that has no ticks left, and how many 65536ths of a tick of the reference clock one of the core's takes (i64). */
export const REG_TIME_END = 1616;
export const REG_TICK_LENGTH = 1624;
/** The inverse: the core's ticks, in 65536ths, for one of the reference clock (i64). */
export const REG_TICK_RATE = 1632;
/** Costs, as packed clocks (i64). */
export const REG_TRAP_ENTRY_CLOCK = 1640;
export const REG_TRAP_EXIT_CLOCK = 1648;
export const REG_INTERRUPT_ENTRY_CLOCK = 1656;
export const REG_SWITCH_CLOCK = 1664;
export const REG_PAUSE_CLOCK = 1672;
export const REG_FENCE_CLOCK = 1680;
export const REG_PAGE_ROOT_CLOCK = 1712;
export const REG_INVLPG_CLOCK = 1720;
export const REG_TLB_FLUSH_CLOCK = 1728;
/** Address of the table of contexts' records by their number, and how long it is. */
export const REG_CONTEXTS = 1688;
export const REG_CONTEXT_COUNT = 1692;
/** ALONE_* when one core alone runs in this window, which is longer than usual: nobody minds when it ends earlier. */
export const REG_ALONE = 1696;
/** CUT_*: what has happened in the window of a core that is alone. */
export const REG_CUT = 1704;
/** Whether any core has another speed than the reference clock. */
export const REG_SPEEDS = 1700;

// Registers 1736 to 1799, fields 33280 to 33407 of a core record, LEAVE_* 7 to 9, FRAME_OF_* 4 and 8: see parking-layout.ts.

// Observation: registers 2000 to 2047.
/** The access in progress: descriptor of its point, or 0; its address; its bytes, 0 where no instruction makes it. */
export const REG_ACCESS_POINT = 2004;
export const REG_ACCESS_ADDRESS = 2008;
export const REG_ACCESS_BYTES = 2012;
// What observers want to be told: bits of the native helper's constant `observed`.
export const OBSERVE_SLICES = 1;
export const OBSERVE_KERNEL = 2;
export const OBSERVE_ACCESSES = 4;
// What native code tells: see machine/native/observe.ts.
export const TELL_SLICE = 0;
export const TELL_FINISH = 1;
export const TELL_TRAP = 2;
export const TELL_INTERRUPT = 3;
export const TELL_RETURN = 4;
export const TELL_SWITCH = 5;

export const CORES = 4096;
/** Not a power of two: records at power-of-two strides would alias in the host's own caches. */
export const CORE_STRIDE = 34368;

// Access filters: FILTER_ENTRIES of {tag: i32, base: i32}, one for reads and one for writes. Privileged code has its own pair behind
// the one of user code, so that no user access can hit what only a kernel may touch.
export const FILTER_ENTRIES = 1024;
export const FILTER_READ = 0;
export const FILTER_WRITE = 8192;
/** Offset of the privileged pair from the other. */
export const FILTER_KERNEL = 16384;

// Fields of a core record. What every window touches is in its first host cache line.
/** The core's own time, in ticks (i64). */
export const CORE_TIME = 32768;
/** The counts of the packed clock, not yet added to the counters (i64). */
export const CORE_COUNTS = 32776;
export const CORE_STATE = 32784;
/** Frame on top of the core's context, and where its frames must end: copies of the context's own while it runs here. */
export const CORE_TOP = 32788;
export const CORE_STACK_END = 32792;
export const CORE_L1 = 32796;
/** Memory of the core's address space in pages of 64 KiB: all below its end is mapped. 0x10000 where page faults decide. */
export const CORE_PAGES = 32800;
export const CORE_READ_MISSES = 32808;
export const CORE_WRITE_MISSES = 32816;
export const CORE_ID = 32824;
export const CORE_CONTEXT = 32828;
export const CORE_INSTRUCTIONS = 32832;
export const CORE_ACCESSES = 32840;
export const CORE_FAULT_ADDRESS = 32848;
export const CORE_CAUSE = 32856;
export const CORE_SPACE = 32860;

// Fields of traps, interrupts and waiting: 33792 to 33855.
/** Whether interrupts are taken. */
export const CORE_INTERRUPTS = 33792;
/** Code of the kernel's trap function on this core, as the dispatcher enters it; 0 where there is no kernel. */
export const CORE_TRAP_CODE = 33796;
/** Vectors that wait to be taken, one bit each (i64). */
export const CORE_PENDING = 33800;
/** Why the core sleeps: SLEEPS_*. */
export const CORE_SLEEP = 33808;
/** Physical line on which the monitor is armed, plus 1; 0 when it is not. And whether that line has been written since. */
export const CORE_MONITOR = 33812;
export const CORE_MONITOR_HIT = 33816;
/** What REG_TICK_LENGTH and REG_TICK_RATE are on this core (i64). */
export const CORE_TICK_LENGTH = 33824;
export const CORE_TICK_RATE = 33832;
/** CONTEXT_BLOCK of the context that the core is on: where user code finds its globals and tables. */
export const CORE_LINK = 33840;

// The memory system's fields of a core record, 32896 to 33279.
/** Physical address of the page directory, and what the TLB's tags say of its address space: (identifier << 1) | 1. */
export const CORE_ROOT = 32896;
export const CORE_SPACE_TAG = 32900;
export const CORE_TLB = 32904;
export const CORE_TLB2 = 32908;
export const CORE_L2 = 32912;
/** The store buffer: times (ticks, f64) at which its stores are done, oldest first; how many; and whether the last is still awaited. */
export const CORE_STORE_TIMES = 32916;
export const CORE_STORES = 32920;
export const CORE_STORES_PENDING = 32924;
/** Time at which the last buffered store is done (ticks, f64). */
export const CORE_STORES_DONE = 32928;
/** Lines that are being prefetched: {line, time}, and how many; besides, POLL_RECORDING. */
export const CORE_PREFETCHED = 32936;
export const CORE_PREFETCHES = 32940;
/** What the stream prefetcher follows, the latest first: {last line that missed, the line behind what was fetched, misses in a row less one}. */
export const CORE_STREAMS = 32944;
/** Ticks spent waiting for memory (i64). */
export const CORE_STALLS = 32952;
export const CORE_L2_HITS = 32960;
export const CORE_L2_MISSES = 32968;
export const CORE_TLB_MISSES = 32976;
export const CORE_WALKS = 32984;
export const CORE_PREFETCHES_ISSUED = 33000;
/** Where a page was last found in the TLB: addresses of entries, by the page's low bits. For the host's speed alone. */
export const CORE_TLB_HINTS = 33856;
export const TLB_HINTS = 128;

// A TLB entry of the first level: {tag, host address of the page, page table entry, (unused), lines that the filters may know (u64)}. A tag is
// (page << 12) | (address space << 1) | 1; global pages belong to an address space that no other page has. A set begins with its FIFO's position.
export const TLB_TAG = 0;
export const TLB_HOST = 4;
export const TLB_PTE = 8;
export const TLB_LINES = 16;
export const TLB_ENTRY_BYTES = 32;
export const TLB_SET_HEAD = 32;
export const TLB_GLOBAL_TAG = 4095;
export const MOST_SPACE_ID = 2046;
// The second level: {tag, page table entry}.
export const TLB2_ENTRY_BYTES = 8;
export const TLB2_SET_HEAD = 8;

// Lines in the private caches: a word with the physical address of the line, LINE_VALID, and its state (STATE_* of coherence-layout.ts).
export const LINE_VALID = 16;
export const LINE_STATE_MASK = 7;
// A set of the L1: {FIFO's position, how many ways were invalidated}, up to CACHE_SET_HEAD; then its ways' words; in the L1, as many words with
// the guest line under which the filters know the line, and KNOWN_* bits of those filters that may. Ways are padded with empty ones to whole groups of 8.
export const CACHE_SET_HEAD = 16;
export const WAYS_GROUP_BYTES = 32;
export const KNOWN_TO_READS = 1;
export const KNOWN_TO_WRITES = 2;
/** Shifts the two bits above to those of the privileged filters. */
export const KNOWN_TO_KERNEL_SHIFT = 2;
export const KNOWN_MASK = 15;
export const L2_NONE = 0;
export const L2_INCLUSIVE = 1;
export const L2_EXCLUSIVE = 2;
// What a faulting access was.
export const FAULT_WRITE = 1;
export const FAULT_USER = 2;
/** The page is present: its rights were not enough. */
export const FAULT_PROTECTION = 4;
/** The page, its page table or the page directory would lie behind the end of RAM. */
export const FAULT_NO_RAM = 8;
export const PREFETCH_SLOTS = 16;
export const STREAM_BYTES = 12;

// States of a core. From CORE_RUNNABLE on it takes part in windows; 5 and 6: see parking-layout.ts.
export const CORE_IDLE = 0;
export const CORE_STOPPED = 1;
/** It polls, which needs no host time: see machine/native/parking.ts. */
export const CORE_PARKED = 2;
export const CORE_RUNNABLE = 3;
/** An interrupt is to be taken before it goes on. */
export const CORE_SUMMONED = 4;

// Why a core sleeps; SLEEPS_PARKED, which is for listeners alone, says that it polls.
export const SLEEPS_NOT = 0;
export const SLEEPS_HALT = 1;
export const SLEEPS_MWAIT = 2;
/** memory.atomic.wait */
export const SLEEPS_WAIT = 3;
export const SLEEPS_PARKED = 4;

// Fields of a context record.
export const CONTEXT_TOP = 0;
export const CONTEXT_BASE = 4;
export const CONTEXT_END = 8;
export const CONTEXT_STATE = 12;
/** Its number; 0 where guests do not know it. */
export const CONTEXT_ID = 16;
/** Record of the core that it is on, 0 when it is on none. */
export const CONTEXT_CORE = 20;
/** CONTEXT_USER, CONTEXT_CREATED */
export const CONTEXT_FLAGS = 24;
/** Contexts of the same group, which is not 0, may switch to each other in user mode. */
export const CONTEXT_GROUP = 28;
/** How many traps and interrupts are in progress on it, and how many of them are page faults. */
export const CONTEXT_DEPTH = 32;
export const CONTEXT_FAULTS = 36;
/** Number of the link whose functions it runs, and the address of that link's block; 0 for the kernel's. */
export const CONTEXT_LINK = 40;
export const CONTEXT_BLOCK = 44;
export const CONTEXT_BYTES = 64;
/** It began in a user image: whenever no trap is in progress on it, it runs with interrupts enabled. */
export const CONTEXT_USER = 1;
/** A guest has created it: when its function returns, the kernel is told. */
export const CONTEXT_CREATED = 2;
/** The function has a result. */
export const CONTEXT_ANSWERS = 4;
export const CONTEXT_READY = 0;
export const CONTEXT_FINISHED = 1;
export const CONTEXT_TRAPPED = 2;

// Fields of an address space: how many 64 KiB pages it maps from address 0 on, its page directory, its tag in the TLB.
export const SPACE_PAGES = 0;
export const SPACE_ROOT = 4;
export const SPACE_TAG = 8;
export const SPACE_BYTES = 16;
export const PAGE_SHIFT = 16;
export const PAGE_BYTES = 65536;

// A guest call frame. Parameters (of a function not yet entered) and results (of one that is done) share an area.
export const FRAME_CODE = 0;
export const FRAME_POINT = 4;
export const FRAME_LINK = 8;
export const FRAME_VALUES = 16;
export const FRAME_ADDRESS = 16;
export const FRAME_OPERAND = 24;
export const FRAME_SPILLS = 32;
/** A frame that is not yet entered holds at most 1000 parameters: this much is always free above REG_LIMIT. */
export const STACK_RED_ZONE = 8192;
/** Room for what a kernel does on top of a context's own frames, behind which its stack ends only for the kernel. */
export const STACK_KERNEL_ROOM = 65536;
// An entry of the table of frames: a size, which is a multiple of 16, and flags.
export const FRAME_FLAGS = 15;
/** The code is privileged. */
export const FRAME_OF_KERNEL = 1;
/** A built-in function: as privileged as its caller. */
export const FRAME_OF_BUILTIN = 2;
/** Frame of a built-in function that can be left: 14 values at most. */
export const BUILTIN_FRAME_BYTES = 128;
// The frame between an interrupted one and the kernel's trap function: what there was before the trap.
/** The guest's number of the cause. */
export const TRAP_CAUSE = 16;
/** Whether interrupts were enabled. */
export const TRAP_INTERRUPTS = 20;
/** Distance down to the frame whose result the trap function's is; 0 when nobody asked. */
export const TRAP_ANSWER = 24;
export const TRAP_FRAME_BYTES = 32;
/** How many bytes of guest frames one dispatch may nest, so that host calls never exhaust the host's stack. */
export const HOST_NESTING_BYTES = 16384;
/**
 * Added to what every core has one of and uses all the time, so that these do not lie at multiples of the host's pages and compete for
 * the same sets of its caches. A multiple of the longest line.
 */
export const STAGGER_BYTES = 640;
/** Functions that need a larger frame are refused; one of this size still fits into what a dispatch may nest. */
export const MOST_FRAME_BYTES = 16384;

// A resume point's descriptor.
export const POINT_KIND = 0;
export const POINT_ACCESS = 1;
export const POINT_OPERAND = 2;
export const POINT_CAUSE = 6;
export const POINT_REMAINDER = 8;
export const POINT_BYTES = 16;
// Kinds of points.
export const KIND_YIELD = 0;
export const KIND_CALL = 1;
export const KIND_TRAP = 2;
export const KIND_ACCESS = 3;
// Bits of POINT_ACCESS.
export const ACCESS_SIZE_MASK = 3;
export const ACCESS_WRITE = 4;
export const ACCESS_ATOMIC = 8;
/** Set for every access: all are unusual while executions leave at random. */
export const ACCESS_ANY = 16;
/** The access is made by privileged code. */
export const ACCESS_KERNEL = 32;

// Physical memory and paging.
export const RAM_BLOCK_SHIFT = 16;
export const FRAME_SHIFT = 12;
export const FRAME_BYTES = 4096;
// Bits of page table entries, as on x86.
export const PTE_PRESENT = 1;
export const PTE_WRITE = 2;
export const PTE_USER = 4;
/** The page is not cached: every access goes to memory, or to a device. */
export const PTE_UNCACHED = 16;
export const PTE_ACCESSED = 32;
export const PTE_DIRTY = 64;
/** The page is the same in all address spaces: it outlives switches of the page root. */
export const PTE_GLOBAL = 256;

// A guest table: its length, the address of its entries {function or reference id, signature id}, and for how many there is room.
export const TABLE_LENGTH = 0;
export const TABLE_ENTRIES = 4;
export const TABLE_CAPACITY = 8;
export const TABLE_BYTES = 16;

// Kinds of bulk operations, in FRAME_POINT of their frames. BULK_INIT copies from a host address: the bytes of a passive data segment.
export const BULK_COPY = 0;
export const BULK_FILL = 1;
export const BULK_INIT = 2;
/** A line is claimed and zeroed. */
export const BULK_LINE_ZERO = 3;
/** A line is read, and the core's monitor armed on it. */
export const BULK_MONITOR = 4;
/** Set beside the kind where privileged code asked for it. */
export const BULK_KERNEL = 8;

// Indices in the host's function table that are not guest functions.
export const CODE_BULK = 1;
export const CODE_BUILTIN = 2;
/** A built-in function that is done: its results are in its frame. */
export const CODE_DONE = 3;
/** What is behind a trap function: see machine/native/kernel-entry.ts. */
export const CODE_TRAP_RETURN = 4;
export const CODE_FIRST = 6;

// Why a context left. From CAUSE_FIRST_TRAP on it is a guest trap.
/** Not left at all: the first function is done. */
export const LEAVE_FINISHED = -1;
export const LEAVE_WINDOW = 0;
export const LEAVE_NESTING = 1;
/** Left for a reason that is over: the dispatcher goes on with it at once. */
export const LEAVE_AGAIN = 2;
/** The machine stops at the end of the window. */
export const LEAVE_STOP = 3;
/** The core waits: something else makes it runnable again. */
export const LEAVE_WAIT = 4;
/** Another context goes on: REG_NEXT_CONTEXT. */
export const LEAVE_SWITCH = 5;
/** Interrupts have been enabled, and one is pending. */
export const LEAVE_INTERRUPT = 6;
export const CAUSE_FIRST_TRAP = 16;
export const CAUSE_UNREACHABLE = 16;
export const CAUSE_DIVIDE_BY_ZERO = 17;
export const CAUSE_INTEGER_OVERFLOW = 18;
export const CAUSE_INVALID_CONVERSION = 19;
export const CAUSE_MEMORY_BOUNDS = 20;
export const CAUSE_TABLE_BOUNDS = 21;
export const CAUSE_UNDEFINED_ELEMENT = 22;
export const CAUSE_UNINITIALIZED_ELEMENT = 23;
export const CAUSE_SIGNATURE = 24;
export const CAUSE_UNALIGNED_ATOMIC = 25;
export const CAUSE_STACK_EXHAUSTED = 26;
export const CAUSE_ABORT = 27;
export const CAUSE_HOST = 28;
export const CAUSE_EXPECTED_SHARED = 29;
/** Nothing is mapped at the address, or not with the rights for the access. */
export const CAUSE_PAGE_FAULT = 32;
export const CAUSE_PROTECTION = 33;
export const CAUSE_SYSCALL = 34;
export const CAUSE_MEMORY_GROW = 35;
/** The last ones no kernel can take. */
export const CAUSE_FIRST_FATAL = 40;
export const CAUSE_NESTED_FAULT = 40;
export const CAUSE_NOT_RESUMABLE = 41;
export const CAUSE_MISUSE = 42;
