// exec: the current process goes on as another program, with one thread.
import { contextCreate } from '../machine';
import { memoryIsShort } from 'kernel/memory';
import { ENOMEM, SIG_DFL, SIGNALS } from '../../posix/abi';
import { loadProgram } from './creation';
import { currentThread, thisCpu } from 'kernel/cpu';
import { endThread, waitForOthers } from './exit';
import { Process } from './process';
import { ProgramLoader } from './program';
import { chargeTime, enqueue, leaveContext, schedule } from 'kernel/scheduler';
import { alertThreads } from './signal';
import { Thread } from 'kernel/thread';

/** Returns only with an error. */
export function exec(path: usize, pathBytes: i32, args: usize, argBytes: i32, env: usize, envBytes: i32): i32 {
  if (memoryIsShort()) return -ENOMEM;
  const loader = new ProgramLoader();
  const error = loadProgram(loader, path, pathBytes, args, argBytes, env, envBytes);
  if (error != 0) {
    loader.destroy();
    return error;
  }
  const context = contextCreate(loader.link!.number, loader.entry, 0, true);
  if (context < 0) {
    loader.giveUp();
    loader.destroy();
    return -ENOMEM;
  }
  const thread = currentThread();
  thread.process.setName(loader.path, pathBytes);
  endOthers(thread);
  replace(thread, loader, argBytes, envBytes, context);
  return 0;
}

/** Ends all other threads of the process, and waits until they have. */
function endOthers(thread: Thread): void {
  const process = thread.process;
  process.lock();
  if (process.isExiting) {
    process.unlock();
    endThread(0);
  }
  process.isExiting = true;
  process.survivor = thread;
  alertThreads(process);
  process.unlock();
  waitForOthers(thread);
  process.lock();
  process.dropOthers(thread);
  process.isExiting = false;
  process.survivor = null;
  process.unlock();
}

/** Gives up what the process ran, and lets its thread begin in the new program. Does not return. */
function replace(thread: Thread, loader: ProgramLoader, argBytes: i32, envBytes: i32, context: i32): void {
  const process = thread.process;
  const cpu = thisCpu();
  const space = process.space!;
  leaveContext(cpu, thread.context, process.link!);
  process.runs(loader, process.name, 0, argBytes, envBytes);
  loader.destroy();
  for (let signal = 0; signal < SIGNALS; signal++) {
    if (process.handles(signal)) unchecked((process.handlers[signal] = SIG_DFL));
  }
  process.descriptors.closeForExec();
  space.destroy();
  thread.context = context;
  // The new context begins as a thread does that was created; this one is never gone on with.
  chargeTime(cpu, false);
  cpu.current = null;
  enqueue(thread);
  schedule();
}
