// Numbers of system calls, and what is behind them: the one page that the kernel (dispatch.ts) and its user-level image (posix.ts) share. Operands
// are words; a number of 64 bits is two, the lower one first.
//
// Two calls have more operands than the machine passes. spawn gives its descriptors and group by SPAWN_ATTRIBUTES before; the kernel delivers no signal
// between the two. mmap has protection and flags in one word, the flags from bit 8 on.

export const SYS_OPEN: i32 = 1;
export const SYS_READ: i32 = 2;
export const SYS_WRITE: i32 = 3;
export const SYS_PREAD: i32 = 4;
export const SYS_PWRITE: i32 = 5;
export const SYS_CLOSE: i32 = 6;
export const SYS_LSEEK: i32 = 7;
export const SYS_STAT: i32 = 8;
export const SYS_FSTAT: i32 = 9;
export const SYS_FTRUNCATE: i32 = 10;
export const SYS_READDIR: i32 = 11;
export const SYS_MKDIR: i32 = 12;
export const SYS_UNLINK: i32 = 13;
export const SYS_RMDIR: i32 = 14;
export const SYS_RENAME: i32 = 15;
export const SYS_CHDIR: i32 = 16;
export const SYS_GETCWD: i32 = 17;
export const SYS_PIPE: i32 = 18;
export const SYS_DUP2: i32 = 19;
export const SYS_ISATTY: i32 = 20;
export const SYS_FILE_FLAGS: i32 = 21;
export const SYS_POLL: i32 = 22;

export const SYS_MMAP: i32 = 30;
export const SYS_MUNMAP: i32 = 31;
export const SYS_MPROTECT: i32 = 32;
export const SYS_BRK: i32 = 33;

export const SYS_SPAWN_ATTRIBUTES: i32 = 40;
export const SYS_SPAWN: i32 = 41;
export const SYS_EXEC: i32 = 42;
export const SYS_FORK: i32 = 43;
export const SYS_WAITPID: i32 = 44;
export const SYS_EXIT: i32 = 45;
export const SYS_KILL: i32 = 46;
export const SYS_SIGNAL: i32 = 47;
export const SYS_GETPID: i32 = 48;
export const SYS_GETPPID: i32 = 49;
export const SYS_SETPGID: i32 = 50;
export const SYS_GETPGID: i32 = 51;
export const SYS_TCSETPGRP: i32 = 52;
export const SYS_PROCESSES: i32 = 53;
export const SYS_ARGUMENTS: i32 = 54;
export const SYS_ENVIRONMENT: i32 = 55;

export const SYS_THREAD_CREATE: i32 = 60;
export const SYS_THREAD_JOIN: i32 = 61;
export const SYS_THREAD_EXIT: i32 = 62;
export const SYS_THREAD_SELF: i32 = 63;
export const SYS_THREAD_YIELD: i32 = 64;
export const SYS_THREAD_AFFINITY: i32 = 65;
export const SYS_CORES: i32 = 66;
export const SYS_FUTEX_WAIT: i32 = 67;
export const SYS_FUTEX_WAKE: i32 = 68;

export const SYS_CLOCK: i32 = 70;
export const SYS_NANOSLEEP: i32 = 71;
export const SYS_RANDOM: i32 = 72;

/** Where the flags of mmap are in the word of its protection. */
export const MMAP_FLAGS_SHIFT: i32 = 8;
