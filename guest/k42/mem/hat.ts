// The Hardware Address Translation of a process: on each CPU that has touched its memory a page directory of its own, with segment tables. So CPUs share no
// page tables, and the same address can mean different things on different CPUs: that is how local translation tables are possible.
//
// This is the interface; what there is is distributed by its nature (hat-distributed.ts). A CPU changes its own tables only. Who takes mappings away from
// others sends them messages, and has their answers when it returns.
import { arrive, depart, isRefused, refusal, repOf } from '../cobj/trampoline';
import { Rep } from '../cobj/rep';
import { CpuSet } from '../../lib/cpu-set';

export abstract class HAT extends Rep {
  /** Maps a frame at an address on this CPU, with rights PTE_*, whatever was there before: 0 or -ENOMEM. */
  mapPage(address: usize, frame: usize, rights: u32): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<HAT>(visit).mapPage(address, frame, rights));
  }

  /** The entry of a page on this CPU, 0 where there is none. It stays while this CPU serves no messages. */
  entry(address: usize): u32 {
    const visit = arrive(this);
    return isRefused(visit) ? 0 : depart(visit, repOf<HAT>(visit).entry(address));
  }

  /** Takes all mappings between two addresses from some CPUs. Nobody maps anything there meanwhile. */
  unmapRange(start: usize, end: usize, cpus: CpuSet): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<HAT>(visit).unmapRange(start, end, cpus));
  }

  /** Takes the right to write from them. */
  writeProtectRange(start: usize, end: usize, cpus: CpuSet): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<HAT>(visit).writeProtectRange(start, end, cpus));
  }

  /** Lets this CPU walk its tables: 0, or -ENOMEM, when it walks no process's. */
  load(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<HAT>(visit).load());
  }

  /** Nobody will run in it any more: when it returns no CPU walks its tables, and to unmap something there is nothing to do. */
  leave(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<HAT>(visit).leave());
  }

  /** Ends it when all have left, and there are no Regions any more. */
  destroy(): i32 {
    const visit = arrive(this);
    return isRefused(visit) ? refusal(visit) : depart(visit, repOf<HAT>(visit).destroy());
  }
}
