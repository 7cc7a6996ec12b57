// exec: the current process goes on as another program, with one thread.
import { contextCreate, contextDestroy } from '../machine';
import { memoryIsShort } from 'kernel/memory';
import { ENOMEM, SIG_DFL, SIGNALS } from '../../posix/abi';
import { loadProgram } from './creation';
import { currentThread, thisCpu } from 'kernel/cpu';
import { endThread, waitForOthers } from './exit';
import { MAIN_THREAD } from './process';
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
  if (!endOthers(thread)) {
    contextDestroy(context);
    loader.giveUp();
    loader.destroy();
    endThread(0);
  }
  replace(thread, loader, pathBytes, argBytes, envBytes, context);
  return 0;
}

/** Ends all other threads of the process, and waits until they have. False where the process ends instead, or goes on as another program: then the thread ends, too. */
function endOthers(thread: Thread): bool {
  const process = thread.process;
  process.lock();
  const isFirst = !process.isExiting;
  if (isFirst) {
    process.isExiting = true;
    process.survivor = thread;
    alertThreads(process);
  }
  process.unlock();
  if (!isFirst) return false;
  waitForOthers(thread);
  process.lock();
  // One of them may have ended the process meanwhile.
  const goesOn = process.survivor === thread;
  if (goesOn) {
    process.dropOthers(thread);
    process.isExiting = false;
    process.survivor = null;
  }
  process.unlock();
  return goesOn;
}

/** Gives up what the process ran, and lets its thread begin in the new program. Does not return. */
function replace(
  thread: Thread,
  loader: ProgramLoader,
  pathBytes: i32,
  argBytes: i32,
  envBytes: i32,
  context: i32,
): void {
  const process = thread.process;
  const cpu = thisCpu();
  const space = process.space!;
  leaveContext(cpu, thread.context, process.link!);
  // Others may be looking at it for ps.
  process.lock();
  process.runs(loader, loader.path, pathBytes, argBytes, envBytes);
  thread.id = MAIN_THREAD;
  thread.isDetached = false;
  process.unlock();
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
