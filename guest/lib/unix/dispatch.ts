// The table of system calls: from a number and operands to what answers it. docs/walks/syscall.md walks through one.
//
// Results are 32 bits but for lseek and clock. Those calls that only look something up are answered here.
import { coreCount } from '../machine';
import { ENOSYS } from '../../posix/abi';
import { createThread, fork, spawn } from './creation';
import { readClock, sleepFor } from './clock';
import { currentThread } from 'kernel/cpu';
import { exec } from './exec';
import { endProcess, endThread, joinThread } from './exit';
import { familyCall } from 'kernel/family';
import * as files from './file-calls';
import { futexWait, futexWake } from './futex';
import { pathCall } from 'kernel/naming';
import { map, moveBreak, protect, unmap } from './memory-calls';
import { poll } from './poll';
import { environment, processArguments, setAffinity } from './process-calls';
import { fillRandom } from './random-bytes';
import { yieldTurn } from 'kernel/scheduler';
import { setHandler } from './signal';
import * as sys from './system-calls';

@inline
function wide(low: i32, high: i32): i64 {
  return ((<i64>high) << 32) | <i64>(<u32>low);
}

export function systemCall(n: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  if (n < sys.SYS_MMAP) return fileCall(n, a, b, c, d, e);
  if (n < sys.SYS_THREAD_CREATE) return processCall(n, a, b, c, d, e, f);
  return threadCall(n, a, b, c, d);
}

function fileCall(n: i32, a: i32, b: i32, c: i32, d: i32, e: i32): i64 {
  switch (n) {
    case sys.SYS_READ:
      return files.read(a, b, c);
    case sys.SYS_WRITE:
      return files.write(a, b, c);
    case sys.SYS_PREAD:
      return files.readAt(a, b, c, wide(d, e));
    case sys.SYS_PWRITE:
      return files.writeAt(a, b, c, wide(d, e));
    case sys.SYS_CLOSE:
      return currentThread().process.descriptors.close(a);
    case sys.SYS_LSEEK:
      return files.seek(a, wide(b, c), d);
    case sys.SYS_FSTAT:
      return files.statusOf(a, b);
    case sys.SYS_FTRUNCATE:
      return files.truncate(a, wide(b, c));
    case sys.SYS_READDIR:
      return files.list(a, b, c);
    case sys.SYS_PIPE:
      return files.makePipe(a, b);
    case sys.SYS_DUP2:
      return files.duplicate(a, b);
    case sys.SYS_ISATTY:
      return files.isTerminal(a);
    case sys.SYS_FILE_FLAGS:
      return files.fileFlags(a, b);
    case sys.SYS_POLL:
      return poll(a, b, wide(c, d));
    default:
      return pathCall(n, a, b, c, d);
  }
}

function processCall(n: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  const thread = currentThread();
  const process = thread.process;
  switch (n) {
    case sys.SYS_MMAP: {
      const flags = c >>> sys.MMAP_FLAGS_SHIFT;
      return map(a, b, c & ((1 << sys.MMAP_FLAGS_SHIFT) - 1), flags, d, wide(e, f));
    }
    case sys.SYS_MUNMAP:
      return unmap(a, b);
    case sys.SYS_MPROTECT:
      return protect(a, b, c);
    case sys.SYS_BRK:
      return moveBreak(a);
    case sys.SYS_SPAWN_ATTRIBUTES:
      thread.giveAttributes(a, b, c);
      return 0;
    case sys.SYS_SPAWN: {
      const answer = spawn(a, b, c, d, e, f);
      thread.handlersWait = false;
      return answer;
    }
    case sys.SYS_EXEC:
      return exec(a, b, c, d, e, f);
    case sys.SYS_FORK:
      return fork();
    case sys.SYS_EXIT:
      endProcess((a & 0xff) << 8);
      return 0;
    case sys.SYS_SIGNAL:
      return setHandler(process, a, b);
    case sys.SYS_GETPID:
      return process.id;
    case sys.SYS_ARGUMENTS:
      return processArguments(a, b);
    case sys.SYS_ENVIRONMENT:
      return environment(a, b);
    default:
      return familyCall(n, a, b, c, d);
  }
}

function threadCall(n: i32, a: i32, b: i32, c: i32, d: i32): i64 {
  switch (n) {
    case sys.SYS_THREAD_CREATE:
      return createThread(a, b, c);
    case sys.SYS_THREAD_JOIN:
      return joinThread(a, b);
    case sys.SYS_THREAD_EXIT:
      endThread(a);
      return 0;
    case sys.SYS_THREAD_SELF:
      return currentThread().id;
    case sys.SYS_THREAD_YIELD:
      yieldTurn();
      return 0;
    case sys.SYS_THREAD_AFFINITY:
      return setAffinity(a, b);
    case sys.SYS_CORES:
      return coreCount();
    case sys.SYS_FUTEX_WAIT:
      return futexWait(a, b, wide(c, d));
    case sys.SYS_FUTEX_WAKE:
      return futexWake(a, b);
    case sys.SYS_CLOCK:
      return readClock(a);
    case sys.SYS_NANOSLEEP:
      return sleepFor(wide(a, b));
    case sys.SYS_RANDOM:
      return fillRandom(a, b);
    default:
      return -ENOSYS;
  }
}
