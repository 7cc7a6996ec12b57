// The numbers that guests see: one place, from which the guests' copy (guest/lib/machine-constants.ts) is generated.
//
// Nothing but integer constants, because TypeScript and AssemblyScript both compile this file. docs/machine-contract.md says what
// they mean in their places.

// Causes of a trap: the first parameter of a kernel's `trap`.
/** a: the address; b: FAULT_* bits of machine/state/layout.ts. */
export const TRAP_PAGE_FAULT = 1;
/** A privileged intrinsic in user mode. a: INTRINSIC_*. The trap function's result is the intrinsic's. */
export const TRAP_PROTECTION = 2;
/** The code itself trapped, which cannot be resumed. a: WASM_*, which are CAUSE_* of machine/state/layout.ts. */
export const TRAP_WASM = 3;
/** a: the vector. */
export const TRAP_INTERRUPT = 4;
/** The function that the context was created with has returned. a: its result, if it has one. */
export const TRAP_FINISHED = 5;
/** memory.grow, or memory.size, which is memory.grow(0). a: pages of 64 KiB. The trap function's result is the instruction's. */
export const TRAP_MEMORY_GROW = 6;
/** The system call n is TRAP_SYSCALL + n, for n from 0 to SYSCALL_MASK; a to f: its operands. The trap function's result is the call's. */
export const TRAP_SYSCALL = 256;
/** Numbers of system calls have this many bits; others are cut off. */
export const SYSCALL_MASK = 0xffffff;

// Intrinsics that are privileged, or may be.
export const INTRINSIC_SET_PAGE_ROOT = 1;
export const INTRINSIC_INVLPG = 2;
export const INTRINSIC_TLB_FLUSH = 3;
export const INTRINSIC_FAULT_ADDRESS = 4;
export const INTRINSIC_INTERRUPTS = 5;
export const INTRINSIC_HALT = 6;
export const INTRINSIC_IPI_SEND = 7;
export const INTRINSIC_TIMER_SET = 8;
export const INTRINSIC_CORE_START = 9;
export const INTRINSIC_MONITOR = 10;
export const INTRINSIC_MWAIT = 11;
export const INTRINSIC_CONTEXT_CREATE = 12;
export const INTRINSIC_CONTEXT_FORK = 13;
export const INTRINSIC_CONTEXT_DESTROY = 14;
export const INTRINSIC_CONTEXT_GROUP = 15;
export const INTRINSIC_LINK_EXPORT = 16;
export const INTRINSIC_COUNTER_READ = 17;
export const INTRINSIC_IMAGE_LOAD = 18;
export const INTRINSIC_IMAGE_INFO = 19;
export const INTRINSIC_IMAGE_SEGMENT = 20;
export const INTRINSIC_IMAGE_IMPORT = 21;
export const INTRINSIC_LINK = 22;
export const INTRINSIC_LINK_COPY = 23;
export const INTRINSIC_LINK_RELEASE = 24;
export const INTRINSIC_CONSOLE_WRITE = 25;
export const INTRINSIC_CONSOLE_READ = 26;
export const INTRINSIC_INTERRUPT_ROUTE = 27;
export const INTRINSIC_TRACE_CALLS = 28;

// Counters of counter_read: of the core that asks, but for the last.
/** Instructions that cost anything. */
export const COUNTER_INSTRUCTIONS = 0;
/** The core's own time, in cycles of the reference clock. */
export const COUNTER_CYCLES = 1;
/** Loads, stores and atomic operations. */
export const COUNTER_ACCESSES = 2;
export const COUNTER_L1_MISSES = 3;
export const COUNTER_L2_HITS = 4;
export const COUNTER_L2_MISSES = 5;
/** Lines from the group's shared cache, and from elsewhere. */
export const COUNTER_SHARED_HITS = 6;
export const COUNTER_SHARED_MISSES = 7;
/** Lines from memory. */
export const COUNTER_MEMORY_FETCHES = 8;
/** Lines from another core's private or another group's shared cache. */
export const COUNTER_COHERENCE_MISSES = 9;
/** Requests to write a line of which the core had a copy. */
export const COUNTER_UPGRADES = 10;
export const COUNTER_TLB_MISSES = 11;
export const COUNTER_PAGE_WALKS = 12;
/** Cycles spent waiting for lines. */
export const COUNTER_STALL_CYCLES = 13;
/** Bytes sent over all links of the machine. */
export const COUNTER_LINK_BYTES = 14;

// Events of tally.
/** The object's life begins and ends: what begins at the same address is another one. */
export const TALLY_CREATED = 0;
export const TALLY_DESTROYED = 1;
/** It is used; its lock was not free. */
export const TALLY_ACCESS = 2;
export const TALLY_CONTENTION = 3;
/** From here on the guest's own. */
export const TALLY_OWN = 4;
/** Events are below this; others count as the last one. */
export const TALLY_EVENTS = 16;

// Interrupts: vectors 0 to VECTORS - 1. When several are pending the lowest is taken first.
export const VECTORS = 64;
/** The core's own timer. */
export const VECTOR_TIMER = 0;

// Why mwait returned.
export const WOKEN_BY_WRITE = 0;
export const WOKEN_BY_INTERRUPT = 1;
export const WOKEN_BY_DEADLINE = 2;

// Errors that intrinsics return, negated.
/** The context runs elsewhere, or is busy in the kernel; contexts of the link are left. */
export const EBUSY = 16;
/** There is no such context, or nothing of that name. */
export const ESRCH = 3;
/** A parameter is wrong. */
export const EINVAL = 22;
/** Out of machine memory for one more context, image or link. */
export const ENOMEM = 12;
/** Contexts of another group. */
export const EPERM = 1;
/** No module that the machine can run, or one whose imports are missing or do not fit. */
export const ENOEXEC = 8;
/** What a pointer names is not mapped, or not to be written. */
export const EFAULT = 14;
/** A buffer is too small. */
export const ERANGE = 34;
/** Nothing has arrived yet. */
export const EAGAIN = 11;

// Devices, for interrupt_route; streams of the console.
export const DEVICE_CONSOLE = 1;
export const CONSOLE_OUTPUT = 1;
export const CONSOLE_ERRORS = 2;

// What image_info tells of an image: words.
/** Pages of 64 KiB that its memory has when it starts, and at most. */
export const IMAGE_PAGES = 0;
export const IMAGE_MOST_PAGES = 4;
/** Number of its active data segments, and of the modules that it imports from. */
export const IMAGE_SEGMENTS = 8;
export const IMAGE_IMPORTS = 12;
/** 1 where it has a start function. */
export const IMAGE_HAS_START = 16;
export const IMAGE_BYTES = 20;

/** Virtual address at which the image expects a data segment; its bytes; where they are among the bytes of the image. */
export const IMAGE_SEGMENT_ADDRESS = 0;
export const IMAGE_SEGMENT_LENGTH = 4;
export const IMAGE_SEGMENT_OFFSET = 8;
export const IMAGE_SEGMENT_BYTES = 12;

/** An entry of the list that link takes: the image's number; the name by which those behind it import it: address, bytes. */
export const LINK_ENTRY_IMAGE = 0;
export const LINK_ENTRY_NAME = 4;
export const LINK_ENTRY_NAME_BYTES = 8;
export const LINK_ENTRY_BYTES = 12;

// The boot information, at the address that a kernel's `boot` gets: words of 32 bits. Addresses are virtual unless they are called
// physical; tables are followed by nothing, their entries have the given sizes.
export const BOOT_MAGIC = 0x4d434f52;
/** BOOT_MAGIC, and bytes of all that the firmware wrote from here on. */
export const BOOT_INFO_MAGIC = 0;
export const BOOT_INFO_BYTES = 4;
/** Number of cores, and their table. */
export const BOOT_INFO_CORES = 8;
export const BOOT_INFO_CORE_TABLE = 12;
/** Number of NUMA nodes, and their table. */
export const BOOT_INFO_NODES = 16;
export const BOOT_INFO_NODE_TABLE = 20;
/** Table of words, [from * nodes + to]: cycles that a message takes on the links between two nodes. */
export const BOOT_INFO_DISTANCES = 24;
/** Number of levels of data caches, and their table, from the core outwards. */
export const BOOT_INFO_CACHES = 28;
export const BOOT_INFO_CACHE_TABLE = 32;
export const BOOT_INFO_LINE_BYTES = 36;
/** The reference clock. */
export const BOOT_INFO_MEGAHERTZ = 40;
/** UTF-8, and its length. */
export const BOOT_INFO_COMMAND_LINE = 44;
export const BOOT_INFO_COMMAND_BYTES = 48;
export const BOOT_INFO_RAM_BYTES = 52;
/** The kernel's memory: virtual and physical address, bytes. */
export const BOOT_INFO_KERNEL = 56;
export const BOOT_INFO_KERNEL_PHYSICAL = 60;
export const BOOT_INFO_KERNEL_BYTES = 64;
/** Where the RAM is mapped from physical address 0 on, and how much of it. */
export const BOOT_INFO_WINDOW = 68;
export const BOOT_INFO_WINDOW_BYTES = 72;
/** Physical address of the page directory that the firmware made. */
export const BOOT_INFO_PAGE_ROOT = 76;
/** Number of user images, and their table. */
export const BOOT_INFO_IMAGES = 80;
export const BOOT_INFO_IMAGE_TABLE = 84;
/** Cycles of a protected procedure call on the real machine, where the profile knows it: for guests that model one. */
export const BOOT_INFO_PPC_CYCLES = 88;
/** 1 where user mode may monitor and mwait. */
export const BOOT_INFO_USER_MWAIT = 92;
/** Number of files that the host gives, and their table. */
export const BOOT_INFO_FILES = 96;
export const BOOT_INFO_FILE_TABLE = 100;
/** CONSOLE_* bits. */
export const BOOT_INFO_CONSOLE = 104;
export const BOOT_INFO_HEADER_BYTES = 128;

export const BOOT_CORE_NODE = 0;
/** Counted through the whole machine. */
export const BOOT_CORE_GROUP = 4;
/** Its clock, in 65536ths of the reference clock. */
export const BOOT_CORE_SPEED = 8;
export const BOOT_CORE_BYTES = 16;

/** Physical addresses of a node's RAM, and of what of it nobody uses yet. */
export const BOOT_NODE_START = 0;
export const BOOT_NODE_END = 4;
export const BOOT_NODE_FREE_START = 8;
export const BOOT_NODE_FREE_END = 12;
export const BOOT_NODE_BYTES = 16;

export const BOOT_CACHE_LEVEL = 0;
export const BOOT_CACHE_SIZE = 4;
export const BOOT_CACHE_WAYS = 8;
export const BOOT_CACHE_LATENCY_CYCLES = 12;
/** How many cores share one. */
export const BOOT_CACHE_CORES = 16;
export const BOOT_CACHE_BYTES = 20;

/** Number to be used with core_start and context_create. */
export const BOOT_IMAGE_LINK = 0;
/** Number of its data segments, and their table. */
export const BOOT_IMAGE_SEGMENTS = 4;
export const BOOT_IMAGE_SEGMENT_TABLE = 8;
/** Pages of 64 KiB from address 0 on that its memory has when it starts. */
export const BOOT_IMAGE_PAGES = 12;
export const BOOT_IMAGE_BYTES = 16;

/** Virtual address at which the image expects it; where the bytes are, at the same offset in a page; how many. */
export const BOOT_SEGMENT_ADDRESS = 0;
export const BOOT_SEGMENT_PHYSICAL = 4;
export const BOOT_SEGMENT_LENGTH = 8;
export const BOOT_SEGMENT_BYTES = 12;

/** A file: its path in UTF-8, and its length; the physical address of its contents, a multiple of a page, in one piece; their bytes. */
export const BOOT_FILE_PATH = 0;
export const BOOT_FILE_PATH_BYTES = 4;
export const BOOT_FILE_PHYSICAL = 8;
export const BOOT_FILE_LENGTH = 12;
export const BOOT_FILE_BYTES = 16;

/** Input comes from a terminal, byte by byte as it is typed: the kernel echoes, edits lines, and knows what control characters mean. */
export const CONSOLE_TERMINAL = 1;

/** Where the firmware maps kernel and RAM. */
export const KERNEL_ADDRESS = 0x80000000;
export const WINDOW_ADDRESS = 0xc0000000;
export const MOST_WINDOW_BYTES = 0x40000000;
