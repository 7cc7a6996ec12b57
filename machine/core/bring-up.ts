// Kernels on cores: booting the first one, starting the others, each in a context of its own.
import type { Agenda, MachineEvent } from '../interrupt/agenda.ts';
import { recordOf } from '../interrupt/sleepers.ts';
import { ALL_PAGES } from '../memory/virtual-memory.ts';
import {
  CAUSE_MISUSE,
  CORE_IDLE,
  CORE_INTERRUPTS,
  CORE_PAGES,
  CORE_PENDING,
  CORE_STATE,
  CORE_TRAP_CODE,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { Context } from './context.ts';
import type { Contexts } from './contexts.ts';
import type { Cores } from './cores.ts';
import type { FunctionRef } from './external.ts';
import type { BootOptions, Firmware, RestoredFirmware, SavedFirmware } from './firmware.ts';
import type { Inventory } from './inventory.ts';

import type { CoreStart } from './kernel-intrinsics.ts';
import { KERNEL_LINK, type Links } from './links.ts';
import type { NativeExports } from './native-exports.ts';
import { TrapRequest } from './trap.ts';

export interface BringUpParts {
  readonly memory: MachineMemory;
  readonly native: NativeExports;
  readonly cores: Cores;
  readonly contexts: Contexts;
  readonly agenda: Agenda;
  /** From core_start to the first instruction, in ticks. */
  readonly latency: number;
  /** With `saved`, of a kernel that has been booted. */
  readonly makeFirmware: (options: BootOptions, saved?: RestoredFirmware) => Firmware;
  /** Told what a core begins with. */
  readonly started: (core: number, target: FunctionRef, context: Context) => void;
}

/** Cores that are to start, and the kernel, if there is one. */
export interface SavedBringUp {
  readonly starting: readonly number[];
  readonly firmware?: SavedFirmware;
}

export class BringUp {
  readonly #parts: BringUpParts;
  /** Cores that are to start and have not yet. */
  readonly #starting = new Set<number>();
  #firmware: Firmware | undefined;

  constructor(parts: BringUpParts) {
    this.#parts = parts;
  }

  get links(): Links {
    if (!this.#firmware) throw new Error('no kernel has been booted');
    return this.#firmware.links;
  }

  /** Loads a kernel and lets core 0 run its `boot` from a time (ticks) on. Throws what the firmware throws. */
  boot(options: BootOptions, time: number): void {
    if (this.#firmware) throw new Error('a kernel has been booted before');
    const firmware = this.#parts.makeFirmware(options);
    this.#firmware = firmware;
    this.#enter(0, firmware.boot, firmware.information, firmware.pageRoot, time);
  }

  /** core_start: the core begins a latency after `now` (ticks). */
  start(request: CoreStart, now: number): void {
    const { memory, agenda, latency } = this.#parts;
    const { core, link, fn } = request;
    if (this.#starting.has(core) || memory.load32(recordOf(core) + CORE_STATE) !== CORE_IDLE) {
      throw new TrapRequest(CAUSE_MISUSE, `core_start: core ${core} runs already`);
    }
    if (link !== KERNEL_LINK) throw new TrapRequest(CAUSE_MISUSE, `core_start: link ${link} is not the kernel's (0)`);
    if (!this.links.resolve(link, core, fn, [1])) {
      throw new TrapRequest(CAUSE_MISUSE, `core_start: the kernel has no function ${fn} that takes an i32`);
    }
    this.#starting.add(core);
    agenda.schedule(now + latency, { kind: 'start', ...request });
  }

  /** A core that was started begins, at a time in ticks. */
  arrive({ core, link, fn, argument, root }: Extract<MachineEvent, { kind: 'start' }>, time: number): void {
    this.#starting.delete(core);
    const target = this.links.resolve(link, core, fn, [1]) as FunctionRef;
    this.#enter(core, target, argument, root || (this.#firmware as Firmware).pageRoot, time);
  }

  save(inventory: Inventory): SavedBringUp {
    const starting = [...this.#starting].sort((a, b) => a - b);
    return { starting, ...(this.#firmware ? { firmware: this.#firmware.save(inventory) } : {}) };
  }

  restore({ starting, firmware }: SavedBringUp, inventory: Inventory): void {
    for (const core of starting) this.#starting.add(core);
    if (!firmware) return;
    this.#firmware = this.#parts.makeFirmware({ kernel: inventory.images[firmware.kernel] }, { firmware, inventory });
  }

  #enter(core: number, target: FunctionRef, argument: number, root: number, time: number): void {
    const { memory, native, cores, contexts, started } = this.#parts;
    const firmware = this.#firmware as Firmware;
    const context = contexts.create(target, [BigInt(argument)], 0);
    if (!context) throw new RangeError(`there is no memory left for the context of core ${core}`);
    const start = firmware.startFunction(core);
    if (start) context.call(start, []);
    const record = recordOf(core);
    memory.store32(record + CORE_TRAP_CODE, (firmware.trap(core)?.id ?? -1) + 1);
    memory.store32(record + CORE_INTERRUPTS, 0);
    memory.store64(record + CORE_PENDING, 0n);
    cores.run(core, context.record, 0, BigInt(time), native.switchSpace);
    memory.store32(record + CORE_PAGES, ALL_PAGES);
    native.setPageRoot(core, root, 0);
    started(core, target, context);
  }
}
