// Where processes and threads come from: the first process, spawn, fork, thread_create. exec.ts has exec.
import { File } from '../fs/file';
import { contextCreate, contextDestroy, contextFork, contextSelf, coreCount } from '../machine';
import { release } from '../objects';
import { memoryIsShort } from 'kernel/memory';
import { ARG_MAX, E2BIG, EAGAIN, EBADF, EINVAL, ENOMEM, OPEN_MAX, SIG_DFL, SIG_IGN, SIGNALS } from '../../posix/abi';
import { currentThread, thisCpu } from 'kernel/cpu';
import { SCRATCH_WORD, scratchAt } from './scratch';
import { Descriptors } from './descriptors';
import { dropDirectory, findFile, holdDirectory } from 'kernel/naming';
import { MOST_THREADS, Process } from './process';
import { CALLERS_GROUP, enterProcess, OWN_GROUP, withdrawProcess } from 'kernel/family';
import { ARGUMENTS, ProgramLoader } from './program';
import { continueFork, startThread } from 'kernel/scheduler';
import { Thread } from 'kernel/thread';
import { ANY_CORE } from './thread';
import { copyTo } from 'kernel/user-memory';
import { copyIn } from './user-memory';

/** In the place of a number of descriptors: all of them. */
const ALL_DESCRIPTORS: i32 = -1;

// --- programs

/** Starts the first process, whose arguments and environment the kernel has at an address: 0 or an error. */
export function startInit(
  file: File,
  name: usize,
  nameBytes: i32,
  texts: usize,
  argumentBytes: i32,
  environmentBytes: i32,
  descriptors: Descriptors,
  directory: usize,
): i32 {
  const loader = new ProgramLoader();
  const error = loader.load(file);
  if (error != 0) return error;
  if (!loader.addArguments(argumentBytes + environmentBytes)) return -ENOMEM;
  copyTo(loader.space!, ARGUMENTS, texts, argumentBytes + environmentBytes);
  const context = contextCreate(loader.link!.number, loader.entry, 0, true);
  if (context < 0) return context;
  const process = new Process(descriptors);
  process.workingDirectory = directory;
  process.runs(loader, name, nameBytes, argumentBytes, environmentBytes);
  loader.destroy();
  const refused = enterProcess(process, null, OWN_GROUP);
  if (refused == 0) startThread(process.addThread(context));
  return refused;
}

/** spawn: a program in a new process; its number. Descriptors and group have been given before: see system-calls.ts. */
export function spawn(path: usize, pathBytes: i32, args: usize, argBytes: i32, env: usize, envBytes: i32): i32 {
  if (memoryIsShort()) return -ENOMEM;
  const descriptors = new Descriptors();
  let answer = giveDescriptors(descriptors);
  if (answer == 0) {
    const loader = new ProgramLoader();
    answer = loadProgram(loader, path, pathBytes, args, argBytes, env, envBytes);
    if (answer == 0) {
      answer = spawnLoaded(loader, pathBytes, descriptors, argBytes, envBytes);
      if (answer < 0) loader.giveUp();
    }
    loader.destroy();
  }
  if (answer < 0) {
    descriptors.closeAll();
    descriptors.destroy();
  }
  return answer;
}

/** Loads the program at a path of the current process, with its arguments: 0 or an error, when nothing is left. */
export function loadProgram(
  loader: ProgramLoader,
  path: usize,
  pathBytes: i32,
  args: usize,
  argBytes: i32,
  env: usize,
  envBytes: i32,
): i32 {
  if (<u32>argBytes > <u32>ARG_MAX || <u32>envBytes > <u32>ARG_MAX || argBytes + envBytes > ARG_MAX) return -E2BIG;
  const copied = loader.takePath(path, pathBytes);
  if (copied < 0) return copied;
  const file = findFile(loader.path, pathBytes);
  if (file === null) return thisCpu().error;
  let error = loader.load(file);
  file.put();
  if (error != 0) return error;
  error = loader.addArguments(argBytes + envBytes) ? loader.copyText(ARGUMENTS, args, argBytes) : -ENOMEM;
  if (error == 0) error = loader.copyText(ARGUMENTS + argBytes, env, envBytes);
  if (error != 0) loader.giveUp();
  return error;
}

/** Fills a new process's descriptors with what spawn says of them: 0, -EBADF, -EFAULT or -EINVAL. */
function giveDescriptors(descriptors: Descriptors): i32 {
  const thread = currentThread();
  const own = thread.process.descriptors;
  const count = thread.spawnFdCount;
  if (count == ALL_DESCRIPTORS) {
    own.copyTo(descriptors, true);
    return 0;
  }
  if (<u32>count > <u32>OPEN_MAX) return -EINVAL;
  for (let i = 0; i < count; i++) {
    const word = scratchAt(SCRATCH_WORD);
    const error = copyIn(word, thread.spawnFds + 4 * i, 4);
    if (error != 0) return error;
    const fd = load<i32>(word);
    if (fd == -1) continue;
    const file = own.get(fd);
    if (file === null) return -EBADF;
    descriptors.set(i, file);
  }
  return 0;
}

function spawnLoaded(loader: ProgramLoader, pathBytes: i32, files: Descriptors, argBytes: i32, envBytes: i32): i32 {
  const thread = currentThread();
  const parent = thread.process;
  const context = contextCreate(loader.link!.number, loader.entry, 0, true);
  if (context < 0) return context == -ENOMEM ? -ENOMEM : -EINVAL;
  const child = new Process(files);
  inherit(child, parent);
  for (let signal = 0; signal < SIGNALS; signal++) {
    if (child.handles(signal)) unchecked((child.handlers[signal] = SIG_DFL));
  }
  child.runs(loader, loader.path, pathBytes, argBytes, envBytes);
  const error = enterProcess(child, parent, thread.spawnGroup);
  if (error != 0) {
    contextDestroy(context);
    takeBack(child);
    return error;
  }
  const id = child.id;
  startThread(child.addThread(context));
  return id;
}

// --- fork

/** fork: the child's number, and 0 in the child, which begins in this very place on a context of its own. */
export function fork(): i32 {
  if (memoryIsShort()) return -ENOMEM;
  const parent = currentThread().process;
  const space = parent.space!.fork();
  if (space === null) return -ENOMEM;
  const link = parent.link!.fork();
  if (link === null) {
    space.destroy();
    return -ENOMEM;
  }
  const descriptors = new Descriptors();
  parent.descriptors.copyTo(descriptors, false);
  const child = new Process(descriptors);
  inherit(child, parent);
  child.forks(parent, space, link);
  let context = enterProcess(child, parent, CALLERS_GROUP);
  if (context == 0) {
    context = contextFork(contextSelf(), link.number);
    if (context == 0) {
      continueFork();
      return 0;
    }
    if (context < 0) withdrawProcess(child);
  }
  if (context < 0) {
    takeBack(child);
    descriptors.closeAll();
    descriptors.destroy();
    link.letGo();
    space.destroy();
    return context;
  }
  const id = child.id;
  startThread(child.addThread(context));
  return id;
}

/** What fork and spawn have in common. */
function inherit(child: Process, parent: Process): void {
  parent.lock();
  child.workingDirectory = holdDirectory(parent.workingDirectory);
  for (let signal = 0; signal < SIGNALS; signal++) {
    unchecked((child.handlers[signal] = parent.handlers[signal]));
  }
  parent.unlock();
}

/** Frees a new process that is in no family, but for what it was to run and its descriptors. */
function takeBack(child: Process): void {
  dropDirectory(child.workingDirectory);
  child.destroy();
}

// --- threads

/** thread_create: a thread of the current process; its number. */
export function createThread(fn: i32, argument: i32, core: i32): i32 {
  if (core < ANY_CORE || core >= coreCount()) return -EINVAL;
  if (memoryIsShort()) return -ENOMEM;
  const process = currentThread().process;
  if (process.threadCount >= MOST_THREADS) return -EAGAIN;
  const link = process.link!;
  const context = contextCreate(link.number, fn, argument, true);
  if (context < 0) return context;
  link.hold();
  process.lock();
  const thread = process.addThread(context);
  const id = thread.id;
  thread.affinity = core;
  process.unlock();
  startThread(thread);
  return id;
}
