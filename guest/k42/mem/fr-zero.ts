// Anonymous memory: every page is zero. One for all FCMs, since there is nothing in it to tell one from another. It does not end.
import { MOST_LINE_BYTES } from '../../lib/limits';
import { zeroFrame } from '../../lib/page-frames';
import { ENOMEM } from '../../posix/abi';
import { dref } from '../cobj/rep';
import { FR, newFR } from './fr';
import { PM } from './pm';

/** Its COID, for all CPUs. */
const place = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

class ZeroFR extends FR {
  provide(page: i32, pm: usize): i32 {
    const frame = dref<PM>(pm).takeFrame();
    if (frame == 0) return -ENOMEM;
    zeroFrame(frame);
    return <i32>frame;
  }

  isZero(page: i32): i32 {
    return 1;
  }

  truncate(pages: i32): i32 {
    return 0;
  }

  hold(): i32 {
    return 0;
  }

  letGo(): i32 {
    return 0;
  }
}

@inline
export function zeroFR(): usize {
  return load<usize>(place);
}

/** On the boot CPU, once, before there are FCMs. */
export function layOutZeroFR(): void {
  store<usize>(place, newFR(new ZeroFR()));
}
