// Futexes: threads that sleep until somebody says that a word of memory has changed (Franke, Russell and Kirkwood, "Fuss, futexes and furwocks", 2002).
//
// A word is known by its physical address where it is in memory that is shared with other processes, else by its address space and address.
// Words are spread over buckets, each with a lock and a wait queue.
import { EAGAIN, EFAULT, EINVAL } from '../../posix/abi';
import { deadlineIn } from './clock';
import { currentThread } from 'kernel/cpu';
import { SCRATCH_WORD, scratchAt } from './scratch';
import { Lockable } from 'kernel/lock';
import { nameOne } from './names';
import { copyIn } from './user-memory';
import { WaitQueue } from './wait-queue';

const BUCKETS: i32 = 64;

class Bucket extends Lockable {
  readonly sleepers: WaitQueue = new WaitQueue();
}

export class FutexTable {
  private readonly buckets: StaticArray<Bucket> = new StaticArray<Bucket>(BUCKETS);

  constructor() {
    for (let i = 0; i < BUCKETS; i++) unchecked((this.buckets[i] = new Bucket()));
  }

  /** For reports of those outside. */
  nameBuckets(): void {
    for (let i = 0; i < BUCKETS; i++) {
      nameOne(unchecked(this.buckets[i]), 'futexes, bucket', i);
      nameOne(unchecked(this.buckets[i]).sleepers, 'futexes, sleepers', i);
    }
  }

  bucketOf(key: u64): Bucket {
    const hash = <u32>((key * 0x9e37_79b9_7f4a_7c15) >> 40);
    return unchecked(this.buckets[hash & (BUCKETS - 1)]);
  }
}

/** The one that there is; the same on each core. */
let futexes: FutexTable = changetype<FutexTable>(0);

export function setFutexTable(table: FutexTable): void {
  futexes = table;
}

/** futex_wait(). */
export function futexWait(word: usize, expected: i32, timeout: i64): i32 {
  if (word & 3) return -EINVAL;
  const deadline = deadlineIn(timeout);
  const value = scratchAt(SCRATCH_WORD);
  // The page comes before the lock, so that the key is that of the page that stays.
  if (copyIn(value, word, 4) != 0) return -EFAULT;
  const key = currentThread().process.space!.futexKey(word);
  const bucket = futexes.bucketOf(key);
  bucket.lock();
  let answer = copyIn(value, word, 4);
  if (answer == 0) {
    // Who changes the word wakes afterwards, and finds this thread asleep or the lock taken.
    answer = load<i32>(value) == expected ? bucket.sleepers.sleep(bucket, deadline, key) : -EAGAIN;
  }
  bucket.unlock();
  return answer;
}

/** futex_wake(). */
export function futexWake(word: usize, count: i32): i32 {
  if (word & 3 || count < 0) return -EINVAL;
  if (copyIn(scratchAt(SCRATCH_WORD), word, 4) != 0) return -EFAULT;
  const key = currentThread().process.space!.futexKey(word);
  const bucket = futexes.bucketOf(key);
  bucket.lock();
  const woken = bucket.sleepers.wake(count, key);
  bucket.unlock();
  return woken;
}
