// The kernel's own servers: numbers that the kernel, the servers (servers/) and the posix image of programs (posix.ts) share.
//
// A call to one of them has five words: an operation and its operands, for which the buffer's two words are used as well. It is not ended by signals, and the
// server reaches all of the caller's memory, as long as the call lasts: it is trusted, and it does not wait for anybody on a caller's account.

/** From here on the numbers of servers are those of the kernel's own. */
export const FIRST_TRUSTED: i32 = 240;
export const FILE_SERVER: i32 = 241;
export const PROCESS_SERVER: i32 = 242;

/** System calls of these servers only. */
export const SYS_SERVED: i32 = 120;
/** address in the caller's memory, address, bytes: copies from there, to there. 0, -EFAULT; -ESRCH behind the end of the call. */
export const SYS_FETCH_AT: i32 = 120;
export const SYS_STORE_AT: i32 = 121;
/** Whether there is too little memory to make what lasts. */
export const SYS_MEMORY_IS_SHORT: i32 = 122;
/** Those about files: file-service.ts. */
export const SYS_SERVED_FILES: i32 = 130;
/** Those about processes: process-service.ts. */
export const SYS_SERVED_PROCESSES: i32 = 160;
export const SYS_SERVED_END: i32 = 170;
