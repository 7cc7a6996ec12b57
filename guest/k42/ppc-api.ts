// Protected procedure calls for user programs of k42.
//
//   serve(number, (call) => ...)   a server: calls of the number go to that function, until a signal ends it: -EINTR; -EBUSY where there is another server.
//                                  It runs on threads of the process that the kernel makes, on the CPUs of those who call, as many at a time as there are calls
//   ppcCall(number, a, b, c)       a client: calls it, on this CPU, and returns what it has answered, or an error:
//                                  -ESRCH no such server, -EPIPE it has ended in between, -EINTR a signal, -ENOMEM, -EAGAIN
//
// A call may pass a part of the client's memory: with PPC_GIVE the server may copy from it, with PPC_TAKE to it, as long as the call lasts. It reaches
// nothing else of the client's. Who has called is told by the kernel.
import { syscall } from '../lib/machine';
import { EINTR, MAP_ANONYMOUS, MAP_SHARED, mmap, munmap, PROT_READ, PROT_WRITE } from '../posix/index';
import {
  PPC_BLOCK_BYTES,
  SYS_PPC_CALL,
  SYS_PPC_FETCH,
  SYS_PPC_SERVE,
  SYS_PPC_STORE,
  SYS_PPC_WAIT,
} from './ppc-numbers';

export { PPC_GIVE, PPC_TAKE } from './ppc-numbers';

const PAGE_BYTES: i32 = 4096;

/** A call as its server sees it: good until the function returns. */
@unmanaged
export class PpcCall {
  /** The process that calls. */
  readonly caller: i32;
  readonly a: i32;
  readonly b: i32;
  readonly c: i32;
  /** Of the client's buffer. */
  readonly bytes: u32;
  /** PPC_GIVE, PPC_TAKE, both or none. */
  readonly rights: i32;
  /** Where it is, in the client's memory. */
  readonly buffer: usize;
  /** Where the client's relative paths begin, as the kernel's file server has told it. */
  readonly directory: i32;

  /** Copies from the client's buffer: 0; -EACCES without PPC_GIVE; -EFAULT outside of it; -ESRCH when the client has given up. */
  fetch(offset: u32, to: usize, bytes: u32): i32 {
    return <i32>syscall(SYS_PPC_FETCH, offset, <i32>to, bytes, 0, 0, 0);
  }

  /** Copies to it; -EACCES without PPC_TAKE. */
  store(offset: u32, from: usize, bytes: u32): i32 {
    return <i32>syscall(SYS_PPC_STORE, offset, <i32>from, bytes, 0, 0, 0);
  }
}

/** Behind the description of a call: the rest of the worker's page, zeroes to begin with, which it keeps from call to call. */
@inline
export function workerMemory(call: PpcCall): usize {
  return changetype<usize>(call) + PPC_BLOCK_BYTES;
}

export function serve(server: i32, answer: (call: PpcCall) => i64): i32 {
  return <i32>syscall(SYS_PPC_SERVE, server, work.index, answer.index, 0, 0, 0);
}

/** `server`: its number, with PPC_GIVE and PPC_TAKE, which are about the buffer. */
export function ppcCall(server: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, buffer: usize = 0, bytes: u32 = 0): i64 {
  return syscall(SYS_PPC_CALL, server, a, b, c, <i32>buffer, bytes);
}

/** Where workers begin. */
function work(fn: i32): i32 {
  // A page of its own that fork leaves where it is: the kernel writes into it.
  const block = mmap(0, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (block < 0) return block;
  let answer: i64 = 0;
  for (;;) {
    const error = <i32>syscall(SYS_PPC_WAIT, block, <i32>answer, <i32>(answer >> 32), 0, 0, 0);
    if (error == 0) answer = call_indirect<i64>(fn, block);
    else if (error != -EINTR) break;
  }
  munmap(block, PAGE_BYTES);
  return 0;
}
