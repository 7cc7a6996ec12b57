// Messages of a kernel: `out.text('core ').number(core).hex(address).end()`. Every core has a line of its own, in which text comes together until
// `end` gives it away, so cores never mix theirs. The first piece begins a line and holds interrupts back, `end` lets them come again.
import { Line, LINE_BYTES } from './line';
import { coreId } from './machine';
import { MOST_CORES } from './limits';

const lines = memory.data(MOST_CORES * <i32>LINE_BYTES, 128);

@unmanaged
class Console {
  text(value: string): Line {
    return this.line.text(value);
  }

  bytes(address: usize, count: i32): Line {
    return this.line.bytes(address, count);
  }

  number(value: i64): Line {
    return this.line.number(value);
  }

  hex(value: u32): Line {
    return this.line.hex(value);
  }

  private get line(): Line {
    const line = changetype<Line>(lines + <usize>coreId() * LINE_BYTES);
    return line.isOpen ? line : line.begin();
  }
}

export const out: Console = changetype<Console>(lines);
