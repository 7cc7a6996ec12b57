// The numbers that guests see: one place, from which the guests' copy (guest/lib/machine-constants.ts) is generated.
//
// Nothing but integer constants, because TypeScript and AssemblyScript both compile this file. docs/machine-contract.md says what
// they mean in their places.

// Causes of a trap: the first parameter of a kernel's `trap`.
/** a: the address; b: FAULT_* bits. */
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
/** The system call n is TRAP_SYSCALL + n, for n from 0 to MOST_SYSCALL; a to f: its operands. */
export const TRAP_SYSCALL = 256;
/** Numbers of system calls have this many bits; others are cut off. */
export const SYSCALL_MASK = 0xffffff;

// What a page fault was.
export const FAULT_WRITE = 1;
export const FAULT_USER = 2;
/** The page is present: the access had no right to it. */
export const FAULT_PRESENT = 4;

// Interrupts: vectors 0 to VECTORS - 1. When several are pending the lowest is taken first.
export const VECTORS = 64;
/** The core's own timer. */
export const VECTOR_TIMER = 0;

// Why mwait returned.
export const WOKEN_BY_WRITE = 0;
export const WOKEN_BY_INTERRUPT = 1;
export const WOKEN_BY_DEADLINE = 2;

// Errors that intrinsics return, negated.
/** The context runs elsewhere, or is busy in the kernel. */
export const EBUSY = 16;
/** There is no such context. */
export const ESRCH = 3;
/** A parameter is wrong. */
export const EINVAL = 22;
/** Out of memory for one more context. */
export const ENOMEM = 12;
/** Contexts of another group. */
export const EPERM = 1;
