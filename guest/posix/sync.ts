// Mutexes, conditions and barriers for the threads of a process, on futexes. Their words lie in memory of their own, on lines of their own.
//
// The mutex is the three-state one of U. Drepper, "Futexes are tricky" (2011), section 6: 0 free, 1 held, 2 held and someone may be asleep.

import { futexWait, futexWake } from './posix';

const FOR_EVER: i64 = -1;
const LINE_BYTES: usize = 128;

/** Words, zero, which share no cache line with anything else. */
function ownLine(): usize {
  const block = __alloc(2 * LINE_BYTES);
  const line = (block + LINE_BYTES - 1) & ~(LINE_BYTES - 1);
  memory.fill(line, 0, LINE_BYTES);
  return line;
}

/** Takes a mutex that is a word somewhere, 0 when free. */
export function lockWord(word: usize): void {
  let state = atomic.cmpxchg<i32>(word, 0, 1);
  if (state == 0) return;
  if (state != 2) state = atomic.xchg<i32>(word, 2);
  while (state != 0) {
    futexWait(word, 2, FOR_EVER);
    state = atomic.xchg<i32>(word, 2);
  }
}

export function unlockWord(word: usize): void {
  if (atomic.xchg<i32>(word, 0) == 2) futexWake(word, 1);
}

export class Mutex {
  private word: usize = ownLine();

  lock(): void {
    lockWord(this.word);
  }

  tryLock(): bool {
    return atomic.cmpxchg<i32>(this.word, 0, 1) == 0;
  }

  unlock(): void {
    unlockWord(this.word);
  }
}

/** A condition variable. Waits may end without a signal: test the condition in a loop. */
export class Condition {
  private word: usize = ownLine();

  /** Gives the mutex back, sleeps until a signal, and takes the mutex again. */
  wait(mutex: Mutex): void {
    const seen = atomic.load<i32>(this.word);
    mutex.unlock();
    futexWait(this.word, seen, FOR_EVER);
    mutex.lock();
  }

  /** Wakes one that waits. */
  signal(): void {
    atomic.add<i32>(this.word, 1);
    futexWake(this.word, 1);
  }

  /** Wakes all that wait. */
  broadcast(): void {
    atomic.add<i32>(this.word, 1);
    futexWake(this.word, i32.MAX_VALUE);
  }
}

/** Lets threads go on when all of them have come; can be used again and again. */
export class Barrier {
  /** Two words: how many have come, and how often all had. */
  private words: usize = ownLine();

  constructor(readonly threads: i32) {}

  /** Waits for the others; returns true to one of them. Looks for a while before it sleeps. */
  wait(spins: i32 = 0): bool {
    const rounds = this.words + 4;
    const round = atomic.load<i32>(rounds);
    if (atomic.add<i32>(this.words, 1) + 1 == this.threads) {
      atomic.store<i32>(this.words, 0);
      atomic.add<i32>(rounds, 1);
      futexWake(rounds, i32.MAX_VALUE);
      return true;
    }
    while (spins-- > 0) if (atomic.load<i32>(rounds) != round) return false;
    while (atomic.load<i32>(rounds) == round) futexWait(rounds, round, FOR_EVER);
    return false;
  }
}
