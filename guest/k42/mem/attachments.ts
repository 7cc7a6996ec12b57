// The Regions that show pages of an FCM, under one lock: who asks them to unmap something has it until they have done so, and who detaches one waits.
import { release } from '../../lib/objects';
import { dref } from '../cobj/rep';
import { Lockable } from '../lock';
import { NO_LIMIT } from './fcm';
import { Region } from './region';

class Attachment {
  constructor(
    readonly region: usize,
    public next: Attachment | null,
  ) {}
}

export class Attachments extends Lockable {
  private first: Attachment | null = null;

  add(region: usize): void {
    const attachment = new Attachment(region, null);
    this.lock();
    attachment.next = this.first;
    this.first = attachment;
    this.unlock();
  }

  remove(region: usize): void {
    this.lock();
    let place = changetype<usize>(this) + offsetof<Attachments>('first');
    let one = load<Attachment | null>(place);
    while (one && one.region != region) {
      place = changetype<usize>(one) + offsetof<Attachment>('next');
      one = one.next;
    }
    if (one) store<usize>(place, changetype<usize>(one.next));
    this.unlock();
    if (one) release(one);
  }

  /** Takes a page from all of them. */
  unmapPage(page: i32): void {
    this.lock();
    let one = this.first;
    while (one) {
      dref<Region>(one.region).unmapPages(page, 1);
      one = one.next;
    }
    this.unlock();
  }

  /** Takes the right to write to anything from all of them. */
  writeProtect(): void {
    this.lock();
    let one = this.first;
    while (one) {
      dref<Region>(one.region).writeProtectPages(0, NO_LIMIT);
      one = one.next;
    }
    this.unlock();
  }
}
