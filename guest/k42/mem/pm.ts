// A Page Manager: gives frames to FCMs, and asks them to give some back. Each process has one, which knows how many frames the process has, and its FCMs;
// for frames it turns to the Global PM (global-pm.ts), which is a PM itself: that of FCMs that belong to no process.
//
// This is the interface. One for each process, with a lock (pm-shared.ts), or counting on each CPU (pm-distributed.ts).
import { arrive, depart, isRefused, refusal, repOf } from '../cobj/trampoline';
import { Rep } from '../cobj/rep';

/** How many frames are asked for when there are none. */
export const RECLAIMED_AT_ONCE: i32 = 32;

export abstract class PM extends Rep {
  /** A frame with one reference, whose contents are anything; 0 when there is none, and nobody could give one back. */
  takeFrame(): usize {
    const visit = arrive(this);
    return isRefused(visit) ? 0 : depart(visit, repOf<PM>(visit).takeFrame());
  }

  /** Drops the reference that an FCM of its has to a frame. Without any the frame is free. */
  giveFrame(frame: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<PM>(visit).giveFrame(frame));
  }

  /** FCMs of its have references to so many more frames, which they share with others. */
  countFrames(count: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<PM>(visit).countFrames(count));
  }

  /** How many references to frames its FCMs have. It may be old, as other CPUs go on. */
  frames(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<PM>(visit).frames());
  }

  /** From now on an FCM is asked for frames. Called where the FCM is made, or later on another CPU. */
  attachFcm(fcm: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<PM>(visit).attachFcm(fcm));
  }

  detachFcm(fcm: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<PM>(visit).detachFcm(fcm));
  }

  /** Lets its FCMs give up to so many frames back: how many they have. */
  reclaimFrames(frames: i32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<PM>(visit).reclaimFrames(frames));
  }

  /** Ends it. It has no FCMs any more. */
  destroy(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<PM>(visit).destroy());
  }
}
