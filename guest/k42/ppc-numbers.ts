// Protected procedure calls: the numbers that the kernel (ppc.ts) and user programs (ppc-api.ts) share.

/** System calls, and their operands. */
/** server and PPC_GIVE, PPC_TAKE; a, b, c; buffer, bytes. The server's answer, or an error. */
export const SYS_PPC_CALL: i32 = 100;
/** server, function, argument: calls of that number run this function of the program's, on workers that the kernel makes. -EINTR when it ends. */
export const SYS_PPC_SERVE: i32 = 101;
/** block, answer, its upper half: answers the call, if there is one, and waits for the next. 0, -EINTR; -ESRCH when there will be none. */
export const SYS_PPC_WAIT: i32 = 102;
/** offset in the caller's buffer, address, bytes. */
export const SYS_PPC_FETCH: i32 = 103;
export const SYS_PPC_STORE: i32 = 104;

/** Servers have numbers from 1 to MOST_SERVERS - 1. */
export const MOST_SERVERS: i32 = 256;
/** With the number of the server: it may copy from the caller's buffer; it may copy to it. */
export const PPC_GIVE: i32 = 0x100;
export const PPC_TAKE: i32 = 0x200;
/** Among a caller's rights, and not to be asked for: it is the kernel, and its addresses are the kernel's. */
export const PPC_KERNEL: i32 = 0x400;

/** What a worker finds in its block: words. It lies in one page, which should be one that is shared (MAP_SHARED), since fork copies others. */
export const PPC_CALLER: usize = 0;
export const PPC_A: usize = 4;
export const PPC_B: usize = 8;
export const PPC_C: usize = 12;
export const PPC_BYTES: usize = 16;
export const PPC_RIGHTS: usize = 20;
/** The buffer's address, in the caller's memory. */
export const PPC_BUFFER: usize = 24;
/** Of the caller's process: where its relative paths begin (kernel/naming). */
export const PPC_DIRECTORY: usize = 28;
export const PPC_BLOCK_BYTES: usize = 32;
