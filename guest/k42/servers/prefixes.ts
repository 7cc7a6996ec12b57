// The directories to which a worker's latest paths have led, so that the next ones there go through none of the directories above: these are everybody's, and
// their locks and counts of references would be fought for.
//
// A prefix is all of a path in front of its last component, and where it begins. It leads to the same directory until a directory is moved or removed, which
// is seldom: then all workers forget all prefixes, as they come to look at them. Who moves a directory says so before it answers; a call at the same time may
// still find what was before.
import { Directory } from '../../lib/fs/directory';
import { PATH_MAX, release } from '../../posix/index';

/** How many each worker remembers: one for each value of a hash. */
const PLACES: i32 = 16;
const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

/** How often a directory has been moved or removed: a word on a line of its own. */
const changes = memory.data(128, 128);

/** To be called when that has been done. */
export function forgetPrefixes(): void {
  atomic.add<u32>(changes, 1);
}

class Prefix {
  private readonly text: StaticArray<u8> = new StaticArray<u8>(PATH_MAX);
  private bytes: i32 = -1;
  private start: i32 = 0;
  /** With a reference. */
  directory: Directory | null = null;

  is(start: i32, path: usize, bytes: i32): bool {
    return this.bytes == bytes && this.start == start && memory.compare(changetype<usize>(this.text), path, bytes) == 0;
  }

  set(start: i32, path: usize, bytes: i32, directory: Directory): void {
    this.clear();
    memory.copy(changetype<usize>(this.text), path, bytes);
    this.bytes = bytes;
    this.start = start;
    this.directory = directory;
  }

  clear(): void {
    const directory = this.directory;
    this.directory = null;
    this.bytes = -1;
    if (directory) directory.put();
  }
}

/** One worker's. */
export class Prefixes {
  private seen: u32 = 0;
  private readonly places: StaticArray<Prefix | null> = new StaticArray<Prefix | null>(PLACES);

  /** The directory of a prefix that is remembered, which stays so until the next call of `remember` or `find`; null. */
  find(start: i32, path: usize, bytes: i32): Directory | null {
    const now = atomic.load<u32>(changes);
    if (now != this.seen) this.clear();
    this.seen = now;
    const place = this.places[placeOf(start, path, bytes)];
    return place !== null && place.is(start, path, bytes) ? place.directory : null;
  }

  /** A prefix that was not found, and where it leads; the reference to the directory becomes its own. */
  remember(start: i32, path: usize, bytes: i32, directory: Directory): void {
    const i = placeOf(start, path, bytes);
    let place = this.places[i];
    if (place === null) {
      place = new Prefix();
      this.places[i] = place;
    }
    place.set(start, path, bytes, directory);
  }

  private clear(): void {
    for (let i = 0; i < PLACES; i++) {
      const place = this.places[i];
      if (place) place.clear();
    }
  }
}

/** The bytes of a path's prefix, up to its last slash; 0 where there is none worth to be remembered, or the last component is no name. */
export function prefixOf(path: usize, bytes: i32): i32 {
  let slash = bytes - 1;
  while (slash >= 0 && load<u8>(path + slash) != SLASH) slash--;
  const name = slash + 1;
  const isName = name < bytes && (load<u8>(path + name) != DOT || bytes - name > 2);
  return isName ? max(slash, 0) : 0;
}

function placeOf(start: i32, path: usize, bytes: i32): i32 {
  let hash: u32 = start;
  for (let i = 0; i < bytes; i++) hash = hash * 31 + load<u8>(path + i);
  return <i32>((hash ^ (hash >> 8)) & (PLACES - 1));
}
