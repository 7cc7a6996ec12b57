// Directories: names and the inodes that they stand for. A hash table finds a name; a list in the order in which names were added is what readdir goes
// through. Each name has a position that stays the same, so that reading goes on where it was whatever is added or removed between two calls.
import {
  DIRENT_BYTES,
  DIRENT_INODE,
  DIRENT_NAME,
  DIRENT_NAME_BYTES,
  DIRENT_TYPE,
  EINVAL,
  S_IFDIR,
} from '../../posix/abi';
import { release } from '../objects';
import { Inode } from './inode';
import { Storage } from './storage';

const FEWEST_BUCKETS: i32 = 8;
/** As many as fit into half a page with the header of an object. */
const MOST_BUCKETS: i32 = 256;
/** Positions of "." and ".."; names come behind them. */
const SELF: i32 = 0;
const PARENT: i32 = 1;
const FIRST_POSITION: i32 = 2;

class Entry {
  readonly name: StaticArray<u8>;
  readonly hash: u32;
  readonly position: i32;
  inode: Inode;
  /** In the bucket; in the list. */
  next: Entry | null = null;
  later: Entry | null = null;
  earlier: Entry | null = null;

  constructor(name: usize, bytes: i32, position: i32, inode: Inode) {
    const copy = new StaticArray<u8>(bytes);
    memory.copy(changetype<usize>(copy), name, bytes);
    this.name = copy;
    this.hash = hashOf(name, bytes);
    this.position = position;
    this.inode = inode;
  }

  is(hash: u32, name: usize, bytes: i32): bool {
    return (
      this.hash == hash && this.name.length == bytes && memory.compare(changetype<usize>(this.name), name, bytes) == 0
    );
  }
}

export class Directory extends Inode {
  /** Null once the directory has been removed; the root's is the root. Changes under the lock of the tree as well. */
  parent: Directory | null;
  private buckets: StaticArray<Entry | null> = new StaticArray<Entry | null>(FEWEST_BUCKETS);
  private first: Entry | null = null;
  private last: Entry | null = null;
  private count: i32 = 0;
  private nextPosition: i32 = FIRST_POSITION;

  /** mode: permissions. Without a parent it is a root. */
  constructor(storage: Storage, number: i32, mode: i32, parent: Directory | null) {
    super(storage, number, S_IFDIR | (mode & 0o777));
    this.links = 2;
    this.parent = parent === null ? this : parent;
  }

  /** How many names it has. */
  override get size(): i64 {
    return this.count;
  }

  get isRemoved(): bool {
    return this.parent === null;
  }

  /** Makes an empty directory one that has been removed: nothing can be added to it any more. False when it is not empty. Under the lock of the tree. */
  detach(): bool {
    const before = this.lock();
    const isEmpty = this.count == 0;
    if (isEmpty) {
      this.parent = null;
      this.links = 0;
    }
    this.unlock(before);
    return isEmpty;
  }

  // --- the caller of all these holds the lock

  /** The inode of a name, without a reference; null when there is none. "." and ".." are not among them. */
  find(name: usize, bytes: i32): Inode | null {
    const entry = this.entryOf(name, bytes);
    return entry === null ? null : entry.inode;
  }

  /** Adds a name that is not there. The reference to the inode becomes the directory's. */
  add(name: usize, bytes: i32, inode: Inode): void {
    const entry = new Entry(name, bytes, this.nextPosition++, inode);
    const last = this.last;
    entry.earlier = last;
    if (last === null) this.first = entry;
    else last.later = entry;
    this.last = entry;
    this.count++;
    if (this.count > 2 * this.buckets.length && this.buckets.length < MOST_BUCKETS) this.spread();
    this.chain(entry);
    this.modified = this.storage.now();
  }

  /** Takes away a name that is there; the reference to its inode is the caller's now. */
  remove(name: usize, bytes: i32): void {
    const entry = this.entryOf(name, bytes);
    if (entry === null) return;
    this.unchain(entry);
    const earlier = entry.earlier;
    const later = entry.later;
    if (earlier === null) this.first = later;
    else earlier.later = later;
    if (later === null) this.last = earlier;
    else later.earlier = earlier;
    this.count--;
    release(entry.name);
    release(entry);
    this.modified = this.storage.now();
  }

  /** Lets a name that is there stand for another inode; references as with add and remove. */
  replace(name: usize, bytes: i32, inode: Inode): void {
    const entry = this.entryOf(name, bytes);
    if (entry !== null) entry.inode = inode;
    this.modified = this.storage.now();
  }

  /** The name of an inode that is here: copies it to the end of a buffer (before `end`); returns its bytes, 0 when it is not here, or does not fit. */
  nameOf(inode: Inode, buffer: usize, end: usize): i32 {
    let entry = this.first;
    while (entry !== null && entry.inode !== inode) entry = entry.later;
    if (entry === null) return 0;
    const bytes = entry.name.length;
    if (<usize>bytes > end - buffer) return 0;
    memory.copy(end - bytes, changetype<usize>(entry.name), bytes);
    return bytes;
  }

  /**
   * DIRENT_* records of the names from a position on, the i32 at `position`, which moves behind them: as many as fit. Returns their bytes, 0 when there
   * are no more, EINVAL when not even one fits.
   */
  list(position: usize, buffer: usize, bytes: i32): i32 {
    let used = 0;
    let at = load<i32>(position);
    const parent = this.parent;
    if (parent === null) return 0;
    while (at < FIRST_POSITION) {
      const record = putRecord(buffer + used, bytes - used, at == SELF ? this : parent, 0, at == SELF ? 1 : 2);
      if (record == 0) break;
      used += record;
      at = at == SELF ? PARENT : FIRST_POSITION;
    }
    let entry = this.first;
    while (entry !== null && entry.position < at) entry = entry.later;
    let isFull = at < FIRST_POSITION;
    while (entry !== null && !isFull) {
      const name = changetype<usize>(entry.name);
      const record = putRecord(buffer + used, bytes - used, entry.inode, name, entry.name.length);
      isFull = record == 0;
      if (isFull) break;
      used += record;
      at = entry.position + 1;
      entry = entry.later;
    }
    store<i32>(position, at);
    return used == 0 && isFull ? -EINVAL : used;
  }

  protected override dispose(): void {
    release(this.buckets);
  }

  // --- the hash table

  private entryOf(name: usize, bytes: i32): Entry | null {
    const hash = hashOf(name, bytes);
    let entry = this.buckets[hash & (this.buckets.length - 1)];
    while (entry !== null && !entry.is(hash, name, bytes)) entry = entry.next;
    return entry;
  }

  private chain(entry: Entry): void {
    const bucket = entry.hash & (this.buckets.length - 1);
    entry.next = this.buckets[bucket];
    this.buckets[bucket] = entry;
  }

  private unchain(entry: Entry): void {
    const bucket = entry.hash & (this.buckets.length - 1);
    let before = this.buckets[bucket];
    if (before === entry) {
      this.buckets[bucket] = entry.next;
      return;
    }
    while (before !== null && before.next !== entry) before = before.next;
    if (before !== null) before.next = entry.next;
  }

  /** Twice as many buckets. The newest entry is not in one yet. */
  private spread(): void {
    const old = this.buckets;
    this.buckets = new StaticArray<Entry | null>(2 * old.length);
    let entry = this.first;
    while (entry !== null && entry !== this.last) {
      this.chain(entry);
      entry = entry.later;
    }
    release(old);
  }
}

/** Writes a record if there is room; returns its bytes. Without a name it is that of "." or "..". */
function putRecord(at: usize, room: i32, inode: Inode, name: usize, nameBytes: i32): i32 {
  const bytes = (DIRENT_NAME + nameBytes + 7) & ~7;
  if (bytes > room) return 0;
  store<i64>(at + DIRENT_INODE, inode.number);
  store<u16>(at + DIRENT_BYTES, <u16>bytes);
  store<u16>(at + DIRENT_TYPE, <u16>(inode.kind >> 12));
  store<u16>(at + DIRENT_NAME_BYTES, <u16>nameBytes);
  if (name == 0) memory.fill(at + DIRENT_NAME, 0x2e, nameBytes);
  else memory.copy(at + DIRENT_NAME, name, nameBytes);
  return bytes;
}

/** The hash function of Fowler, Noll and Vo, FNV-1a. */
function hashOf(name: usize, bytes: i32): u32 {
  let hash: u32 = 0x811c_9dc5;
  for (let i = 0; i < bytes; i++) hash = (hash ^ load<u8>(name + i)) * 0x0100_0193;
  return hash ^ (hash >> 15);
}
