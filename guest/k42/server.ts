// A server: what protected procedure calls of one number go to. This is the interface of a clustered object; server-distributed.ts is what there is.
import { arrive, depart, isRefused, refusal, repOf } from './cobj/trampoline';
import { Rep } from './cobj/rep';

export abstract class Server extends Rep {
  /** Address of a Worker of this CPU's that is free, and is not any more; a new one, where there is none. Or an error: `isError`. */
  takeWorker(): usize {
    const visit = arrive(this);
    return isRefused(visit) ? <usize>refusal(visit) : depart(visit, repOf<Server>(visit).takeWorker());
  }

  /** One of this CPU's workers sleeps, and is free: 0, or -ESRCH where the server has ended. */
  giveWorker(worker: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Server>(visit).giveWorker(worker));
  }

  /** One that is awake is not free any more: 0, or -ESRCH where the server has ended. */
  takeBack(worker: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Server>(visit).takeBack(worker));
  }

  /** One that is not free does not serve any more: 0. */
  dropWorker(worker: usize): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Server>(visit).dropWorker(worker));
  }

  /** No further calls; all workers that are free wake up, on whichever CPU: 0. The object ends with the last worker. */
  close(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<Server>(visit).close());
  }
}

/** Whether what was to be an address is an error. */
@inline
export function isError(word: usize): bool {
  return word > <usize>-4096;
}
