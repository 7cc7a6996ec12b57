// Numbers of wasi_snapshot_preview1: what programs that clang or rustc made for wasm32-wasi agree on with whoever runs them. From the WASI project's
// witx/wasi_snapshot_preview1.witx. Nothing but integer constants.

// --- errno, u16

export const ERRNO_SUCCESS: i32 = 0;
export const ERRNO_2BIG: i32 = 1;
export const ERRNO_ACCES: i32 = 2;
export const ERRNO_AGAIN: i32 = 6;
export const ERRNO_BADF: i32 = 8;
export const ERRNO_BUSY: i32 = 10;
export const ERRNO_CHILD: i32 = 12;
export const ERRNO_DEADLK: i32 = 16;
export const ERRNO_DOM: i32 = 18;
export const ERRNO_EXIST: i32 = 20;
export const ERRNO_FAULT: i32 = 21;
export const ERRNO_FBIG: i32 = 22;
export const ERRNO_INTR: i32 = 27;
export const ERRNO_INVAL: i32 = 28;
export const ERRNO_IO: i32 = 29;
export const ERRNO_ISDIR: i32 = 31;
export const ERRNO_MFILE: i32 = 33;
export const ERRNO_MLINK: i32 = 34;
export const ERRNO_NAMETOOLONG: i32 = 37;
export const ERRNO_NFILE: i32 = 41;
export const ERRNO_NOENT: i32 = 44;
export const ERRNO_NOEXEC: i32 = 45;
export const ERRNO_NOMEM: i32 = 48;
export const ERRNO_NOSPC: i32 = 51;
export const ERRNO_NOSYS: i32 = 52;
export const ERRNO_NOTDIR: i32 = 54;
export const ERRNO_NOTEMPTY: i32 = 55;
export const ERRNO_NOTTY: i32 = 59;
export const ERRNO_OVERFLOW: i32 = 61;
export const ERRNO_PERM: i32 = 63;
export const ERRNO_PIPE: i32 = 64;
export const ERRNO_RANGE: i32 = 68;
export const ERRNO_ROFS: i32 = 69;
export const ERRNO_SPIPE: i32 = 70;
export const ERRNO_SRCH: i32 = 71;
export const ERRNO_TIMEDOUT: i32 = 73;
export const ERRNO_XDEV: i32 = 75;
export const ERRNO_NOTCAPABLE: i32 = 76;

// --- buffers: ciovec and iovec

export const IOVEC_BUFFER: usize = 0;
export const IOVEC_LENGTH: usize = 4;
export const IOVEC_BYTES: usize = 8;

// --- filetype, u8

export const FILETYPE_UNKNOWN: i32 = 0;
export const FILETYPE_CHARACTER_DEVICE: i32 = 2;
export const FILETYPE_DIRECTORY: i32 = 3;
export const FILETYPE_REGULAR_FILE: i32 = 4;
/** What wasi-libc takes for a pipe. */
export const FILETYPE_SOCKET_STREAM: i32 = 6;

// --- fdflags, u16; oflags, u16

export const FDFLAGS_APPEND: i32 = 1;
export const FDFLAGS_NONBLOCK: i32 = 4;
/** With these three writes are finished when they return; they always are. */
export const FDFLAGS_SYNCHRONOUS: i32 = 2 | 8 | 16;
export const FDFLAGS_ALL: i32 = 31;

export const OFLAGS_CREAT: i32 = 1;
export const OFLAGS_DIRECTORY: i32 = 2;
export const OFLAGS_EXCL: i32 = 4;
export const OFLAGS_TRUNC: i32 = 8;
export const OFLAGS_ALL: i32 = 15;

// --- rights, u64

export const RIGHTS_FD_DATASYNC: i64 = 1 << 0;
export const RIGHTS_FD_READ: i64 = 1 << 1;
export const RIGHTS_FD_SEEK: i64 = 1 << 2;
export const RIGHTS_FD_FDSTAT_SET_FLAGS: i64 = 1 << 3;
export const RIGHTS_FD_SYNC: i64 = 1 << 4;
export const RIGHTS_FD_TELL: i64 = 1 << 5;
export const RIGHTS_FD_WRITE: i64 = 1 << 6;
export const RIGHTS_FD_ADVISE: i64 = 1 << 7;
export const RIGHTS_FD_ALLOCATE: i64 = 1 << 8;
export const RIGHTS_PATH_CREATE_DIRECTORY: i64 = 1 << 9;
export const RIGHTS_PATH_CREATE_FILE: i64 = 1 << 10;
export const RIGHTS_PATH_OPEN: i64 = 1 << 13;
export const RIGHTS_FD_READDIR: i64 = 1 << 14;
export const RIGHTS_PATH_READLINK: i64 = 1 << 15;
export const RIGHTS_PATH_RENAME_SOURCE: i64 = 1 << 16;
export const RIGHTS_PATH_RENAME_TARGET: i64 = 1 << 17;
export const RIGHTS_PATH_FILESTAT_GET: i64 = 1 << 18;
export const RIGHTS_FD_FILESTAT_GET: i64 = 1 << 21;
export const RIGHTS_FD_FILESTAT_SET_SIZE: i64 = 1 << 22;
export const RIGHTS_PATH_REMOVE_DIRECTORY: i64 = 1 << 25;
export const RIGHTS_PATH_UNLINK_FILE: i64 = 1 << 26;
export const RIGHTS_POLL_FD_READWRITE: i64 = 1 << 27;

// --- fdstat

export const FDSTAT_FILETYPE: usize = 0;
export const FDSTAT_FLAGS: usize = 2;
export const FDSTAT_RIGHTS_BASE: usize = 8;
export const FDSTAT_RIGHTS_INHERITING: usize = 16;
export const FDSTAT_BYTES: usize = 24;

// --- filestat: u64 each, but for the type

export const FILESTAT_DEVICE: usize = 0;
export const FILESTAT_INODE: usize = 8;
export const FILESTAT_FILETYPE: usize = 16;
export const FILESTAT_LINKS: usize = 24;
export const FILESTAT_SIZE: usize = 32;
export const FILESTAT_ACCESSED: usize = 40;
export const FILESTAT_MODIFIED: usize = 48;
export const FILESTAT_CHANGED: usize = 56;
export const FILESTAT_BYTES: usize = 64;

// --- prestat

export const PRESTAT_TYPE: usize = 0;
export const PRESTAT_NAME_BYTES: usize = 4;
export const PREOPENTYPE_DIR: i32 = 0;

// --- dirent, which the name follows

/** u64: cookie of the next entry. */
export const DIRENT_NEXT: usize = 0;
export const DIRENT_INODE: usize = 8;
export const DIRENT_NAME_BYTES: usize = 16;
export const DIRENT_FILETYPE: usize = 20;
export const DIRENT_BYTES: u32 = 24;

// --- clocks: 0 to 3 are those of the POSIX-like API; subscription, event

export const CLOCKID_REALTIME: i32 = 0;
export const CLOCKID_MONOTONIC: i32 = 1;
export const CLOCKID_THREAD_CPUTIME: i32 = 3;

export const EVENTTYPE_CLOCK: i32 = 0;
export const EVENTTYPE_FD_READ: i32 = 1;
export const EVENTTYPE_FD_WRITE: i32 = 2;

export const SUBSCRIPTION_USERDATA: usize = 0;
export const SUBSCRIPTION_TYPE: usize = 8;
export const SUBSCRIPTION_FD: usize = 16;
export const SUBSCRIPTION_CLOCK: usize = 16;
export const SUBSCRIPTION_TIMEOUT: usize = 24;
export const SUBSCRIPTION_FLAGS: usize = 40;
export const SUBSCRIPTION_BYTES: usize = 48;
/** The timeout is a time of the clock, not one from now on. */
export const SUBCLOCKFLAGS_ABSTIME: i32 = 1;

export const EVENT_USERDATA: usize = 0;
export const EVENT_ERROR: usize = 8;
export const EVENT_TYPE: usize = 10;
/** u64: bytes that can be read or written. */
export const EVENT_BYTES_READY: usize = 16;
export const EVENT_FLAGS: usize = 24;
export const EVENT_BYTES: usize = 32;
/** The other end has been closed. */
export const EVENTRWFLAGS_HANGUP: i32 = 1;

// --- fd_advise

export const ADVICE_NOREUSE: i32 = 5;

// --- signals, u8: as those of the POSIX-like API up to this one

export const SIGNAL_TERM: i32 = 15;
export const SIGNAL_CHLD: i32 = 16;
export const SIGNAL_CONT: i32 = 17;
export const SIGNAL_STOP: i32 = 18;
