// What the native helper knows of its machine before it is compiled: imported globals here, of which the optimiser knows nothing; in the module
// they are constants, written into its code by specialize.ts. machine/memory/private-caches.ts gives their values.

/** Bytes of a line, less one, and the line's number of bits. */
@external("constant", "lineMask")
export declare const LINE_MASK: u32;
@external("constant", "lineShift")
export declare const LINE_SHIFT: u32;
/** Line shift less 3: a line's number times the size of a filter entry. */
@external("constant", "filterShift")
export declare const FILTER_SHIFT: u32;
/** What turns a line into one whose filter entry is another. */
@external("constant", "otherLine")
export declare const OTHER_LINE: u32;
/** Sets of the L1 less one; bytes of one, of its ways' words in use, and from its start to the guest lines. */
@external("constant", "l1SetMask")
export declare const L1_SET_MASK: u32;
@external("constant", "l1SetBytes")
export declare const L1_SET_BYTES: u32;
@external("constant", "l1WaysBytes")
export declare const L1_WAYS_BYTES: u32;
@external("constant", "l1GuestLines")
export declare const L1_GUEST_LINES: u32;
/** The L2: L2_*; the same of its sets; ticks that looking into it takes. */
@external("constant", "l2Kind")
export declare const L2_KIND: u32;
@external("constant", "l2SetMask")
export declare const L2_SET_MASK: u32;
@external("constant", "l2SetBytes")
export declare const L2_SET_BYTES: u32;
@external("constant", "l2WaysBytes")
export declare const L2_WAYS_BYTES: u32;
@external("constant", "l2Ticks")
export declare const L2_TICKS: u32;
/** The TLB: sets less one, bytes of one, and ways; of the second level too (0 ways: none), and the ticks that it takes. */
@external("constant", "tlbSetMask")
export declare const TLB_SET_MASK: u32;
@external("constant", "tlbSetBytes")
export declare const TLB_SET_BYTES: u32;
@external("constant", "tlbWays")
export declare const TLB_WAYS: u32;
@external("constant", "tlb2SetMask")
export declare const TLB2_SET_MASK: u32;
@external("constant", "tlb2Ways")
export declare const TLB2_WAYS: u32;
@external("constant", "tlb2Ticks")
export declare const TLB2_TICKS: u32;
/** Ticks that a page walk's access to the L1 takes. */
@external("constant", "walkTicks")
export declare const WALK_TICKS: u32;
/** Whether address space identifiers keep TLB entries apart. */
@external("constant", "spaceIds")
export declare const SPACE_IDS: u32;
/** Stores that may be under way at once; 0 where a store waits. */
@external("constant", "storeBuffer")
export declare const STORE_BUFFER: u32;
/** Lines that the stream prefetcher runs ahead; 0 where there is none. */
@external("constant", "prefetchDistance")
export declare const PREFETCH_DISTANCE: u32;
/** Bytes of the streams that it follows at once, all but the first, which is the latest. */
@external("constant", "olderStreams")
export declare const OLDER_STREAMS: u32;
/** Host address of physical address 0. */
@external("constant", "ram")
export declare const RAM: u32;
/** Physical address of the end of RAM. */
@external("constant", "ramBytes")
export declare const RAM_BYTES: u32;
/** What observers want to be told: OBSERVE_* bits. */
@external("constant", "observed")
export declare const OBSERVED: u32;
/** Ticks of line_zero, beside the claim of the line. */
@external("constant", "lineZeroTicks")
export declare const LINE_ZERO_TICKS: u32;
