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

@external("machine", "syscall")
export declare function syscall(number: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64;

// --- instruments (free)

/** UTF-8 text for the people outside. */
@external("machine", "log")
export declare function log(text: usize, bytes: i32): void;

/** A measured value by its name, in UTF-8. */
@external("machine", "report")
export declare function report(name: usize, bytes: i32, value: f64): void;

/** Ends the run of the whole machine. */
@external("machine", "exit")
export declare function exit(code: i32): void;
