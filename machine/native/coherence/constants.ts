// What the native part of coherence knows of its machine before it is compiled: see ../constants.ts. machine/coherence/coherence-places.ts gives the
// values. Names of places are addresses in its memory.

/** Nodes; cores and units on each; cores of a unit. Whether groups have shared caches, and so are the units. */
@external("constant", "nodes")
export declare const NODES: u32;
@external("constant", "coresPerNode")
export declare const CORES_PER_NODE: u32;
@external("constant", "unitsPerNode")
export declare const UNITS_PER_NODE: u32;
@external("constant", "coresPerUnit")
export declare const CORES_PER_UNIT: u32;
@external("constant", "grouped")
export declare const GROUPED: u32;
/** Lines of RAM on each node; 0 where that is no whole number (COHERENCE_LINES_PER_NODE). */
@external("constant", "linesPerNode")
export declare const LINES_PER_NODE: u32;
/** Line shift: an address over this is a line's number. */
@external("constant", "lineShift")
export declare const LINE_SHIFT: u32;

/** The presence map: its place, bytes of a record, words of the bitmaps, and where in a record that of shared caches is. */
@external("constant", "presence")
export declare const PRESENCE: u32;
@external("constant", "recordBytes")
export declare const RECORD_BYTES: u32;
@external("constant", "coreWords")
export declare const CORE_WORDS: u32;
@external("constant", "sharedAt")
export declare const SHARED_AT: u32;
@external("constant", "sharedWords")
export declare const SHARED_WORDS: u32;

/** Counters by core, and by row of the protocol's table (f64). */
@external("constant", "coreCounters")
export declare const CORE_COUNTERS: u32;
@external("constant", "rowCounters")
export declare const ROW_COUNTERS: u32;

/** Queues: by resource, ticks reserved (f64), busy-until times and until when a slot is followed by full ones; the end of those. */
@external("constant", "work")
export declare const WORK: u32;
@external("constant", "busy")
export declare const BUSY: u32;
@external("constant", "fullUntil")
export declare const FULL_UNTIL: u32;
@external("constant", "ringsEnd")
export declare const RINGS_END: u32;
/** Numbers of the first memory controller, bus, directory and port of a shared cache among the resources. Directions of links come before them. */
@external("constant", "firstMemory")
export declare const FIRST_MEMORY: u32;
@external("constant", "firstBus")
export declare const FIRST_BUS: u32;
@external("constant", "firstDirectory")
export declare const FIRST_DIRECTORY: u32;
@external("constant", "firstPort")
export declare const FIRST_PORT: u32;

/** Links: see machine/interconnect/links.ts. */
@external("constant", "linkLatency")
export declare const LINK_LATENCY: u32;
@external("constant", "linkLengths")
export declare const LINK_LENGTHS: u32;
@external("constant", "linkByteTicks")
export declare const LINK_BYTE_TICKS: u32;
@external("constant", "linkSent")
export declare const LINK_SENT: u32;
@external("constant", "linkRounds")
export declare const LINK_ROUNDS: u32;
@external("constant", "linkOdd")
export declare const LINK_ODD: u32;
@external("constant", "linkOddBytes")
export declare const LINK_ODD_BYTES: u32;
@external("constant", "routes")
export declare const ROUTES: u32;
@external("constant", "routeAt")
export declare const ROUTE_AT: u32;
/** Rounds of a broadcast: plans by home * nodes + requester, and times by node. */
@external("constant", "plans")
export declare const PLANS: u32;
@external("constant", "roundTimes")
export declare const ROUND_TIMES: u32;

/** FABRIC_*, and its times in ticks; 0 where it has none of the name. */
@external("constant", "fabric")
export declare const FABRIC: u32;
@external("constant", "requestTicks")
export declare const REQUEST_TICKS: i32;
@external("constant", "lookupTicks")
export declare const LOOKUP_TICKS: i32;
@external("constant", "occupancyTicks")
export declare const OCCUPANCY_TICKS: i32;
@external("constant", "probeTicks")
export declare const PROBE_TICKS: i32;
@external("constant", "responseTicks")
export declare const RESPONSE_TICKS: i32;
@external("constant", "arbitrationTicks")
export declare const ARBITRATION_TICKS: i32;
@external("constant", "snoopTicks")
export declare const SNOOP_TICKS: i32;
@external("constant", "transferTicks")
export declare const TRANSFER_TICKS: i32;
/** How long a line keeps the data bus busy. */
@external("constant", "busLineTicks")
export declare const BUS_LINE_TICKS: i32;
/** Memory's latency, and how long a line keeps its controller busy. */
@external("constant", "memoryTicks")
export declare const MEMORY_TICKS: i32;
@external("constant", "memoryLineTicks")
export declare const MEMORY_LINE_TICKS: i32;
/** Units that are to be invalidated, by node (i32); and by unit, the number of the collection that it was last part of (i32). */
@external("constant", "targets")
export declare const TARGETS: u32;
@external("constant", "collected")
export declare const COLLECTED: u32;

/** Shared caches: place of the first, bytes of each, sets, ways; and their times. */
@external("constant", "sharedCaches")
export declare const SHARED_CACHES: u32;
@external("constant", "sharedCacheBytes")
export declare const SHARED_CACHE_BYTES: u32;
@external("constant", "sharedSets")
export declare const SHARED_SETS: u32;
@external("constant", "sharedWays")
export declare const SHARED_WAYS: u32;
@external("constant", "sharedTicks")
export declare const SHARED_TICKS: i32;
@external("constant", "sharedTransferTicks")
export declare const SHARED_TRANSFER_TICKS: i32;
@external("constant", "sharedOccupancyTicks")
export declare const SHARED_OCCUPANCY_TICKS: i32;
