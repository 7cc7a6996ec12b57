// poll: waiting for several files at once. The thread is in the wait queue of each while it sleeps.
import { release } from '../objects';
import { memoryIsShort } from 'kernel/memory';
import {
  EFAULT,
  EINTR,
  EINVAL,
  ENOMEM,
  OPEN_MAX,
  POLL_BYTES,
  POLL_EVENTS,
  POLL_FD,
  POLL_RETURNED,
  POLLERR,
  POLLHUP,
  POLLNVAL,
} from '../../posix/abi';
import { deadlineIn } from './clock';
import { currentThread } from 'kernel/cpu';
import { SCRATCH_WORD, scratchAt } from './scratch';
import { OpenFile } from './open-file';
import { schedule } from 'kernel/scheduler';
import { copyIn, copyOut } from './user-memory';
import { prepareToSleep, sleepUntil, Waiter } from './wait-queue';

/** A file that is polled, in a list. */
class PolledFile {
  next: PolledFile | null = null;
  waiter: Waiter = new Waiter();

  constructor(readonly file: OpenFile) {
    this.waiter.thread = currentThread();
    const changes = file.changes;
    if (changes) changes.add(this.waiter);
  }

  destroy(): void {
    const changes = this.file.changes;
    if (changes) changes.remove(this.waiter);
    this.file.letGo();
    release(this.waiter);
    release(this);
  }
}

/** poll(): how many records have something to tell. */
export function poll(records: usize, count: i32, timeout: i64): i32 {
  if (<u32>count > <u32>OPEN_MAX) return -EINVAL;
  if (memoryIsShort()) return -ENOMEM;
  const deadline = deadlineIn(timeout);
  let polled: PolledFile | null = null;
  if (timeout != 0) polled = watch(records, count);
  let answer = 0;
  while (true) {
    // What changes from here on wakes the thread, or keeps it from falling asleep.
    prepareToSleep();
    answer = look(records, count);
    if (answer != 0 || timeout == 0) {
      stayAwake();
      break;
    }
    const reason = sleepUntil(deadline);
    if (reason == 0) continue;
    answer = look(records, count);
    if (answer == 0 && reason == -EINTR) answer = -EINTR;
    break;
  }
  forget(polled);
  return answer;
}

function stayAwake(): void {
  const thread = currentThread();
  // Somebody may have put it into a run queue already.
  if (!thread.stayAwake()) schedule();
}

/** Puts the thread into the wait queues of all files. */
function watch(records: usize, count: i32): PolledFile | null {
  const descriptors = currentThread().process.descriptors;
  let first: PolledFile | null = null;
  for (let i = 0; i < count; i++) {
    const record = scratchAt(SCRATCH_WORD);
    if (copyIn(record, records + i * POLL_BYTES, POLL_BYTES) != 0) break;
    const file = descriptors.get(load<i32>(record, POLL_FD));
    if (file === null) continue;
    const polled = new PolledFile(file);
    polled.next = first;
    first = polled;
  }
  return first;
}

function forget(first: PolledFile | null): void {
  while (first) {
    const next = first.next;
    first.destroy();
    first = next;
  }
}

/** Fills in what is there; in how many records there is something. */
function look(records: usize, count: i32): i32 {
  const descriptors = currentThread().process.descriptors;
  let ready = 0;
  for (let i = 0; i < count; i++) {
    const record = scratchAt(SCRATCH_WORD);
    const at = records + i * POLL_BYTES;
    if (copyIn(record, at, POLL_BYTES) != 0) return -EFAULT;
    const fd = load<i32>(record, POLL_FD);
    let events = 0;
    if (fd >= 0) {
      const file = descriptors.get(fd);
      const asked = load<u16>(record, POLL_EVENTS) | POLLERR | POLLHUP;
      events = file === null ? POLLNVAL : file.ready() & asked;
      if (file) file.letGo();
    }
    store<u16>(record, <u16>events, POLL_RETURNED);
    if (copyOut(at, record, POLL_BYTES) != 0) return -EFAULT;
    if (events != 0) ready++;
  }
  return ready;
}
