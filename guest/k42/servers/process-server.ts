// K42's process server: who there is, whose child it is, in which group, and who has ended. Programs call it for all that is about others (../posix-processes.ts); the
// kernel when processes begin and end (../family.ts). See ../process-service.ts for the operations.
//
// It runs on its callers' CPUs, as many calls at a time as there are, and waits for nobody but those who hold a lock.
import {
  EINVAL,
  ENOSYS,
  EPERM,
  ESRCH,
  PROCESS_BYTES,
  PROCESS_ID,
  PROCESS_PARENT,
  PROCESS_STATE,
  SIGNALS,
  Thread,
  USAGE_BYTES,
  WNOHANG,
} from '../../posix/index';
import { PpcCall, serve, workerMemory } from '../ppc-api';
import { PPC_KERNEL } from '../ppc-numbers';
import * as service from '../process-service';
import { PROCESS_SERVER } from '../service-numbers';
import { isRunning, move, signalGroup } from './process-group';
import { indexOf, lockNext, lockProcess, Place, placeOf } from './process-place';
import { begin, end, reap, withdraw } from './process-tree';
import { fifth, fourth, kernel, operation, storeAt } from './service';

/** PROCESS_STATE of those that have ended: Z. */
const ZOMBIE: i32 = 0x5a;
/** The group that Ctrl-C reaches: to begin with that of the first process. */
const foreground = memory.data<i32>([1]);

export function main(): i32 {
  const passing = Thread.start(passSignals);
  return passing.id < 0 ? 1 : serve(PROCESS_SERVER, answer);
}

function answer(call: PpcCall): i64 {
  const self = call.caller;
  switch (operation(call)) {
    case service.WAIT:
      return waitFor(call);
    case service.KILL:
      return kill(self, call.b, call.c);
    case service.PARENT:
      return parentOf(self);
    case service.SET_GROUP:
      return setGroup(self, call.b, call.c);
    case service.GROUP:
      return groupOf(call.b == 0 ? self : call.b);
    case service.SET_FOREGROUND:
      return setForeground(call.b);
    case service.LIST:
      return list(call, call.b, call.c);
    default:
      return (call.rights & PPC_KERNEL) != 0 ? answerKernel(call) : -ENOSYS;
  }
}

function answerKernel(call: PpcCall): i32 {
  switch (operation(call)) {
    case service.NEW:
      return begin(call.b, call.c, fourth(call));
    case service.WITHDRAW:
      withdraw(call.b);
      return 0;
    case service.ENDED:
      end(call.b, call.c);
      return 0;
    default:
      return -ENOSYS;
  }
}

// --- waiting

function waitFor(call: PpcCall): i64 {
  const id = call.b;
  const options = fourth(call);
  if ((options & ~WNOHANG) != 0 || id == 0 || id < -1) return -EINVAL;
  const status = workerMemory(call);
  const usage = status + 8;
  const found = reap(call.caller, id, status, usage);
  if (<i32>found <= 0) return found;
  let error = call.c == 0 ? 0 : storeAt(call.c, status, 4);
  if (error == 0 && fifth(call) != 0) error = storeAt(fifth(call), usage, USAGE_BYTES);
  return error != 0 ? error : found;
}

// --- signals

function kill(self: i32, target: i32, signal: i32): i32 {
  if (<u32>signal >= <u32>SIGNALS) return -EINVAL;
  if (target == -1) return -EPERM;
  if (target > 0) return signalOne(target, signal);
  return signalGroup(target == 0 ? groupOf(self) : -target, signal) ? 0 : -ESRCH;
}

function signalOne(id: i32, signal: i32): i32 {
  const process = lockProcess(id);
  if (process === null) return -ESRCH;
  if (signal != 0 && !process.hasEnded) kernel(service.SYS_PROCESS_RAISE, process.handle, signal);
  process.unlock();
  return 0;
}

/** A thread of its own: what is typed comes by interrupts, when nobody can call. */
function passSignals(nothing: i32): i32 {
  while (true) {
    const signal = kernel(service.SYS_TERMINAL_SIGNAL);
    if (signal > 0) signalGroup(atomic.load<i32>(foreground), signal);
  }
}

// --- parents and groups

function parentOf(id: i32): i32 {
  const process = placeOf(id);
  process.lock();
  const parent = process.parent;
  // As long as it is the parent it is in the table.
  const found = parent ? parent.id : 0;
  process.unlock();
  return found;
}

function groupOf(id: i32): i32 {
  const process = lockProcess(id);
  if (process === null) return -ESRCH;
  const group = process.group!.groupId;
  process.unlock();
  return group;
}

/** Of the caller, or of one of its children. */
function setGroup(selfId: i32, id: i32, group: i32): i32 {
  if (group < 0) return -EINVAL;
  const self = placeOf(selfId);
  self.lock();
  let error = -ESRCH;
  if (id == 0 || id == selfId) {
    error = move(self, group == 0 ? selfId : group);
  } else if (id > 0) {
    const child = placeOf(id);
    if (child.id == id && child.likelyParent === self) {
      child.lock();
      error = move(child, group == 0 ? id : group);
      child.unlock();
    }
  }
  self.unlock();
  return error;
}

function setForeground(group: i32): i32 {
  if (!isRunning(group)) return -EPERM;
  atomic.store<i32>(foreground, group);
  return 0;
}

// --- ps

/** PROCESS_* records of as many as fit into the caller's buffer: how many there are. */
function list(call: PpcCall, buffer: usize, bytes: i32): i32 {
  const record = workerMemory(call);
  let count = 0;
  let process = lockNext(0);
  while (process) {
    const fits = (count + 1) * PROCESS_BYTES <= bytes;
    if (fits) describe(process, record);
    const next = indexOf(process) + 1;
    process.unlock();
    if (fits) {
      const error = storeAt(buffer + count * PROCESS_BYTES, record, PROCESS_BYTES);
      if (error != 0) return error;
    }
    count++;
    process = lockNext(next);
  }
  return count;
}

/** With its lock. */
function describe(process: Place, record: usize): void {
  const parent = process.parent;
  kernel(service.SYS_PROCESS_DESCRIBE, process.handle, <i32>record);
  store<i32>(record, process.id, PROCESS_ID);
  store<i32>(record, parent ? parent.id : 0, PROCESS_PARENT);
  if (process.hasEnded) store<i32>(record, ZOMBIE, PROCESS_STATE);
}
