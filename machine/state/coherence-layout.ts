// The numbers of coherence, and the layout of its memory, which TypeScript and the native part of coherence (machine/native/coherence) share.
//
// This file is compiled twice, as layout.ts is, so it holds nothing but integer constants. Coherence has a WebAssembly.Memory of its own, which never
// grows:
//
//   0 .. 1023         unused, so that a stray null pointer is noticed
//   1024 ..           registers (COHERENCE_*)
//   2048 ..           the protocol's tables, compiled
//   4096 ..           lines that are monitored
//   COHERENCE_HEAP    what a profile decides the size of (machine/coherence/coherence-places.ts): counters, queues, routes, shared caches, presence

// States of a line in a private hierarchy, weakest first. Stores need M; E becomes M by a store that nobody is told of.
export const STATE_I = 0;
export const STATE_S = 1;
export const STATE_E = 2;
export const STATE_O = 3;
export const STATE_M = 4;
export const STATES = 5;

// What happens to a cache: by its own core (Load, Store, Replace), or because of another cache's request (the probes).
export const EVENT_LOAD = 0;
export const EVENT_STORE = 1;
/** The line makes room for another. */
export const EVENT_REPLACE = 2;
/** Another cache wants to read. */
export const EVENT_GET_S = 3;
/** Another cache wants to write and needs the data. */
export const EVENT_GET_M = 4;
/** Another cache wants to write and needs no data: it has a copy (Upgrade), or writes all of the line (Claim). */
export const EVENT_INV = 5;
/** An inclusive shared cache gives the line up. */
export const EVENT_RECALL = 6;
export const EVENTS = 7;

// Actions, as bits of a compiled row.
export const ACTION_HIT = 1;
export const ACTION_GET_S = 2;
export const ACTION_GET_M = 4;
export const ACTION_UPGRADE = 8;
/** Tell the level below that the line is given up: without data. */
export const ACTION_PUT = 16;
/** Send the line to the level below: the shared cache, or memory at the home. */
export const ACTION_WRITE_BACK = 32;
/** Send the line to the requester. */
export const ACTION_DATA = 64;
/** Answer the requester without data. */
export const ACTION_ACK = 128;
/** `next` of an event that a table leaves out. */
export const NO_ROW = 255;

// What a core asks for.
export const REQUEST_GET_S = 0;
export const REQUEST_GET_M = 1;
/** It has the line in S or O and wants to write. */
export const REQUEST_UPGRADE = 2;
/** To write all of the line: ownership without data. */
export const REQUEST_CLAIM = 3;
/** Past all caches. */
export const REQUEST_UNCACHED_READ = 4;
export const REQUEST_UNCACHED_WRITE = 5;

// Who supplied the data of a transaction.
export const SOURCE_NONE = 0;
export const SOURCE_MEMORY = 1;
export const SOURCE_SHARED = 2;
export const SOURCE_CORE = 3;

// Where data moves from or to: a core's number for its private caches, SHARED_PLACE + group for a shared cache, MEMORY_PLACE.
export const MEMORY_PLACE = -1;
export const SHARED_PLACE = 128;

// What happens to a line in a shared cache.
/** A core of the group reads, and others may keep copies. */
export const SHARED_GET_S = 0;
/** A core of the group reads, no private cache has the line, and the group may write it. */
export const SHARED_GET_S_ALONE = 1;
/** A core of the group is to have the line in M. */
export const SHARED_GET_M = 2;
/** The line came from outside for a core of the group. */
export const SHARED_FILL = 3;
/** A private cache of the group evicts: an unmodified line, or one that memory does not know. */
export const SHARED_PUT = 4;
export const SHARED_PUT_DIRTY = 5;
/** A private cache of the group keeps the line as S and hands its modified data down, for a neighbour's read. */
export const SHARED_WRITE_BACK = 6;
/** Another group reads: the line's data goes out and stays the duty of this group, or memory is updated. */
export const SHARED_PROBE_OWNED = 7;
export const SHARED_PROBE_CLEANED = 8;
/** Another group is to have the line in M. */
export const SHARED_PROBE_INV = 9;
/** The line makes room for another. */
export const SHARED_REPLACE = 10;
export const SHARED_EVENTS = 11;

// Actions, as bits of a compiled row.
export const SHARED_ACTION_DATA = 1;
/** A private cache of the group that has a copy supplies it. */
export const SHARED_ACTION_FORWARD = 2;
/** Take the line in, which may put another one out. */
export const SHARED_ACTION_ALLOCATE = 4;
/** Send the line to memory at its home. */
export const SHARED_ACTION_WRITE_BACK = 8;
/** Invalidate the private copies, and take their modified data first. */
export const SHARED_ACTION_RECALL = 16;
/** The entry's duty for modified data goes to the core with the line: it gets M where it would get E. */
export const SHARED_ACTION_PASS_DIRTY = 32;

// States of an entry of a shared cache: NP, Clean, Dirty (memory is stale).
export const ENTRY_NOT_PRESENT = 0;
export const ENTRY_CLEAN = 1;
export const ENTRY_DIRTY = 2;

// What is counted of each core.
/** Data requests that the group's shared cache answered with its own data, and those that it could not. */
export const COUNT_SHARED_HITS = 0;
export const COUNT_SHARED_MISSES = 1;
/** Data requests that memory answered. */
export const COUNT_MEMORY = 2;
/** Data requests that another core's private cache or another group's shared cache answered. */
export const COUNT_COHERENCE_MISSES = 3;
/** Requests to write a line of which the core has a copy. */
export const COUNT_UPGRADES = 4;
/** Copies that the core lost, or had to share, to other cores' requests. */
export const COUNT_INVALIDATIONS = 5;
export const COUNT_DOWNGRADES = 6;
/** Copies that the core lost because its shared cache made room. */
export const COUNT_RECALLS = 7;
/** Modified lines that the core gave up to make room. */
export const COUNT_WRITE_BACKS = 8;
/** Accesses past all caches. */
export const COUNT_UNCACHED = 9;
export const COUNTERS = 10;

// Kinds of fabrics, and of messages: without data, and with a line.
export const FABRIC_BUS = 0;
export const FABRIC_BROADCAST = 1;
export const FABRIC_DIRECTORY = 2;
export const CONTROL = 0;
export const DATA = 1;
export const KINDS = 2;
export const ADDRESS_BUS = 0;
export const DATA_BUS = 1;

// Queues: see machine/native/coherence/resources.ts. Length of a slot in ticks, as a shift; slots of a ring, a power of two. All together (262,144
// cycles) they are longer than the queue of 128 cores that each fetch 16 lines and write 16 back.
export const SLOT_SHIFT = 10;
export const RING_SLOTS = 2048;
/** A busy-until time long before all others. */
export const LONG_AGO = -0x7fff_0000;

// A record of the presence map: {when the line's last transaction is done (ticks, f64), owners}, then the bitmaps of private caches and of shared caches.
export const PRESENCE_OWNERS = 8;
export const PRESENCE_CORES = 12;
// Fields of `owners`: the core whose private cache has the line in E, O or M; the unit that supplies it to others. Each 0 for none, else number + 1.
export const OWNER_CORE_MASK = 0xff;
export const OWNER_UNIT_SHIFT = 8;
export const OWNER_UNIT_MASK = 0xff00;
/** The owner unit may write the line without asking the others. */
export const EXCLUSIVE = 0x10000;

// A shared cache: {line that the last insertion put out, or -1, and its state}, then its entries, set by set, the last used line of each first. An
// entry is a line's number above ENTRY_STATE_BITS, and its state below; or ENTRY_FREE.
export const CACHE_VICTIM = 0;
export const CACHE_VICTIM_STATE = 4;
export const CACHE_ENTRIES = 16;
export const ENTRY_STATE_BITS = 2;
export const ENTRY_STATE_MASK = 3;
export const ENTRY_FREE = -1;

// A step of a round: one booking in a list of dependent ones. Its time comes from word STEP_FROM of the round's times, and is this later.
export const STEP_FROM = 0;
export const STEP_LATER = 4;
export const STEP_RESOURCE = 8;
/** How long it takes the resource; from the beginning of that to what is noted; and both for steps in the part that differs. */
export const STEP_LENGTH = 12;
export const STEP_WAY = 16;
export const STEP_OTHER_LENGTH = 20;
export const STEP_OTHER_WAY = 24;
/** Where what comes of it is noted in the times; and how much later that is an end, or NO_END. */
export const STEP_TO = 28;
export const STEP_END = 32;
export const STEP_BYTES = 36;
export const NO_END = -0x4000_0000;
// The plan of a round of a home for a requester: where its steps begin and end; the place of the list of where each node's answer begins, one
// more than there are nodes; from the start to the answer of the home itself, if it is the requester's node, else 0.
export const PLAN_FIRST = 0;
export const PLAN_LAST = 4;
export const PLAN_ANSWERS = 8;
export const PLAN_OWN_ANSWER = 12;
export const PLAN_BYTES = 16;

// Registers.
/** When the transaction in progress began, in ticks since the epoch (i32), and the epoch (i64). */
export const COHERENCE_LOW = 1024;
export const COHERENCE_EPOCH = 1032;
/** HOOK_*: who is to be told. */
export const COHERENCE_HOOKS = 1040;
/** State that the last transaction granted; who supplied its data (SOURCE_*, and the node, group or core); copies that it changed. */
export const COHERENCE_GRANTED = 1044;
export const COHERENCE_SOURCE = 1048;
export const COHERENCE_SUPPLIER = 1052;
export const COHERENCE_CHANGED = 1056;
/** Line that a core gives up in an exchange, and its state: until that is over, coherence may take it away. The core is -1 for none. */
export const COHERENCE_LEAVING_CORE = 1060;
export const COHERENCE_LEAVING_LINE = 1064;
export const COHERENCE_LEAVING_STATE = 1068;
/** How many lines are monitored. */
export const COHERENCE_MONITORED = 1072;
/** Bytes that passed the data bus (f64). */
export const COHERENCE_BUS_BYTES = 1080;
/** Lines of RAM on each node, bytes in a cycle of the bus and of a memory controller, bytes of a message without data (f64). */
export const COHERENCE_LINES_PER_NODE = 1088;
export const COHERENCE_BUS_BANDWIDTH = 1096;
export const COHERENCE_MEMORY_BANDWIDTH = 1104;
export const COHERENCE_CONTROL_BYTES = 1112;

// By state * EVENTS + event: `next`, `alone` and actions of the protocol; by entry * SHARED_EVENTS + event: those of the shared caches.
export const PROTOCOL_NEXT = 2048;
export const PROTOCOL_ALONE = 2112;
export const PROTOCOL_ACTIONS = 2176;
export const SHARED_NEXT = 2240;
export const SHARED_ACTIONS = 2304;

/** Lines that are monitored, by their numbers. */
export const MONITORS = 4096;
export const MOST_MONITORS = 1024;
export const COHERENCE_HEAP = 8192;

// Who is to be told of what: see CoherenceListener and TransactionAudit.
export const HOOK_LOST = 1;
export const HOOK_TAKEN = 2;
export const HOOK_TRANSACTION = 4;
export const HOOK_EVICTED = 8;
export const HOOK_MOVED = 16;
export const HOOK_AUDIT = 32;

// What is broken, for the message.
export const BROKEN_HAS_COPY = 0;
export const BROKEN_NO_COPY = 1;
export const BROKEN_NO_ROW = 2;
export const BROKEN_NO_SHARED_ROW = 3;
export const BROKEN_SUPPLIES_NOTHING = 4;
export const BROKEN_NOT_SHARED = 5;

/** Places in the table of functions that change private caches: the state of a line, and taking it down to another. */
export const CALL_STATE = 1;
export const CALL_SET_STATE = 2;
export const CALLS = 3;

/** `transact` answers how long it takes, in ticks, above the state that it grants. */
export const ANSWER_SHIFT = 3;
export const ANSWER_STATE_MASK = 7;
