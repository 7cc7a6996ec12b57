// Parents and children: how processes come into the table, how they end, and who waits for whom.
//
// Who has ended is kept until its parent has waited for it. Those whose parent has ended have none; nobody waits for them, so they go as soon as they end.
import { ECHILD, SIGCHLD } from '../../posix/index';
import { CALLERS_GROUP, OWN_GROUP, SYS_PROCESS_DROP, SYS_PROCESS_NOTIFY } from '../process-service';
import { join, leave, stopRunning } from './process-group';
import { Place, placeOf, takeNumber } from './process-place';
import { kernel } from './service';

// --- beginnings

/** Puts a process into the table, with a parent (0: none) and in a group: its number, -EAGAIN or -ESRCH. */
export function begin(parentId: i32, group: i32, handle: i32): i32 {
  const id = takeNumber();
  if (id < 0) return id;
  const child = placeOf(id);
  child.handle = handle;
  child.parent = null;
  child.firstChild = null;
  child.hasEnded = false;
  child.events = 0;
  const parent: Place | null = parentId == 0 ? null : placeOf(parentId);
  if (parent) parent.lock();
  const wanted = group == CALLERS_GROUP && parent ? parent.group!.groupId : group == OWN_GROUP ? id : group;
  const error = join(child, id, wanted);
  if (error == 0 && parent) addChild(parent, child);
  child.lock();
  child.setId(error == 0 ? id : 0);
  child.unlock();
  if (parent) parent.unlock();
  return error == 0 ? id : error;
}

/** A process that has not begun is taken out. */
export function withdraw(id: i32): void {
  const child = placeOf(id);
  // It is being made by a thread of its parent's, which so has not ended.
  const parent = child.parent!;
  parent.lock();
  removeChild(parent, child);
  tellParent(parent, 0);
  parent.unlock();
  remove(child);
}

/** With the parent's lock. */
function addChild(parent: Place, child: Place): void {
  const first = parent.firstChild;
  child.parent = parent;
  child.previousSibling = null;
  child.nextSibling = first;
  if (first) first.previousSibling = child;
  parent.firstChild = child;
}

/** With the parent's lock. */
function removeChild(parent: Place, child: Place): void {
  const previous = child.previousSibling;
  const next = child.nextSibling;
  if (previous) previous.nextSibling = next;
  else parent.firstChild = next;
  if (next) next.previousSibling = previous;
  orphan(child);
}

function orphan(child: Place): void {
  child.lock();
  child.parent = null;
  child.unlock();
}

// --- ends

/** The process has ended. */
export function end(id: i32, status: i32): void {
  const self = placeOf(id);
  abandonChildren(self);
  let parent = self.likelyParent;
  while (parent !== null) {
    parent.lock();
    if (self.parent === parent) {
      self.lock();
      self.status = status;
      stopRunning(self);
      self.unlock();
      tellParent(parent, SIGCHLD);
      parent.unlock();
      return;
    }
    parent.unlock();
    parent = self.likelyParent;
  }
  drop(self, 0);
}

/** Its children have no parent any more; those that have ended go. */
function abandonChildren(parent: Place): void {
  parent.lock();
  let child = parent.firstChild;
  parent.firstChild = null;
  while (child) {
    const next = child.nextSibling;
    const hasEnded = child.hasEnded;
    orphan(child);
    if (hasEnded) drop(child, 0);
    child = next;
  }
  parent.unlock();
}

/** With the parent's lock. */
function tellParent(parent: Place, signal: i32): void {
  parent.events++;
  kernel(SYS_PROCESS_NOTIFY, parent.handle, signal);
}

/** Takes a process out that nobody is to wait for, and lets the kernel free it. `usage`: where its record goes, or 0. */
function drop(place: Place, usage: usize): void {
  const handle = place.handle;
  remove(place);
  kernel(SYS_PROCESS_DROP, handle, <i32>usage);
}

function remove(place: Place): void {
  place.lock();
  leave(place);
  place.setId(0);
  place.unlock();
}

// --- waiting

/**
 * Takes a child out that has ended (-1: any): its number, its status at `status`, the record of what it has used at `usage`. -ECHILD where there is no such child;
 * where none has ended, how many events there have been, in the upper half.
 */
export function reap(parentId: i32, id: i32, status: usize, usage: usize): i64 {
  const parent = placeOf(parentId);
  parent.lock();
  let isThere = false;
  let child = parent.firstChild;
  while (child) {
    if (id == -1 || child.id == id) {
      isThere = true;
      if (child.hasEnded) break;
    }
    child = child.nextSibling;
  }
  if (child === null) {
    const events = parent.events;
    parent.unlock();
    return isThere ? (<i64>events) << 32 : -ECHILD;
  }
  removeChild(parent, child);
  parent.unlock();
  const found = child.id;
  store<i32>(status, child.status);
  drop(child, usage);
  return found;
}
