// What a fault on anonymous memory cannot do without: a frame, and zeroes in it. By itself, without the way through the objects, it is the least that such
// faults can cost on this machine.
import { frameAddress, zeroFrame } from '../../lib/page-frames';
import { now } from '../../lib/unix/clock';
import { ENOMEM } from '../../posix/abi';
import { dref } from '../cobj/rep';
import { globalPm } from './global-pm';
import { PM } from './pm';

/** Takes so many frames, zeroes each, and gives them back: nanoseconds until it had them all, or -ENOMEM. */
export function zeroFill(count: i32): i32 {
  const before = now();
  // Each one's first word says which one came before.
  let last: usize = 0;
  let missing = count;
  for (; missing > 0; missing--) {
    const frame = dref<PM>(globalPm()).takeFrame();
    if (frame == 0) break;
    zeroFrame(frame);
    store<usize>(frameAddress(frame), last);
    last = frame;
  }
  const time = <i32>(now() - before);
  while (last != 0) {
    const next = load<usize>(frameAddress(last));
    dref<PM>(globalPm()).giveFrame(last);
    last = next;
  }
  return missing > 0 ? -ENOMEM : time;
}
