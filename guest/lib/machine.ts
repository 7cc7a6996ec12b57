// The machine's intrinsics, as guests import them. Types and costs are the machine's: what is free takes no cycles and changes nothing.
// A call of an import is never merged with another or moved across a load or store, so a poll with `pause` in its loop reads anew.

// --- time and identity

/** The core's clock in cycles of the machine's reference clock; all cores count from the same zero. */
@external("machine", "cycles")
export declare function cycles(): i64;

@external("machine", "core_id")
export declare function coreId(): i32;

@external("machine", "core_count")
export declare function coreCount(): i32;

/** To be called in every round of a loop that waits for another core. */
@external("machine", "pause")
export declare function pause(): void;

@external("machine", "fence")
export declare function fence(): void;

/** Starts to fetch a line and returns. */
@external("machine", "prefetch")
export declare function prefetch(address: usize): void;

/** Makes the whole line at an address zero without fetching it. */
@external("machine", "line_zero")
export declare function lineZero(address: usize): void;

// --- memory management (privileged)

/** The page directory that this core walks from now on, by its physical address, under an address-space number. */
@external("machine", "set_page_root")
export declare function setPageRoot(physical: usize, addressSpace: i32): void;

/** Drops this core's translation of the page at an address. */
@external("machine", "invlpg")
export declare function invlpg(address: usize): void;

/** Drops this core's translations of one address space; -1 stands for all of them. */
@external("machine", "tlb_flush")
export declare function tlbFlush(addressSpace: i32): void;

/** The address whose access made the last page fault on this core. */
@external("machine", "fault_address")
export declare function faultAddress(): usize;

// --- interrupts (privileged)

/** Allows or holds back interrupts on this core; returns what was before. */
@external("machine", "interrupts")
export declare function interrupts(enable: bool): bool;

/** Sleeps until an interrupt. */
@external("machine", "halt")
export declare function halt(): void;

@external("machine", "ipi_send")
export declare function ipiSend(core: i32, vector: i32): void;

/** An interrupt at this cycle, once; 0 takes it back. */
@external("machine", "timer_set")
export declare function timerSet(deadline: i64): void;

// --- waiting

/** Arms this core's monitor on the line at an address. */
@external("machine", "monitor")
export declare function monitor(address: usize): void;

/** Sleeps until the monitored line is taken for writing, an interrupt, or the cycle `deadline`; returns which. */
@external("machine", "mwait")
export declare function mwait(deadline: i64): i32;

// --- cores and traps

/** Lets a core that does not run call a function (by its table index) of an image with an argument. 0: this image; this page root. */
@external("machine", "core_start")
export declare function coreStart(core: i32, link: i32, fn: i32, argument: i32, pageRoot: usize): void;

/** Calls the kernel: `TRAP_SYSCALL + number`. */
@external("machine", "syscall")
export declare function syscall(number: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64;

// --- images and links (kernels only). Errors are negated: see docs/machine-contract.md.

/** The number of the image whose bytes are at an address; the same for the same bytes. */
@external("machine", "image_load")
export declare function imageLoad(address: usize, bytes: i32): i32;

/** Fills in IMAGE_BYTES at `out`. */
@external("machine", "image_info")
export declare function imageInfo(image: i32, out: usize): i32;

/** Fills in IMAGE_SEGMENT_BYTES at `out` for the i-th active data segment. */
@external("machine", "image_segment")
export declare function imageSegment(image: i32, i: i32, out: usize): i32;

/** Writes the name of the i-th module that an image imports from, in UTF-8; returns its length. */
@external("machine", "image_import")
export declare function imageImport(image: i32, i: i32, buffer: usize, bytes: i32): i32;

/** Links images, by a list of entries of LINK_ENTRY_BYTES: libraries first, the program last. Returns the link's number. */
@external("machine", "link")
export declare function link(list: usize, count: i32): i32;

/** A link with the same globals and tables, as they are now. */
@external("machine", "link_copy")
export declare function linkCopy(link: i32): i32;

/** Ends a link that has no contexts left. */
@external("machine", "link_release")
export declare function linkRelease(link: i32): i32;

/** What stands for an exported function of a link where the index of a function is asked for. */
@external("machine", "link_export")
export declare function linkExport(link: i32, name: usize, bytes: i32): i32;

// --- contexts. Errors are negated.

/** A context that will call a function of a link, with the argument if it takes one. `user`: whether the link is a user's. */
@external("machine", "context_create")
export declare function contextCreate(link: i32, fn: i32, argument: i32, user: bool): i32;

/** Goes on with another context; 0 when somebody comes back. */
@external("machine", "context_switch")
export declare function contextSwitch(context: i32): i32;

@external("machine", "context_self")
export declare function contextSelf(): i32;

/** Lets a context call a function of its link before it goes on. */
@external("machine", "context_upcall")
export declare function contextUpcall(context: i32, fn: i32, a: i32, b: i32): i32;

/** A copy of a context, in a copy of its link (0: in the same link). The copy of the running context finds the answer 0. */
@external("machine", "context_fork")
export declare function contextFork(context: i32, link: i32): i32;

@external("machine", "context_destroy")
export declare function contextDestroy(context: i32): i32;

/** Contexts of the same group, which is not 0, may switch to each other in user mode. */
@external("machine", "context_group")
export declare function contextGroup(context: i32, group: i32): i32;

/** One of this core's counters, COUNTER_*. */
@external("machine", "counter_read")
export declare function counterRead(counter: i32): i64;

// --- devices (kernels only). Errors are negated.

/** Writes bytes to a stream of the console, CONSOLE_*; returns how many. */
@external("machine", "console_write")
export declare function consoleWrite(stream: i32, address: usize, bytes: i32): i32;

/** Reads what has arrived, at most `bytes`; returns how many, 0 at the end of the input, -EAGAIN where nothing is there yet. */
@external("machine", "console_read")
export declare function consoleRead(address: usize, bytes: i32): i32;

/** Sends a device's interrupts to a core from now on; DEVICE_*. */
@external("machine", "interrupt_route")
export declare function interruptRoute(device: i32, core: i32, vector: i32): i32;

// --- instruments (free)

/** Bytes for the people outside, behind what was saved under that name (UTF-8) before. */
@external("machine", "save")
export declare function save(name: usize, nameBytes: i32, address: usize, bytes: i32): void;

/** Shows the people outside what a context was doing: its calls, with source lines. Kernels only. */
@external("machine", "trace_calls")
export declare function traceCalls(context: i32): i32;

/** UTF-8 text for the people outside. */
@external("machine", "log")
export declare function log(text: usize, bytes: i32): void;

/** A value at this place in the program, by a name in UTF-8. */
@external("machine", "mark")
export declare function mark(name: usize, bytes: i32, value: i64): void;

/** A measured value by its name, in UTF-8. */
@external("machine", "report")
export declare function report(name: usize, bytes: i32, value: f64): void;

/** What lies at an address is called so in reports of those outside; an empty name takes that back. */
@external("machine", "label")
export declare function label(address: usize, bytes: i32, name: usize, nameBytes: i32): void;

/**
 * Counts that something happened to an object: TALLY_*, or a number of the kernel's own from TALLY_OWN on. Called directly it takes no time at all, so it can
 * stay where it is; its operands cost what they cost, so give it what is at hand.
 */
@external("machine", "tally")
export declare function tally(object: usize, event: i32): void;

/** Ends the run of the whole machine. */
@external("machine", "exit")
export declare function exit(code: i32): void;
