// A request counter: how many requests are in an object at the moment, in one signed word, and a way to keep further ones out (K42, section 4.3; the arithmetic
// is that of its RequestCount).
//
//   enter   adds one; if the word is negative then, the object is stopped: the one is taken back, and the request stays out
//   leave   takes one away
//   stop    takes STOPPED away, more than there can be requests. As soon as the word is -STOPPED nobody is in
//   close   takes CLOSED away as well: it will never be resumed
//
// It is a word of the object that it counts for: `counterAt(changetype<usize>(object) + offsetof<Object>('requests'))`. Zero is one in use that nobody is in.
import { pause } from '../../lib/machine';
import { serveMessages, startLooking, stopLooking } from '../messages';

const STOPPED: i32 = 0x4000_0000;
const CLOSED: i32 = 0x2000_0000;

@unmanaged
export class RequestCounter {
  private word: i32;

  /** Whether a request may come in. To be followed by `leave` then. */
  @inline
  enter(): bool {
    if (atomic.add<i32>(changetype<usize>(this), 1) >= 0) return true;
    atomic.sub<i32>(changetype<usize>(this), 1);
    return false;
  }

  @inline
  leave(): void {
    atomic.sub<i32>(changetype<usize>(this), 1);
  }

  /** Keeps requests out from now on. Who is in is still in. */
  stop(): void {
    atomic.sub<i32>(changetype<usize>(this), STOPPED);
  }

  /** Waits until nobody is in, when it is stopped. */
  awaitQuiet(): void {
    if (atomic.load<i32>(changetype<usize>(this)) == -STOPPED) return;
    const before = startLooking();
    while (atomic.load<i32>(changetype<usize>(this)) != -STOPPED) {
      pause();
      serveMessages();
    }
    stopLooking(before);
  }

  /** Lets requests come in again. */
  resume(): void {
    atomic.add<i32>(changetype<usize>(this), STOPPED);
  }

  /** Keeps them out for ever, when it is stopped. */
  close(): void {
    atomic.sub<i32>(changetype<usize>(this), CLOSED);
  }

  /** Waits, outside, until it is resumed or closed. */
  awaitChange(): void {
    const before = startLooking();
    // Requests that try, and take their one back, are far fewer than what lies between the two.
    while (atomic.load<i32>(changetype<usize>(this)) < 0) {
      if (atomic.load<i32>(changetype<usize>(this)) < -STOPPED - CLOSED / 2) break;
      pause();
      serveMessages();
    }
    stopLooking(before);
  }
}

@inline
export function counterAt(address: usize): RequestCounter {
  return changetype<RequestCounter>(address);
}
