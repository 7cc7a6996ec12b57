// Checks of a core's private caches: sets, and what the levels have of a line.
//   - a set's FIFO position is one of its ways; its count of holes is the number of its invalidated ways; no line is in it twice; every line
//     belongs to it and has a state; what is behind the last way is empty
//   - an inclusive L2 has what the L1 has, in the same state; a line is not in the L1 and in an exclusive L2
//   - coherence knows of every line; prefetch slots and the store buffer are counted right
import type { CoherenceController } from '../coherence/controller.ts';
import { STATE_NAMES } from '../coherence/states.ts';
import { STATE_I, STATE_M } from '../state/coherence-layout.ts';
import {
  CACHE_SET_HEAD,
  CORE_PREFETCHED,
  CORE_PREFETCHES,
  CORE_STORE_TIMES,
  CORE_STORES,
  CORE_STORES_DONE,
  L2_EXCLUSIVE,
  L2_INCLUSIVE,
  LINE_STATE_MASK,
  LINE_VALID,
  PREFETCH_SLOTS,
} from '../state/layout.ts';
import { POLL_RECORDING } from '../state/parking-layout.ts';
import type { CoreArrays, SetShape } from './core-arrays.ts';
import { type AuditReport, hex } from './report.ts';

export class CacheCheck {
  readonly #arrays: CoreArrays;
  readonly #coherence: CoherenceController;
  readonly #report: AuditReport;
  readonly #storeBuffer: number;

  /** `storeBuffer` is its number of entries. */
  constructor(arrays: CoreArrays, coherence: CoherenceController, report: AuditReport, storeBuffer: number) {
    this.#arrays = arrays;
    this.#coherence = coherence;
    this.#report = report;
    this.#storeBuffer = storeBuffer;
  }

  /** The sets that a line (by physical address) belongs to; that of the L2 with `both`. */
  setsOf(physical: number, both: boolean): void {
    const { l1, l2 } = this.#arrays;
    this.set('L1', l1, this.#arrays.setOf(l1, physical));
    if (both && l2) this.set('L2', l2, this.#arrays.setOf(l2, physical));
  }

  /** Sets from `first` on, `count` of them at most, of both levels; false when there are none so far back. */
  sets(first: number, count: number): boolean {
    const { l1, l2 } = this.#arrays;
    for (let set = first; set < first + count; set++) {
      if (set < l1.sets) this.set('L1', l1, l1.base + set * l1.setBytes);
      if (l2 && set < l2.sets) this.set('L2', l2, l2.base + set * l2.setBytes);
    }
    return first < Math.max(l1.sets, l2?.sets ?? 0);
  }

  /** One set, by its address. */
  set(level: 'L1' | 'L2', shape: SetShape, address: number): void {
    const arrays = this.#arrays;
    const position = arrays.load(address);
    const holes = arrays.load(address + 4);
    const first = address + CACHE_SET_HEAD;
    if (position % 4 !== 0 || position >= shape.waysBytes)
      this.#fail(level, address, shape, `its FIFO is at byte ${position} of ${shape.waysBytes} bytes of ways`);
    let empty = 0;
    let lastEmpty = 0;
    for (let way = first; way < first + shape.waysBytes; way += 4) {
      const word = arrays.load(way);
      if (word === 0) {
        empty++;
        lastEmpty = way - first >= position ? lastEmpty + 1 : 0;
        continue;
      }
      lastEmpty = 0;
      this.#word(level, shape, address, way, word);
    }
    // Ways that were never filled are the last ones, from the position on, and are no holes.
    const behind = (shape.waysBytes - position) / 4;
    const consistent = holes === empty || (lastEmpty === behind && holes === empty - behind);
    if (!consistent)
      this.#fail(
        level,
        address,
        shape,
        `${empty} ways are empty, the FIFO is at way ${position / 4}, ${holes} holes are counted`,
      );
  }

  #word(level: 'L1' | 'L2', shape: SetShape, address: number, way: number, word: number): void {
    const arrays = this.#arrays;
    const state = word & LINE_STATE_MASK;
    const physical = arrays.lineOf(word);
    const line = physical >>> arrays.lineShift;
    if ((word & arrays.lineMask) !== (LINE_VALID | state) || state === STATE_I || state > STATE_M)
      this.#fail(level, address, shape, `a way has the word ${hex(word)}, which is no line and state`);
    if (arrays.setOf(shape, physical) !== address)
      this.#report.fail(arrays.core, line, `its ${level} has a line in a set that it does not belong to`);
    if (arrays.findIn(shape, physical) !== way)
      this.#report.fail(arrays.core, line, `its ${level} has a line in two ways of a set`);
    this.line(physical);
  }

  /** What both levels and the presence map have of a line, by its physical address. */
  line(physical: number): void {
    const arrays = this.#arrays;
    const above = arrays.stateAt(arrays.findL1(physical));
    const below = arrays.stateAt(arrays.findL2(physical));
    const line = physical >>> arrays.lineShift;
    const has = above !== STATE_I || below !== STATE_I;
    if (has && !this.#coherence.presence.hasCore(line, arrays.core))
      this.#report.fail(arrays.core, line, 'it has a line of which coherence does not know');
    if (above === STATE_I) return;
    if (arrays.l2Kind === L2_INCLUSIVE) {
      if (below === STATE_I) this.#report.fail(arrays.core, line, 'its inclusive L2 has not what its L1 has');
      if (above !== below)
        this.#report.fail(
          arrays.core,
          line,
          `its L1 has a line in ${STATE_NAMES[above]}, its L2 in ${STATE_NAMES[below]}`,
        );
    } else if (arrays.l2Kind === L2_EXCLUSIVE && below !== STATE_I) {
      this.#report.fail(arrays.core, line, 'its L1 and its exclusive L2 have the same line');
    }
  }

  /** Prefetch slots and store buffer. */
  queues(): void {
    const arrays = this.#arrays;
    const { core } = arrays;
    const slots = arrays.field(CORE_PREFETCHED);
    const lines = new Set<number>();
    let used = 0;
    for (let slot = slots; slot < slots + 16 * PREFETCH_SLOTS; slot += 16) {
      const line = arrays.load(slot);
      if (line === 0) continue;
      used++;
      lines.add(line);
    }
    if (lines.size !== used) this.#report.fail(core, -1, 'it awaits one line in two prefetch slots');
    const counted = arrays.field(CORE_PREFETCHES) & ~POLL_RECORDING;
    if (counted !== used) this.#report.fail(core, -1, `it counts ${counted} prefetch slots in use, ${used} are`);
    this.#stores();
  }

  #stores(): void {
    const arrays = this.#arrays;
    const { core } = arrays;
    const count = arrays.field(CORE_STORES);
    if (count > this.#storeBuffer)
      this.#report.fail(core, -1, `its store buffer has ${count} entries of ${this.#storeBuffer}`);
    const times = arrays.field(CORE_STORE_TIMES);
    let last = 0;
    for (let i = 0; i < count; i++) {
      const time = arrays.loadDouble(times + 8 * i);
      if (time < last) this.#report.fail(core, -1, `entry ${i} of its store buffer is done before the one ahead of it`);
      last = time;
    }
    if (last > arrays.loadDouble(arrays.record + CORE_STORES_DONE))
      this.#report.fail(core, -1, 'a store in its buffer is done after all of them are');
  }

  #fail(level: string, address: number, shape: SetShape, what: string): never {
    this.#report.fail(this.#arrays.core, -1, `set ${(address - shape.base) / shape.setBytes} of its ${level}: ${what}`);
  }
}
