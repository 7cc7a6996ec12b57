// The memory of a machine: RAM, the private caches in machine memory, coherence behind them, and the imports by which the native helper reaches it.
import { CoherenceController, type SavedCoherence } from '../coherence/controller.ts';
import type { MachineProfile } from '../profile/schema.ts';
import { REG_TIME } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { REG_PARKED } from '../state/parking-layout.ts';
import { CachePort, type CacheWatch, type NativeCaches } from './cache-port.ts';
import { LineMonitors } from './line-monitors.ts';
import { PhysicalMemory, type SavedPhysicalMemory } from './physical-memory.ts';
import { makePrivateCaches, type NativeConstants } from './private-caches.ts';

/** What the native helper imports of the memory system. The time of an uncached access passes through REG_TIME, in ticks. */
export interface MemoryImports extends Record<string, WebAssembly.ImportValue> {
  uncached(core: number, physical: number, bytes: number, write: number): void;
  monitor(core: number, line: number): void;
}

/** The memory system but for what is in machine memory: RAM's contents, private caches. */
export interface SavedMemorySystem {
  readonly ram: SavedPhysicalMemory;
  readonly coherence: SavedCoherence;
  readonly monitors: Int32Array;
}

export class MemorySystem {
  readonly ram: PhysicalMemory;
  readonly coherence: CoherenceController;
  readonly caches: CachePort;
  readonly monitors: LineMonitors;
  readonly imports: MemoryImports;
  /** What the native helper's code is to be specialised with. */
  readonly constants: NativeConstants;

  /** Throws a RangeError when the RAM is too large. `native` is asked for once the helper is there. */
  constructor(
    memory: MachineMemory,
    profile: MachineProfile,
    cores: number,
    ramBytes: number,
    native: () => NativeCaches,
  ) {
    const constants = makePrivateCaches(memory, cores, profile);
    this.ram = new PhysicalMemory(memory, ramBytes, profile.topology.nodes);
    this.constants = { ...constants, ram: this.ram.base, ramBytes: this.ram.bytes };
    const caches = new CachePort(native);
    this.caches = caches;
    const coherence = new CoherenceController(profile, this.ram.bytes, caches);
    this.coherence = coherence;
    const monitors = new LineMonitors(memory, coherence, cores);
    this.monitors = monitors;
    coherence.listener = { taken: (line, core, time) => monitors.taken(line, core, time) };
    const time = REG_TIME >>> 3;
    const { transact, exchange, evict, expect } = coherence.native;
    this.imports = {
      ...{ transact, exchange, evict, expect },
      monitor: (core, line) => monitors.arm(core, line),
      uncached: (core, physical, bytes, write) => {
        if (write !== 0 && memory.load32(REG_PARKED) !== 0) {
          native().releaseLine(Math.floor((physical >>> 0) / profile.lineBytes));
        }
        memory.f64[time] = coherence.uncached(core, physical, bytes, write !== 0, memory.f64[time]);
      },
    };
  }

  /** The helper is there: coherence reaches private caches by its functions. Returns it. */
  connect<Helper extends NativeCaches>(native: Helper): Helper {
    this.coherence.connect(native);
    return native;
  }

  /** From now on somebody is told of every change that coherence makes to private caches. */
  watch(watch: CacheWatch): void {
    this.caches.watch = watch;
    this.coherence.disconnect();
  }

  save(): SavedMemorySystem {
    return { ram: this.ram.save(), coherence: this.coherence.save(), monitors: this.monitors.save() };
  }

  restore({ ram, coherence, monitors }: SavedMemorySystem): void {
    this.ram.restore(ram);
    this.coherence.restore(coherence);
    this.monitors.restore(monitors);
  }
}
