// The counters that guests can read: counter_read. Reading takes no time and changes nothing.
import type { CoherenceController } from '../coherence/controller.ts';
import * as platform from '../platform.ts';
import { COUNT_MASK, INSTRUCTIONS_SHIFT, REG_CLOCK, TICKS_PER_CYCLE } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { runningTime } from '../time/clock.ts';
import type { Cores } from './cores.ts';

export class GuestCounters {
  readonly #memory: MachineMemory;
  readonly #cores: Cores;
  readonly #coherence: CoherenceController;

  constructor(memory: MachineMemory, cores: Cores, coherence: CoherenceController) {
    this.#memory = memory;
    this.#cores = cores;
    this.#coherence = coherence;
  }

  /** Value of a counter (COUNTER_*) for the core that runs; undefined where there is no such counter. */
  read(counter: number, core: number): number | undefined {
    const own = this.#cores.counters(core);
    const lines = this.#coherence.counters.of(core);
    // What was counted since the core was entered is in its packed clock.
    const clock = this.#memory.load64(REG_CLOCK);
    const pending = this.#memory.load64(this.#cores.countsAddress(core));
    const since = (shift: bigint) => Number(((clock >> shift) & COUNTS) - ((pending >> shift) & COUNTS));
    switch (counter) {
      case platform.COUNTER_INSTRUCTIONS:
        return own.instructions + since(BigInt(INSTRUCTIONS_SHIFT));
      case platform.COUNTER_CYCLES:
        return Math.floor(runningTime(this.#memory) / TICKS_PER_CYCLE);
      case platform.COUNTER_ACCESSES:
        return own.accesses + since(0n);
      case platform.COUNTER_L1_MISSES:
        return own.readMisses + own.writeMisses;
      case platform.COUNTER_L2_HITS:
        return own.l2Hits;
      case platform.COUNTER_L2_MISSES:
        return own.l2Misses;
      case platform.COUNTER_SHARED_HITS:
        return lines.sharedHits;
      case platform.COUNTER_SHARED_MISSES:
        return lines.sharedMisses;
      case platform.COUNTER_MEMORY_FETCHES:
        return lines.memoryFetches;
      case platform.COUNTER_COHERENCE_MISSES:
        return lines.coherenceMisses;
      case platform.COUNTER_UPGRADES:
        return lines.upgrades;
      case platform.COUNTER_TLB_MISSES:
        return own.tlbMisses;
      case platform.COUNTER_PAGE_WALKS:
        return own.walks;
      case platform.COUNTER_STALL_CYCLES:
        return Math.floor(own.stallCycles);
      case platform.COUNTER_LINK_BYTES:
        return this.#linkBytes();
      default:
        return undefined;
    }
  }

  #linkBytes(): number {
    const { links } = this.#coherence.fabric;
    let bytes = 0;
    for (let direction = 0; direction < links.directions; direction++) bytes += links.bytes(direction);
    return bytes;
  }
}

const COUNTS = BigInt(COUNT_MASK);
