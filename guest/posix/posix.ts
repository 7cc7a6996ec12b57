// The POSIX-like API: what a user program imports, and what each kernel provides by an image of its own with the module name `posix`.
//
// Text is UTF-8, given by address and length in bytes; nothing ends with a zero. What can fail answers a negated error number of abi.ts, and
// otherwise zero or more. Any address that the caller may not access is EFAULT; it is never the kernel that faults. docs/posix.md tells for each
// function its errors and what differs from POSIX.

// --- files

/** Opens a file; returns the lowest free descriptor. flags: O_*; mode: permissions of a file that is created. */
@external("posix", "open")
export declare function open(path: usize, pathBytes: i32, flags: i32, mode: i32): i32;

/** Reads up to `bytes` from where the file stands; 0 at its end. Waits for the first byte of a pipe or terminal. */
@external("posix", "read")
export declare function read(fd: i32, buffer: usize, bytes: i32): i32;

@external("posix", "write")
export declare function write(fd: i32, buffer: usize, bytes: i32): i32;

/** As read and write, at an offset, which leaves the file's own alone. */
@external("posix", "pread")
export declare function pread(fd: i32, buffer: usize, bytes: i32, offset: i64): i32;

@external("posix", "pwrite")
export declare function pwrite(fd: i32, buffer: usize, bytes: i32, offset: i64): i32;

@external("posix", "close")
export declare function close(fd: i32): i32;

/** Returns the new offset from the beginning of the file. */
@external("posix", "lseek")
export declare function lseek(fd: i32, offset: i64, whence: i32): i64;

/** Fills in STAT_BYTES at `out`. */
@external("posix", "stat")
export declare function stat(path: usize, pathBytes: i32, out: usize): i32;

@external("posix", "fstat")
export declare function fstat(fd: i32, out: usize): i32;

@external("posix", "ftruncate")
export declare function ftruncate(fd: i32, bytes: i64): i32;

/** Fills in DIRENT_* records, as many as fit, from where the directory stands; returns their bytes, 0 behind the last. "." and ".." are among them. */
@external("posix", "readdir")
export declare function readdir(fd: i32, buffer: usize, bytes: i32): i32;

@external("posix", "mkdir")
export declare function mkdir(path: usize, pathBytes: i32, mode: i32): i32;

@external("posix", "unlink")
export declare function unlink(path: usize, pathBytes: i32): i32;

@external("posix", "rmdir")
export declare function rmdir(path: usize, pathBytes: i32): i32;

/** What is at the new name, if anything, is replaced in one step. */
@external("posix", "rename")
export declare function rename(from: usize, fromBytes: i32, to: usize, toBytes: i32): i32;

@external("posix", "chdir")
export declare function chdir(path: usize, pathBytes: i32): i32;

/** Fills in the working directory's path; returns its bytes. ERANGE where the buffer is too small. */
@external("posix", "getcwd")
export declare function getcwd(buffer: usize, bytes: i32): i32;

/** Fills in two i32 at `out`: the end to read from, and the end to write to. flags: O_NONBLOCK, O_CLOEXEC. */
@external("posix", "pipe")
export declare function pipe(out: usize, flags: i32): i32;

/** Lets the descriptor `to` stand for what `from` stands for; returns `to`. */
@external("posix", "dup2")
export declare function dup2(from: i32, to: i32): i32;

/** 1 for a terminal, 0 for anything else. */
@external("posix", "isatty")
export declare function isatty(fd: i32): i32;

/** O_* flags that an open file has; with `flags` 0 or more sets those of O_APPEND, O_NONBLOCK. */
@external("posix", "file_flags")
export declare function fileFlags(fd: i32, flags: i32): i32;

/** Waits until one of the descriptors is ready or the time (nanoseconds; negative: for ever) is over; returns how many are. */
@external("posix", "poll")
export declare function poll(records: usize, count: i32, timeout: i64): i32;

// --- memory

/** Maps zeroes (MAP_ANONYMOUS) or a file; returns the address, a multiple of 4096 below 0x80000000. */
@external("posix", "mmap")
export declare function mmap(address: usize, bytes: usize, protection: i32, flags: i32, fd: i32, offset: i64): i32;

@external("posix", "munmap")
export declare function munmap(address: usize, bytes: usize): i32;

@external("posix", "mprotect")
export declare function mprotect(address: usize, bytes: usize, protection: i32): i32;

/** Moves the end of the program's memory, if it can, and returns where it is then. 0 only asks. memory.grow does the same in pages of 64 KiB. */
@external("posix", "brk")
export declare function brk(end: usize): i32;

// --- processes. `arguments` and `environment` are texts that each end with a zero byte, one behind the other.

/**
 * Starts a program in a new process; returns its number. `fds`: i32 each, what the child's descriptors 0, 1, ... stand for here (-1: closed); with
 * `fdCount` -1 the child gets all that are not O_CLOEXEC. `group`: 0 for one of its own, -1 for the caller's, or an existing one.
 */
@external("posix", "spawn")
export declare function spawn(
  path: usize,
  pathBytes: i32,
  args: usize,
  argsBytes: i32,
  environment: usize,
  environmentBytes: i32,
  fds: usize,
  fdCount: i32,
  group: i32,
): i32;

/** Goes on as another program; returns only with an error. */
@external("posix", "exec")
export declare function exec(
  path: usize,
  pathBytes: i32,
  args: usize,
  argsBytes: i32,
  environment: usize,
  environmentBytes: i32,
): i32;

/** Copies the process with the calling thread; returns the child's number, and 0 in the child. */
@external("posix", "fork")
export declare function fork(): i32;

/**
 * Waits for a child (-1: any) to end; returns its number. `status` (0: none): an i32, exit status << 8, or the signal that ended it. `usage` (0: none):
 * a USAGE_* record. With WNOHANG 0 when none has ended.
 */
@external("posix", "waitpid")
export declare function waitpid(pid: i32, status: usize, options: i32, usage: usize): i32;

/** Ends the process with all its threads. */
@external("posix", "exit")
export declare function exit(status: i32): void;

/** pid > 0: that process; 0: the caller's group; < -1: group -pid. Signal 0 only asks whether it exists. */
@external("posix", "kill")
export declare function kill(pid: i32, signal: i32): i32;

/** `handler`: index of a function (i32) -> void in the program's table, SIG_DFL or SIG_IGN; returns the one before. */
@external("posix", "signal")
export declare function signal(signal: i32, handler: i32): i32;

@external("posix", "getpid")
export declare function getpid(): i32;

@external("posix", "getppid")
export declare function getppid(): i32;

/** Puts a process (0: the caller) into a group (0: one of its own). */
@external("posix", "setpgid")
export declare function setpgid(pid: i32, group: i32): i32;

@external("posix", "getpgid")
export declare function getpgid(pid: i32): i32;

/** The group that Ctrl-C on this terminal reaches. */
@external("posix", "tcsetpgrp")
export declare function tcsetpgrp(fd: i32, group: i32): i32;

/** Fills in PROCESS_* records of all processes, as many as fit; returns how many there are. */
@external("posix", "processes")
export declare function processes(buffer: usize, bytes: i32): i32;

/** Fills in the arguments or the environment, each with its zero byte, if they fit; returns their bytes. */
@external("posix", "arguments")
export declare function processArguments(buffer: usize, bytes: i32): i32;

@external("posix", "environment")
export declare function processEnvironment(buffer: usize, bytes: i32): i32;

// --- threads

/** Starts a thread in the function at an index of the program's table, (i32) -> i32; core: where, or -1. Returns its number. */
@external("posix", "thread_create")
export declare function threadCreate(fn: i32, argument: i32, core: i32): i32;

/** Waits for a thread of this process to end; `result` (0: none): an i32, what it returned. Each can be joined once. */
@external("posix", "thread_join")
export declare function threadJoin(thread: i32, result: usize): i32;

@external("posix", "thread_exit")
export declare function threadExit(result: i32): void;

@external("posix", "thread_self")
export declare function threadSelf(): i32;

@external("posix", "thread_yield")
export declare function threadYield(): i32;

/** Lets a thread (0: the caller) run on one core only, from its next turn on; -1: on any. */
@external("posix", "thread_affinity")
export declare function threadAffinity(thread: i32, core: i32): i32;

/** How many cores there are. */
@external("posix", "cores")
export declare function cores(): i32;

/** Sleeps while the word is `expected`, until it is woken or the time (nanoseconds; negative: for ever) is over: 0, EAGAIN, ETIMEDOUT or EINTR. */
@external("posix", "futex_wait")
export declare function futexWait(word: usize, expected: i32, timeout: i64): i32;

/** Wakes up to `count` that sleep at the word; returns how many. */
@external("posix", "futex_wake")
export declare function futexWake(word: usize, count: i32): i32;

// --- time and the rest

/** Nanoseconds of a CLOCK_*. */
@external("posix", "clock")
export declare function clock(id: i32): i64;

@external("posix", "nanosleep")
export declare function nanosleep(nanoseconds: i64): i32;

/** Fills in bytes of a generator that starts the same in every run. */
@external("posix", "random")
export declare function random(buffer: usize, bytes: i32): i32;
