// The process server's service: its operations, and the system calls by which it reaches what the kernel has of processes. Shared by the server
// (servers/process-server.ts), its clients (posix-processes.ts, family.ts) and the kernel (served-processes.ts).
//
// The server has the numbers, the tree of parents and children, groups, and what is to be told of those that have ended. The kernel has threads, memory,
// descriptors and signals of each, under a handle. It tells the server when a process begins and when it ends, and frees it when the server says so.
import { SYS_SERVED_PROCESSES } from './service-numbers';

// --- operations that only the kernel may ask for

/** number of the parent, or 0; group, or CALLERS_GROUP, OWN_GROUP; handle: the number of the new process, -EAGAIN, -ESRCH: no such group. */
export const NEW: i32 = 1;
/** number: the process has not begun, and does not. */
export const WITHDRAW: i32 = 2;
/** number, status: it has given back all but what is told of it, and will not ask for anything any more. */
export const ENDED: i32 = 3;

// --- operations for processes; each answers 0 or more, or an error

/**
 * number of a child, or -1; where the status goes, options, where the USAGE_* record goes: the number of one that had ended. Where none has, 0 in the lower half, and
 * in the upper half what SYS_CHILD_WAIT is to be given.
 */
export const WAIT: i32 = 10;
/** As kill(). */
export const KILL: i32 = 11;
/** The parent's number, or 0. */
export const PARENT: i32 = 12;
/** As setpgid(). */
export const SET_GROUP: i32 = 13;
/** As getpgid(). */
export const GROUP: i32 = 14;
/** group: it is the one that Ctrl-C reaches from now on. */
export const SET_FOREGROUND: i32 = 15;
/** As processes(). */
export const LIST: i32 = 16;

/** In the place of a group: the parent's, and one of its own. */
export const CALLERS_GROUP: i32 = -1;
export const OWN_GROUP: i32 = 0;

// --- a system call of programs

/** What WAIT has answered: sleeps until a child has ended since. 0 or -EINTR. */
export const SYS_CHILD_WAIT: i32 = 115;

// --- system calls of the server

/** handle, signal: sends it. */
export const SYS_PROCESS_RAISE: i32 = SYS_SERVED_PROCESSES;
/** handle, signal, or 0: one of its children is not what it was, which may end its SYS_CHILD_WAIT. Sends the signal. */
export const SYS_PROCESS_NOTIFY: i32 = SYS_SERVED_PROCESSES + 1;
/** handle, where the USAGE_* record goes, in the server: nobody will ask for it any more. */
export const SYS_PROCESS_DROP: i32 = SYS_SERVED_PROCESSES + 2;
/** handle, where the PROCESS_* record goes, in the server: all of it but numbers, and whether it is a zombie. */
export const SYS_PROCESS_DESCRIBE: i32 = SYS_SERVED_PROCESSES + 3;
/** Sleeps until one comes from the terminal, for the group in the foreground: its number. */
export const SYS_TERMINAL_SIGNAL: i32 = SYS_SERVED_PROCESSES + 4;
