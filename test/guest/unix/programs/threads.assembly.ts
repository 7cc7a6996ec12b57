// Threads: many on all cores, mutexes, conditions, barriers, affinity, preemption, time.
import {
  Barrier,
  clock,
  CLOCK_MONOTONIC,
  CLOCK_PROCESS_CPUTIME_ID,
  cores,
  EAGAIN,
  EINVAL,
  ESRCH,
  ETIMEDOUT,
  futexWait,
  futexWake,
  malloc,
  Mutex,
  nanosleep,
  Thread,
  threadAffinity,
  threadExit,
  threadJoin,
  threadSelf,
  threadYield,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

const THREADS: i32 = 8;
const ROUNDS: i32 = 200;
const mutex = new Mutex();
const barrier = new Barrier(THREADS);
let counter: i32 = 0;
let stop: i32 = 0;
const word = malloc(4);

function count(argument: i32): i32 {
  for (let i = 0; i < ROUNDS; i++) {
    mutex.lock();
    counter++;
    mutex.unlock();
    if (i == ROUNDS / 2) barrier.wait();
  }
  return argument * 3;
}

function counting(): void {
  const threads = new Array<Thread>(THREADS);
  for (let i = 0; i < THREADS; i++) threads[i] = Thread.start(count, i);
  for (let i = 0; i < THREADS; i++) same(threads[i].join(), i * 3, "a thread's result");
  same(counter, THREADS * ROUNDS, 'nothing is lost under a mutex');
  same(threadJoin(threads[0].id, 0), -ESRCH, 'a thread is joined once');
}

/** A thread that never gives up its core does not keep the others from running. */
function preemption(): void {
  store<i32>(word, 0);
  const spinners = new Array<Thread>();
  for (let i = 0; i < cores(); i++) {
    const thread = Thread.start(() => {
      while (atomic.load<i32>(word) == 0) {}
      return 1;
    });
    spinners.push(thread);
  }
  const last = Thread.start(() => {
    atomic.store<i32>(word, 1);
    return 2;
  });
  same(last.join(), 2, 'the last one');
  for (let i = 0; i < spinners.length; i++) same(spinners[i].join(), 1, 'a spinning one');
}

function affinity(): void {
  const last = cores() - 1;
  same(threadAffinity(0, last), 0, 'affinity');
  same(threadAffinity(0, cores()), -EINVAL, 'no such core');
  same(threadAffinity(1000, 0), -ESRCH, 'no such thread');
  const other = Thread.start((_argument: i32) => threadSelf(), 0, last);
  threadYield();
  check(other.join() == other.id, 'it knows its number');
  same(threadAffinity(0, -1), 0, 'any core');
  const exits = Thread.start((argument: i32) => {
    threadExit(argument + 1);
    return 0;
  }, 5);
  same(exits.join(), 6, 'thread_exit');
}

function time(): void {
  const before = clock(CLOCK_MONOTONIC);
  same(nanosleep(50_000), 0, 'sleep');
  const slept = clock(CLOCK_MONOTONIC) - before;
  check(slept >= 50_000 && slept < 80_000, 'it sleeps for as long as it is told');
  store<i32>(word, 1);
  same(futexWait(word, 0, -1), -EAGAIN, 'the word has changed');
  same(futexWait(word, 1, 20_000), -ETIMEDOUT, 'nobody wakes it');
  check(clock(CLOCK_PROCESS_CPUTIME_ID) > 0, 'it takes time');
}

const asleep = malloc(4);

/** Who has been woken was not too late, even if the time is over before the core has time for it. */
function wokenInTime(): void {
  if (cores() < 2) return;
  same(threadAffinity(0, 0), 0, 'affinity');
  store<i32>(word, 0);
  store<i32>(asleep, 0);
  const sleeper = Thread.start(
    () => {
      atomic.store<i32>(asleep, 1);
      return futexWait(word, 0, 150_000);
    },
    0,
    1,
  );
  const worker = Thread.start(
    () => {
      while (atomic.load<i32>(asleep) == 0) threadYield();
      const end = clock(CLOCK_MONOTONIC) + 400_000;
      while (clock(CLOCK_MONOTONIC) < end) {}
      return 0;
    },
    0,
    1,
  );
  while (atomic.load<i32>(asleep) == 0) threadYield();
  nanosleep(50_000);
  const woken = futexWake(word, 1);
  same(woken, 1, 'it sleeps');
  same(sleeper.join(), 0, 'it has been woken');
  worker.join();
  same(threadAffinity(0, -1), 0, 'any core');
}

export function checkThreads(): void {
  counting();
  preemption();
  affinity();
  time();
  wokenInTime();
}
