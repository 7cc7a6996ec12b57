// All processes: found by number, and as a tree of parents and children. One lock guards the table and the tree.
//
// Processes whose parent has ended have none; nobody waits for them, so they are freed as soon as they end.
import { Lockable } from 'kernel/lock';
import { nameOne } from './names';
import { Process } from './process';

export const MOST_PROCESSES: i32 = 1024;
/** Numbers of processes are 1 to LAST_ID, and are used again. The place in the table is the number modulo MOST_PROCESSES. */
const LAST_ID: i32 = 32767;

export class ProcessTable extends Lockable {
  private readonly places: StaticArray<Process | null> = new StaticArray<Process | null>(MOST_PROCESSES);
  private lastId: i32 = 0;
  private count: i32 = 0;
  /** The group that Ctrl-C reaches. */
  foreground: i32 = 1;

  /** Tells those outside where it is. */
  name(): void {
    nameOne(this, 'process table');
  }

  /** Adds a process in a group, or with 0 in one of its own; false when the table is full. With the lock. */
  enter(process: Process, parent: Process | null, group: i32): bool {
    if (this.count == MOST_PROCESSES) return false;
    let id = this.lastId;
    do {
      id = id == LAST_ID ? 1 : id + 1;
    } while (this.at(id) !== null);
    this.lastId = id;
    this.count++;
    process.id = id;
    process.group = group == 0 ? id : group;
    unchecked((this.places[id % MOST_PROCESSES] = process));
    if (parent) {
      process.parent = parent;
      process.nextSibling = parent.firstChild;
      parent.firstChild = process;
    }
    return true;
  }

  private at(id: i32): Process | null {
    return unchecked(this.places[id % MOST_PROCESSES]);
  }

  /** With the lock, like all that follows. */
  find(id: i32): Process | null {
    if (id <= 0) return null;
    const process = this.at(id);
    return process && process.id == id ? process : null;
  }

  /** The process in a place from `place` on; `process.id % MOST_PROCESSES` is its place. */
  next(place: i32): Process | null {
    for (; place < MOST_PROCESSES; place++) {
      const process = unchecked(this.places[place]);
      if (process) return process;
    }
    return null;
  }

  hasGroup(group: i32): bool {
    let process: Process | null = this.next(0);
    while (process) {
      if (process.group == group && !process.isZombie) return true;
      process = this.after(process);
    }
    return false;
  }

  after(process: Process): Process | null {
    return this.next((process.id % MOST_PROCESSES) + 1);
  }

  get length(): i32 {
    return this.count;
  }

  /** A child that has ended: by number, or with -1 any. */
  findEnded(parent: Process, id: i32): Process | null {
    let child: Process | null = parent.firstChild;
    while (child) {
      if (child.isZombie && (id == -1 || child.id == id)) return child;
      child = child.nextSibling;
    }
    return null;
  }

  hasChild(parent: Process, id: i32): bool {
    let child: Process | null = parent.firstChild;
    while (child) {
      if (id == -1 || child.id == id) return true;
      child = child.nextSibling;
    }
    return false;
  }

  /** Its children have no parent any more; those that have ended are freed. */
  abandonChildren(parent: Process): void {
    while (parent.firstChild) {
      const child = parent.firstChild!;
      parent.firstChild = child.nextSibling;
      child.nextSibling = null;
      child.parent = null;
      if (child.isZombie) this.drop(child);
    }
  }

  /** Takes a process out that has ended, and frees it. */
  drop(process: Process): void {
    this.remove(process);
    process.destroy();
  }

  /** Takes a process out. */
  remove(process: Process): void {
    const parent = process.parent;
    if (parent) this.unlinkChild(parent, process);
    unchecked((this.places[process.id % MOST_PROCESSES] = null));
    this.count--;
  }

  private unlinkChild(parent: Process, child: Process): void {
    if (parent.firstChild === child) {
      parent.firstChild = child.nextSibling;
      return;
    }
    let at = parent.firstChild!;
    while (at.nextSibling !== child) at = at.nextSibling!;
    at.nextSibling = child.nextSibling;
  }
}

/** The one that there is; the same on each core. */
export let processes: ProcessTable = changetype<ProcessTable>(0);

export function setProcessTable(table: ProcessTable): void {
  processes = table;
}
