// The part of the layout of machine memory (layout.ts) that is for windows and the turns in them, and for cores that poll: registers 1736 to 1799, the
// words from 2048 to 2691, and 33280 to 33407 of a core record. Compiled by TypeScript and AssemblyScript: nothing but integer constants.

// Registers. See machine/native/parking.ts.
/** How many of the runnable cores are parked, and whether any may be. */
export const REG_PARKED = 1736;
export const REG_PARKING = 1740;
/** Whether windows are being run, and how many have been. */
export const REG_TURN = 1744;
export const REG_ROTATION = 1748;
/** Where the running window began, and how long windows are, in ticks (i64). */
export const REG_WINDOW_START = 1752;
export const REG_WINDOW_TICKS = 1760;
/** Packed clock at which what others can see was begun last: a transaction, a built-in function, the end of a core's work (i64). */
export const REG_BEGUN = 1768;
/** How often a core was parked (i64). */
export const REG_PARKINGS = 1776;
/** The registers, from the first on, and where those of the core that runs are kept while a parked one catches up. */
export const REG_FIRST = 1024;
export const REG_BYTES = 1024;
export const REG_SAVED = 3072;
// The order of turns in windows: see machine/native/turns.ts.
/** Records of the cores in the order of their turns (u32 each), the place of each core in that list (a byte each), and the order's number plus one. */
export const TURNS = 2048;
export const TURN_PLACES = 2560;
export const TURNS_DRAWN = 2688;
// What REG_ALONE and REG_CUT say.
/** One core is runnable: its windows are long. */
export const ALONE_RUNNABLE = 1;
/** All others are parked: its window stands for many of the usual length. */
export const ALONE_UNPARKED = 2;
/** An event has been scheduled. */
export const CUT_EVENT = 1;
/** A parked core has been released, or an event been cancelled: the window ends with that of the usual length. */
export const CUT_RELEASED = 2;

// Fields of a core record. See machine/native/polling.ts. Nothing else of a core record between CORE_STACK_END and CORE_TLB_HINTS, but times and counts,
// may change in a core that does nothing but poll.
/** Pauses until the next one that is looked at. */
export const CORE_PAUSES = 33280;
/** POLL_* */
export const CORE_POLL_PHASE = 33284;
/** Pauses that the phase still takes, and how many one round of the loop has. */
export const CORE_POLL_LEFT = 33288;
export const CORE_POLL_ROUND = 33292;
/** Pauses between two attempts to find that the core polls. */
export const CORE_POLL_PATIENCE = 33296;
/** Where the frames and the record are kept as they were, and the frame that was on top. */
export const CORE_POLL_AREA = 33300;
export const CORE_POLL_TOP = 33304;
/** Set by everything after which the core cannot be said to do nothing but poll. */
export const CORE_EFFECTS = 33308;
/** Time (ticks), instructions and accesses (i64), as they were. */
export const CORE_POLL_TIME = 33312;
export const CORE_POLL_INSTRUCTIONS = 33320;
export const CORE_POLL_ACCESSES = 33328;
/** End of the window in which the core was parked (ticks, i64). */
export const CORE_PARK_END = 33336;
/** What a round takes in ticks, instructions and accesses (i64). */
export const CORE_PARK_TICKS = 33344;
export const CORE_PARK_INSTRUCTIONS = 33352;
export const CORE_PARK_ACCESSES = 33360;
/** Physical lines that a round reads, by number: how many, and which. */
export const CORE_POLL_LINE_COUNT = 33368;
export const CORE_POLL_LINES = 33372;
export const MOST_POLLED_LINES = 8;
export const POLL_NOT = 0;
export const POLL_COMPARING = 1;
export const POLL_RECORDED = 2;
/** Bit of CORE_PREFETCHES: accesses that the access filters do not know are recorded. */
export const POLL_RECORDING = 0x40000000;
/** A core whose frames take more is not looked at. */
export const POLL_FRAME_BYTES = 16384;
export const POLL_AREA_BYTES = 17408;

// What the table of frames says of code, beside FRAME_OF_*.
/** It is known whether the code is FRAME_SETTLED: it uses no mutable globals that may still change, and calls nothing unknown. */
export const FRAME_EXAMINED = 4;
export const FRAME_SETTLED = 8;

// Why a body left, beside LEAVE_* of layout.ts.
/** A pause that is looked at: see machine/native/polling.ts. */
export const LEAVE_PAUSE = 7;
/** The core is to be watched, or to be parked. */
export const LEAVE_WATCH = 8;
export const LEAVE_PARK = 9;

// States of a core, beside those of layout.ts.
/** It seems to poll, and is watched for one round. */
export const CORE_WATCHED = 5;
/** It has come to its end, or to a trap, after its window: it stops in its next one. */
export const CORE_STOPPING = 6;
