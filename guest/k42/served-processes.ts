// System calls of the process server about processes that it knows by their handles: see process-service.ts.
import { describe, tellUsage } from '../lib/unix/process-calls';
import { Process } from '../lib/unix/process';
import { SCRATCH_RECORD, scratchAt } from '../lib/unix/scratch';
import { raiseSignal } from '../lib/unix/signal';
import { copyOut } from '../lib/unix/user-memory';
import { EINVAL, ENOSYS, PROCESS_BYTES, USAGE_BYTES } from '../posix/abi';
import { families } from './family';
import { dropHandle, HANDLE_PROCESS, objectOf } from './handle';
import * as service from './process-service';

export function servedProcessCall(n: i32, a: i32, b: i32): i32 {
  if (n == service.SYS_TERMINAL_SIGNAL) return families.takeSignal();
  const process = changetype<Process | null>(objectOf(HANDLE_PROCESS, a));
  if (process === null) return -EINVAL;
  switch (n) {
    case service.SYS_PROCESS_RAISE:
      raiseSignal(process, b);
      return 0;
    case service.SYS_PROCESS_NOTIFY:
      notify(process, b);
      return 0;
    case service.SYS_PROCESS_DROP:
      return drop(process, b);
    case service.SYS_PROCESS_DESCRIBE: {
      const record = scratchAt(SCRATCH_RECORD);
      describe(process, record);
      return copyOut(b, record, PROCESS_BYTES);
    }
    default:
      return -ENOSYS;
  }
}

function notify(process: Process, signal: i32): void {
  process.lock();
  process.childEvents++;
  process.unlock();
  process.childEnded.wakeAll();
  if (signal != 0) raiseSignal(process, signal);
}

function drop(process: Process, usage: usize): i32 {
  const record = scratchAt(SCRATCH_RECORD);
  tellUsage(process, record);
  dropHandle(process.handle);
  if (process.letGoAsSecond()) process.destroy();
  return usage == 0 ? 0 : copyOut(usage, record, USAGE_BYTES);
}
