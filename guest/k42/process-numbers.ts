// The numbers of system calls about the objects of virtual memory, first of all the program's own Process, which the kernel (process-calls.ts) and user programs (process-api.ts) share.

/** family: 0, when the change has begun; -EBUSY, -EINVAL, -ENOMEM. */
export const SYS_PROCESS_SWAP: i32 = 110;
/** The family, or -EBUSY. */
export const SYS_PROCESS_FAMILY: i32 = 111;
/** count, at most MOST_ZERO_FRAMES: nanoseconds, -EINVAL, -ENOMEM. */
export const SYS_ZERO_FILL: i32 = 112;

export const MOST_ZERO_FRAMES: i32 = 10_000;

/** Families. */
export const PROCESS_SHARED: i32 = 0;
export const PROCESS_DISTRIBUTED: i32 = 1;
