// The places of the process table: one for each number modulo PLACES, in a line of its own. A place has a process, or none, and the group that a process of this
// number has founded, or none: a number is not given out again while there is such a group. They are static memory, so that there is nothing to run out of; pages
// that no number has come to yet are not there.
//
// There is no lock for all. A place has two:
//
//   lock        the process in the place: its number, its group, whether it has ended; and its children: who they are, and that it is their parent
//   lockGroup   the group that is founded in the place: its members, and which of them have not ended
//
// Who wants several locks of places takes that of the parent first, then that of its child; locks of groups come behind those of places, two of them in the order of
// their addresses. What was read to find a lock is looked at again with the lock. The kernel's part of a process is there as long as the process is in a group.
import { EAGAIN } from '../../posix/index';
import { acquire, release } from './spin-word';

/** Processes that there may be at a time, and groups whose founder has gone; a power of two. */
const PLACES: i32 = 1024;
/** Numbers of processes are 1 to LAST_ID, and are used again. */
const LAST_ID: u32 = 32767;
const LINE_BYTES: i32 = 128;

/** In the place of a number: somebody is about to put a process there. */
const TAKEN: i32 = -1;

const places = memory.data(PLACES * LINE_BYTES, LINE_BYTES);
/** How many numbers have been given out, or were passed over. */
const given = memory.data(LINE_BYTES, LINE_BYTES);

@unmanaged
export class Place {
  private lockOfPlace: i32;
  /** 0: there is no process. */
  id: i32;
  /** The kernel's name for it. */
  handle: i32;
  parent: Place | null;
  firstChild: Place | null;
  nextSibling: Place | null;
  previousSibling: Place | null;
  hasEnded: bool;
  status: i32;
  /** How often one of its children has ended, or was taken back. */
  events: i32;
  /** Where its group is founded; the others there. */
  group: Place | null;
  nextMember: Place | null;
  previousMember: Place | null;

  // --- the group that is founded here
  private lockOfGroup: i32;
  /** Its number; 0: there is none. */
  groupId: i32;
  firstMember: Place | null;
  /** Members that have not ended. */
  runningMembers: i32;

  @inline
  lock(): void {
    acquire(changetype<usize>(this) + offsetof<Place>('lockOfPlace'));
  }

  @inline
  unlock(): void {
    release(changetype<usize>(this) + offsetof<Place>('lockOfPlace'));
  }

  @inline
  lockGroup(): void {
    acquire(changetype<usize>(this) + offsetof<Place>('lockOfGroup'));
  }

  @inline
  unlockGroup(): void {
    release(changetype<usize>(this) + offsetof<Place>('lockOfGroup'));
  }

  /** The parent, read without a lock: to be looked at again with the parent's. */
  get likelyParent(): Place | null {
    return changetype<Place | null>(atomic.load<usize>(changetype<usize>(this) + offsetof<Place>('parent')));
  }

  private get idWord(): usize {
    return changetype<usize>(this) + offsetof<Place>('id');
  }

  /** Takes it if there is nothing in it. */
  take(): bool {
    if (atomic.load<i32>(this.idWord) != 0 || atomic.cmpxchg<i32>(this.idWord, 0, TAKEN) != 0) return false;
    // Nobody joins a group in which there is nobody.
    this.lockGroup();
    const isFree = this.firstMember === null;
    this.unlockGroup();
    if (!isFree) atomic.store<i32>(this.idWord, 0);
    return isFree;
  }

  /** The process that was being put here is in the table from now on; 0: there is none any more. With the lock. */
  setId(id: i32): void {
    atomic.store<i32>(this.idWord, id);
  }
}

@inline
function placeAt(index: i32): Place {
  return changetype<Place>(places + index * LINE_BYTES);
}

/** Where a process or group of a number is, if there is one. */
@inline
export function placeOf(id: i32): Place {
  return placeAt(id & (PLACES - 1));
}

/** A number for a new process, whose place is taken; -EAGAIN where there is none. */
export function takeNumber(): i32 {
  for (let tries = 0; tries < PLACES; tries++) {
    const id = 1 + <i32>(atomic.add<u32>(given, 1) % LAST_ID);
    if (placeOf(id).take()) return id;
  }
  return -EAGAIN;
}

/** The place with a process, locked, that comes next behind an index, `index` included; none behind the last. */
export function lockNext(index: i32): Place | null {
  const behind = <i32>min<u32>(atomic.load<u32>(given) + 1, PLACES);
  for (; index < behind; index++) {
    const place = placeAt(index);
    if (place.id <= 0) continue;
    place.lock();
    if (place.id > 0) return place;
    place.unlock();
  }
  return null;
}

/** For `lockNext`. */
export function indexOf(place: Place): i32 {
  return <i32>((changetype<usize>(place) - places) / LINE_BYTES);
}

/** The place of a process, locked; none where there is no such process. */
export function lockProcess(id: i32): Place | null {
  if (id <= 0) return null;
  const place = placeOf(id);
  place.lock();
  if (place.id == id) return place;
  place.unlock();
  return null;
}
