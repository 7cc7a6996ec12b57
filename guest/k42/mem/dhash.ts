// The DHash (K42, section 4.4): a hash whose data CPUs share, of which each has copies in a table of its own. There is a MasterDHashTable in the Root of
// the object that uses it, and a LocalDHashTable in each Rep, which can come at any time.
//
//            local table of CPU 0        local table of CPU 1             data: key, lock, state
//            [ 7 | copy, mapped ]        [ 7 | copy ] [ 8 | copy ]
//                    \                     /            /
//                     +------ master table ------------+
//                     [ 7 | state ] [ 8 | state ] [ 9 | state ]
//
// Data have a shared part, `state` in the master's, of which `state` in a local table is a copy; and a distributed part, the bits OWN in the local ones, which
// say what this CPU has done with it. 0 stands for nothing: in the master that the data are deleted, in a local table that it has no copy.
//
// A CPU that has a copy locks it, and nothing else: no other CPU's memory is read or written. A CPU that has none makes one of the master's without writing to
// that: its copy stands in its own table, locked, before it looks whether the master's lock is free. Whoever changes what others may rely on has the master's
// lock first, and then goes to all local tables (`withdraw`). So either the copy is found there, and waited for; or the change is found here.
//
//   the CPU     lock copy, insert it                      is the master locked?  no: copy, use it, unlock
//   a change    lock the master                           look for copies: lock, gather OWN, delete, unlock
//
// Locks, from the outside: the master's data, local data. Of local data nobody has more than one, or waits for anything else while he has one.
//
// What K42 calls findOrAllocateAndLock is in two steps: `LocalDHashTable.findAndLock`, and, if that finds nothing, `MasterDHashTable.findOrAllocateAndLock`,
// which allocates once for all CPUs and has the data filled under the master's lock, and `LocalDHashTable.copyAndLock`.
import { release } from '../../lib/objects';
import { DHashTable } from './dhash-table';
import { PAGE_MAPPED, PageDescriptor } from './page-descriptor';
import { PageSet } from './page-set';

/** The distributed part. */
const OWN: u32 = PAGE_MAPPED;

export class MasterDHashTable extends PageSet {
  /** In the order in which they came, the last one first. */
  private locals: LocalDHashTable | null = null;

  private constructor(private readonly table: DHashTable) {
    super();
  }

  /** An empty one; null where there is no memory. */
  static create(): MasterDHashTable | null {
    const table = DHashTable.create(true);
    return table === null ? null : new MasterDHashTable(table);
  }

  findOrAllocateAndLock(key: i32): PageDescriptor | null {
    return this.table.findOrInsertAndLock(key);
  }

  findAndLock(key: i32): PageDescriptor | null {
    const data = this.table.findAndLock(key);
    if (data === null || data.state != 0) return data;
    data.unlock();
    return null;
  }

  unlock(data: PageDescriptor): void {
    data.unlock();
  }

  emptyData(data: PageDescriptor): void {
    if (data.state != 0) this.withdraw(data);
    this.table.emptyData(data);
  }

  override withdraw(data: PageDescriptor): void {
    let local = this.firstLocal;
    while (local) {
      data.state |= local.giveUp(data.page);
      local = local.next;
    }
  }

  /** The shared part of data that nobody is changing: 0 where there are none. Nothing is written. */
  peek(key: i32): u32 {
    const data = this.table.peek(key);
    return data === null || data.isLocked ? 0 : atomic.load<u32>(data.stateAt) & ~OWN;
  }

  // --- all data

  startScan(waits: bool): bool {
    return this.table.startScan(waits);
  }

  nextAndLock(key: i32, waits: bool): PageDescriptor | null {
    let data = this.table.follower(key);
    while (data) {
      const isLocked = data.lockIf(waits);
      if (isLocked && data.state != 0) return data;
      if (isLocked) data.unlock();
      data = this.table.follower(data.page);
    }
    return null;
  }

  endScan(): void {
    this.table.endScan();
  }

  get count(): i32 {
    return this.table.count;
  }

  get span(): i32 {
    return this.table.span;
  }

  // --- local tables

  /** One more, which has no copies yet. They come one at a time. */
  add(local: LocalDHashTable): void {
    local.next = this.firstLocal;
    atomic.store<usize>(this.firstAt, changetype<usize>(local));
  }

  private get firstLocal(): LocalDHashTable | null {
    return changetype<LocalDHashTable | null>(atomic.load<usize>(this.firstAt));
  }

  private get firstAt(): usize {
    return changetype<usize>(this) + offsetof<MasterDHashTable>('locals');
  }

  destroy(): void {
    let local = this.locals;
    while (local) {
      const next = local.next;
      local.destroy();
      local = next;
    }
    this.table.destroy();
    release(this);
  }
}

export class LocalDHashTable {
  next: LocalDHashTable | null = null;

  private constructor(
    private readonly master: MasterDHashTable,
    private readonly table: DHashTable,
  ) {}

  /** One of the master's from now on; null where there is no memory. */
  static create(master: MasterDHashTable): LocalDHashTable | null {
    const table = DHashTable.create(false);
    if (table === null) return null;
    const local = new LocalDHashTable(master, table);
    master.add(local);
    return local;
  }

  /** The CPU's copy, locked. Null where there are no data, somebody is changing them, or there is no memory for a copy: ask the master. */
  findAndLock(key: i32): PageDescriptor | null {
    // Where the master has nothing either there is nothing to make a copy of.
    const found = this.table.findAndLock(key);
    if (found && found.state != 0) return found;
    if (found) found.unlock();
    if (this.master.peek(key) == 0) return null;
    const data = this.table.findOrInsertAndLock(key);
    if (data === null || data.state != 0) return data;
    // Only what is seen from here on counts.
    data.state = this.master.peek(key);
    if (data.state != 0) return data;
    this.table.emptyData(data);
    return null;
  }

  /** The same of data that are locked in the master, and not deleted: a new copy of what they are now. Null where there is no memory for one. */
  copyAndLock(shared: PageDescriptor): PageDescriptor | null {
    const data = this.table.findOrInsertAndLock(shared.page);
    if (data === null) return null;
    data.state = (data.state & OWN) | (shared.state & ~OWN);
    return data;
  }

  unlock(data: PageDescriptor): void {
    data.unlock();
  }

  /** Deletes the copy of data that the caller has locked in the master: what its distributed part was. */
  giveUp(key: i32): u32 {
    const data = this.table.findAndLock(key);
    if (data === null) return 0;
    const own = data.state & OWN;
    if (data.state == 0) data.unlock();
    else this.table.emptyData(data);
    return own;
  }

  destroy(): void {
    this.table.destroy();
    release(this);
  }
}
