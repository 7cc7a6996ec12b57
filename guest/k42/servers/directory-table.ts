// Directories by their numbers, under which the kernel keeps those that processes are in or have open. A directory is here as long as it lives, and it does not
// live for these numbers' sake: who looks for one that has been removed finds none.
import { Directory } from '../../lib/fs/directory';
import { free, lockWord, malloc, unlockWord } from '../../posix/index';

const BUCKETS: i32 = 64;
/** A bucket is a line: a lock, and the first entry. */
const BUCKET_BYTES: usize = 128;
const FIRST: usize = 4;

/** An entry: number, directory, next. */
const NUMBER: usize = 0;
const DIRECTORY: usize = 4;
const NEXT: usize = 8;
const ENTRY_BYTES: usize = 12;

const buckets = memory.data(BUCKETS * <i32>BUCKET_BYTES, BUCKET_BYTES);

@inline
function bucketOf(number: i32): usize {
  return buckets + <usize>(number % BUCKETS) * BUCKET_BYTES;
}

/** Adds a directory; the table has no reference to it. */
export function addDirectory(directory: Directory): void {
  const entry = malloc(ENTRY_BYTES);
  const bucket = bucketOf(directory.number);
  store<i32>(entry, directory.number, NUMBER);
  store<usize>(entry, changetype<usize>(directory), DIRECTORY);
  lockWord(bucket);
  store<usize>(entry, load<usize>(bucket, FIRST), NEXT);
  store<usize>(bucket, entry, FIRST);
  unlockWord(bucket);
}

/** With a reference for the caller; null where there is none. */
export function findDirectory(number: i32): Directory | null {
  const bucket = bucketOf(number);
  lockWord(bucket);
  let entry = load<usize>(bucket, FIRST);
  while (entry != 0 && load<i32>(entry, NUMBER) != number) entry = load<usize>(entry, NEXT);
  const found = entry != 0 && changetype<Directory>(load<usize>(entry, DIRECTORY)).tryGet();
  const directory = found ? changetype<Directory>(load<usize>(entry, DIRECTORY)) : null;
  unlockWord(bucket);
  return directory;
}

/** Takes a directory out, before it is gone. */
export function removeDirectory(number: i32): void {
  const bucket = bucketOf(number);
  lockWord(bucket);
  let at = bucket + FIRST;
  let entry = load<usize>(at);
  while (load<i32>(entry, NUMBER) != number) {
    at = entry + NEXT;
    entry = load<usize>(at);
  }
  store<usize>(at, load<usize>(entry, NEXT));
  unlockWord(bucket);
  free(entry);
}
