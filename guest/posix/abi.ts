// The numbers of the POSIX-like API: what programs, libraries and kernels agree on. Nothing but integer constants.
//
// Errors are returned negated (-ENOENT) and have the numbers that Linux gives them. docs/posix.md tells what each function answers.

// --- errors

export const EPERM: i32 = 1;
export const ENOENT: i32 = 2;
export const ESRCH: i32 = 3;
export const EINTR: i32 = 4;
export const EIO: i32 = 5;
export const E2BIG: i32 = 7;
export const ENOEXEC: i32 = 8;
export const EBADF: i32 = 9;
export const ECHILD: i32 = 10;
export const EAGAIN: i32 = 11;
export const ENOMEM: i32 = 12;
export const EACCES: i32 = 13;
export const EFAULT: i32 = 14;
export const EBUSY: i32 = 16;
export const EEXIST: i32 = 17;
export const EXDEV: i32 = 18;
export const ENOTDIR: i32 = 20;
export const EISDIR: i32 = 21;
export const EINVAL: i32 = 22;
export const ENFILE: i32 = 23;
export const EMFILE: i32 = 24;
export const ENOTTY: i32 = 25;
export const EFBIG: i32 = 27;
export const ENOSPC: i32 = 28;
export const ESPIPE: i32 = 29;
export const EROFS: i32 = 30;
export const EMLINK: i32 = 31;
export const EPIPE: i32 = 32;
export const EDOM: i32 = 33;
export const ERANGE: i32 = 34;
export const EDEADLK: i32 = 35;
export const ENAMETOOLONG: i32 = 36;
export const ENOSYS: i32 = 38;
export const ENOTEMPTY: i32 = 39;
export const EOVERFLOW: i32 = 75;
export const ETIMEDOUT: i32 = 110;

// --- limits

/** Bytes of a path, and of one name in it. */
export const PATH_MAX: i32 = 1024;
export const NAME_MAX: i32 = 255;
/** Open files of a process. */
export const OPEN_MAX: i32 = 256;
/** Bytes that are written to a pipe in one piece. */
export const PIPE_BUF: i32 = 4096;
/** Bytes of arguments and environment together. */
export const ARG_MAX: i32 = 131072;

// --- open, lseek

export const O_RDONLY: i32 = 0;
export const O_WRONLY: i32 = 1;
export const O_RDWR: i32 = 2;
export const O_ACCMODE: i32 = 3;
export const O_CREAT: i32 = 0x40;
export const O_EXCL: i32 = 0x80;
export const O_TRUNC: i32 = 0x200;
export const O_APPEND: i32 = 0x400;
export const O_NONBLOCK: i32 = 0x800;
export const O_DIRECTORY: i32 = 0x10000;
export const O_CLOEXEC: i32 = 0x80000;

export const SEEK_SET: i32 = 0;
export const SEEK_CUR: i32 = 1;
export const SEEK_END: i32 = 2;

// --- stat: a record of STAT_BYTES

/** i64: number of the file. */
export const STAT_INODE: i32 = 0;
/** i64, in bytes. */
export const STAT_SIZE: i32 = 8;
/** i64: nanoseconds of CLOCK_REALTIME at the last change of the contents. */
export const STAT_MODIFIED: i32 = 16;
/** i32: S_IF* and permissions. */
export const STAT_MODE: i32 = 24;
/** i32 */
export const STAT_LINKS: i32 = 28;
/** i32: which file system or device. */
export const STAT_DEVICE: i32 = 32;
export const STAT_BYTES: i32 = 40;

export const S_IFMT: i32 = 0xf000;
export const S_IFIFO: i32 = 0x1000;
export const S_IFCHR: i32 = 0x2000;
export const S_IFDIR: i32 = 0x4000;
export const S_IFREG: i32 = 0x8000;

// --- readdir: records of DIRENT_NAME + name bytes, rounded up to a multiple of 8

/** i64 */
export const DIRENT_INODE: i32 = 0;
/** u16: bytes from this record to the next. */
export const DIRENT_BYTES: i32 = 8;
/** u16: S_IF* >>> 12. */
export const DIRENT_TYPE: i32 = 10;
/** u16: bytes of the name, which no zero follows. */
export const DIRENT_NAME_BYTES: i32 = 12;
export const DIRENT_NAME: i32 = 16;

// --- poll: records of POLL_BYTES

/** i32: a negative one is passed over. */
export const POLL_FD: i32 = 0;
/** u16: what is asked for. */
export const POLL_EVENTS: i32 = 4;
/** u16: what is there. */
export const POLL_RETURNED: i32 = 6;
export const POLL_BYTES: i32 = 8;
export const POLLIN: i32 = 1;
export const POLLOUT: i32 = 4;
export const POLLERR: i32 = 8;
export const POLLHUP: i32 = 16;
export const POLLNVAL: i32 = 32;

// --- memory

export const PROT_NONE: i32 = 0;
export const PROT_READ: i32 = 1;
export const PROT_WRITE: i32 = 2;
export const PROT_EXEC: i32 = 4;
export const MAP_SHARED: i32 = 1;
export const MAP_PRIVATE: i32 = 2;
export const MAP_FIXED: i32 = 0x10;
export const MAP_ANONYMOUS: i32 = 0x20;

// --- processes and signals

/** waitpid does not wait. */
export const WNOHANG: i32 = 1;

/** usage: what waitpid tells of a process that has ended, a record of USAGE_BYTES. i64 nanoseconds each, but for the faults. */
export const USAGE_USER: i32 = 0;
export const USAGE_SYSTEM: i32 = 8;
/** i64: page faults that were resolved. */
export const USAGE_FAULTS: i32 = 16;
export const USAGE_BYTES: i32 = 24;

export const SIGHUP: i32 = 1;
export const SIGINT: i32 = 2;
export const SIGQUIT: i32 = 3;
export const SIGILL: i32 = 4;
export const SIGABRT: i32 = 6;
export const SIGFPE: i32 = 8;
export const SIGKILL: i32 = 9;
export const SIGUSR1: i32 = 10;
export const SIGSEGV: i32 = 11;
export const SIGUSR2: i32 = 12;
export const SIGPIPE: i32 = 13;
export const SIGALRM: i32 = 14;
export const SIGTERM: i32 = 15;
export const SIGCHLD: i32 = 17;
export const SIGCONT: i32 = 18;
export const SIGSTOP: i32 = 19;
/** Signals are 1 to SIGNALS - 1. */
export const SIGNALS: i32 = 32;

/** In the place of a handler's function index. */
export const SIG_DFL: i32 = -1;
export const SIG_IGN: i32 = -2;

/** ps: a record of PROCESS_BYTES each. i32 but for the times. */
export const PROCESS_ID: i32 = 0;
export const PROCESS_PARENT: i32 = 4;
/** R, S or Z: an ASCII character. */
export const PROCESS_STATE: i32 = 8;
export const PROCESS_THREADS: i32 = 12;
/** Pages of memory that it has. */
export const PROCESS_PAGES: i32 = 16;
/** Core on which one of its threads runs or has run last. */
export const PROCESS_CORE: i32 = 20;
/** i64: nanoseconds in user and kernel mode. */
export const PROCESS_TIME: i32 = 24;
/** UTF-8, filled up with zeroes. */
export const PROCESS_NAME: i32 = 32;
export const PROCESS_NAME_BYTES: i32 = 32;
export const PROCESS_BYTES: i32 = 64;

// --- time

/** Nanoseconds since 1970-01-01 UTC. The machine starts at REALTIME_START: it has no clock that goes on while it is off. */
export const CLOCK_REALTIME: i32 = 0;
/** Nanoseconds since the machine was started. */
export const CLOCK_MONOTONIC: i32 = 1;
/** Nanoseconds that the process, or the calling thread, has run. */
export const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;
export const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
/** 2000-01-01T00:00:00Z in nanoseconds. */
export const REALTIME_START: i64 = 946684800000000000;

// --- where things are in a process's memory

/** The program's own memory begins at 0 and ends here at most. */
export const PROGRAM_END: usize = 0x4000_0000;
/** mmap without an address answers addresses from here to MAP_END. */
export const MAP_START: usize = 0x4000_0000;
export const MAP_END: usize = 0x7000_0000;
/** Static data of the library images posix and wasi_snapshot_preview1: LIBRARY_BYTES each, demand-zero. */
export const POSIX_BASE: usize = 0x7000_0000;
export const WASI_BASE: usize = 0x7100_0000;
export const LIBRARY_BYTES: usize = 0x10_0000;
