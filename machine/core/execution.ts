// What executes on a machine: cores and their contexts, interrupts and sleep, kernels, and the windows in which time goes on. Composes
// these parts, and is what machine.ts knows of them.
import type { CoherenceController } from '../coherence/controller.ts';
import { Console, type SavedConsole } from '../device/console.ts';
import { Agenda, type MachineEvent } from '../interrupt/agenda.ts';
import { Interrupts } from '../interrupt/interrupts.ts';
import { type SavedSleepers, Sleepers } from '../interrupt/sleepers.ts';
import type { LineMonitors } from '../memory/line-monitors.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { MachineProfile } from '../profile/schema.ts';
import { SLEEPS_MWAIT, TICKS_PER_CYCLE } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { runningTime } from '../time/clock.ts';
import type { SavedEvents } from '../time/event-queue.ts';
import { BringUp, type SavedBringUp } from './bring-up.ts';
import { ConsoleIntrinsics } from './console-intrinsics.ts';
import type { Context } from './context.ts';
import { ContextIntrinsics } from './context-intrinsics.ts';
import { Contexts, type SavedContexts } from './contexts.ts';
import type { Cores } from './cores.ts';
import { deadlockMessage } from './deadlock.ts';
import type { FunctionRef, Imports } from './external.ts';
import { Firmware } from './firmware.ts';
import type { FunctionTable } from './function-table.ts';
import { GuestCounters } from './guest-counters.ts';
import type { Images } from './images.ts';
import type { InstanceContext } from './instance.ts';
import type { IntrinsicDefinition } from './intrinsic-definition.ts';
import type { Inventory } from './inventory.ts';
import { KernelIntrinsics, type SavedIntrinsic } from './kernel-intrinsics.ts';
import { LinkIntrinsics } from './link-intrinsics.ts';
import type { RunOutcome } from './machine-options.ts';
import type { NativeExports } from './native-exports.ts';
import type { Parking } from './parking.ts';
import type { TrapFrame } from './trap.ts';
import { type Waiter, Waiters } from './waiters.ts';
import { type SavedWindows, Windows } from './windows.ts';

export interface ExecutionParts {
  readonly memory: MachineMemory;
  readonly native: NativeExports;
  readonly functions: FunctionTable;
  readonly cores: Cores;
  readonly ram: PhysicalMemory;
  readonly monitors: LineMonitors;
  readonly parking: Parking;
  readonly coherence: CoherenceController;
  readonly profile: MachineProfile;
  readonly windowCycles: number;
  /** What the frames of one context can take. */
  readonly stackBytes: number;
  readonly images: () => Images;
  readonly instanceContext: () => InstanceContext;
  /** The import modules of an image, by its privilege. */
  readonly imports: (privilege: 'kernel' | 'user') => Imports;
  /** A line of the machine's for the people outside, on the core that runs. */
  readonly log: (text: string) => void;
  /** Bytes that a guest writes to a stream of the console. */
  readonly write: (stream: number, bytes: Uint8Array) => void;
  /** The calls in progress of a context, for the people outside. */
  readonly calls: (context: number, frames: readonly TrapFrame[]) => void;
  /** Told what a core begins with, when a kernel starts it. */
  readonly started: (core: number, target: FunctionRef, context: Context) => void;
}

/** Executions as a snapshot keeps them: all that is not in machine memory. */
export interface SavedExecution {
  readonly agenda: SavedEvents<MachineEvent>;
  readonly timers: readonly number[];
  readonly sleepers: SavedSleepers;
  readonly waiters: readonly Waiter[];
  readonly contexts: SavedContexts;
  readonly kernels: SavedBringUp;
  readonly windows: SavedWindows;
  readonly console: SavedConsole;
  readonly intrinsics: readonly SavedIntrinsic[];
  readonly exitCode?: number;
}

export class Execution {
  readonly #parts: ExecutionParts;
  readonly agenda: Agenda;
  readonly interrupts: Interrupts;
  readonly sleepers: Sleepers;
  readonly waiters: Waiters;
  readonly contexts: Contexts;
  readonly kernels: BringUp;
  readonly windows: Windows;
  readonly console: Console;
  /** The privileged and the waiting intrinsics by name, for images of each privilege. */
  readonly intrinsics: KernelIntrinsics;
  /** With what the guest has ended the machine's run. */
  exitCode: number | undefined;

  constructor(parts: ExecutionParts) {
    this.#parts = parts;
    const { memory, native, functions, cores, profile } = parts;
    const { core } = profile;
    const ticks = (cycles: number) => Math.round(cycles * TICKS_PER_CYCLE);
    this.agenda = new Agenda(memory);
    const latency = { halt: ticks(core.haltWakeCycles), mwait: ticks(core.mwaitWakeCycles) };
    this.sleepers = new Sleepers(memory, this.agenda, cores.count, latency);
    const ipiLatency = ticks(core.ipiLatencyCycles);
    this.interrupts = new Interrupts(memory, this.agenda, this.sleepers, cores.count, ipiLatency);
    this.interrupts.arriving = (core) => parts.parking.release(core);
    this.waiters = new Waiters(this.sleepers);
    this.contexts = new Contexts(memory, parts.stackBytes);
    this.kernels = new BringUp({
      memory,
      native,
      cores,
      contexts: this.contexts,
      agenda: this.agenda,
      latency: ipiLatency,
      started: parts.started,
      makeFirmware: (options, saved) =>
        new Firmware(
          options,
          parts.instanceContext(),
          parts.ram,
          { profile, cores: cores.count, images: parts.images(), imports: parts.imports },
          saved,
        ),
    });
    const lookahead = ticks(parts.windowCycles);
    this.console = new Console(
      (event) =>
        this.agenda.schedule((this.windows.running ? runningTime(memory) : this.windows.time) + lookahead, event),
      ({ core, vector }, time) => this.interrupts.raise(core, vector, time),
    );
    this.windows = new Windows(memory, native, this, cores.count, parts.windowCycles);
    parts.monitors.written = (core, by, time) => {
      if (this.sleepers.kind(core) === SLEEPS_MWAIT) this.sleepers.scheduleWake(core, time, by);
    };
    this.sleepers.woken = (core) => parts.monitors.disarm(core);
    this.intrinsics = new KernelIntrinsics({
      memory,
      functions,
      interrupts: this.interrupts,
      sleepers: this.sleepers,
      core,
      cores: cores.count,
      counters: new GuestCounters(memory, cores, parts.coherence),
      others: this.#others(parts),
      startCore: (request, now) => this.kernels.start(request, now),
    });
  }

  #others(parts: ExecutionParts): IntrinsicDefinition[] {
    const { memory, functions, cores, profile, images, log, windowCycles } = parts;
    const cycles = profile.core.contextSwitchCycles;
    const links = () => this.kernels.links;
    const all = [
      new ContextIntrinsics({
        memory,
        functions,
        contexts: this.contexts,
        links,
        cost: Math.round(cycles * TICKS_PER_CYCLE),
        calls: parts.calls,
        release: (core) => parts.parking.release(core),
      }),
      new LinkIntrinsics({ memory, functions, images, links, cycles, log }),
      new ConsoleIntrinsics({
        memory,
        functions,
        coherence: parts.coherence,
        console: this.console,
        cores: cores.count,
        latency: windowCycles * TICKS_PER_CYCLE,
        write: parts.write,
      }),
    ];
    return all.flatMap((intrinsics) => intrinsics.definitions());
  }

  /** How a run ends when every core sleeps and nothing is scheduled that could wake one. */
  asleep(): RunOutcome {
    if (this.console.isAwaited) return { reason: 'waiting-for-input' };
    const { memory, cores, functions } = this.#parts;
    return { reason: 'deadlock', message: deadlockMessage(memory, cores, functions, this.sleepers) };
  }

  /** How a run ends when every core that does not sleep polls for ever, if it has no limit. */
  polling(): { reason: 'livelock' | 'waiting-for-input'; message?: string } {
    if (this.console.isAwaited) return { reason: 'waiting-for-input' };
    return { reason: 'livelock', message: this.#parts.parking.describe() };
  }

  save(inventory: Inventory): SavedExecution {
    return {
      agenda: this.agenda.save(),
      timers: this.interrupts.save(),
      sleepers: this.sleepers.save(),
      waiters: this.waiters.save(),
      contexts: this.contexts.save(),
      kernels: this.kernels.save(inventory),
      windows: this.windows.save(),
      console: this.console.save(),
      intrinsics: this.intrinsics.save(),
      ...(this.exitCode === undefined ? {} : { exitCode: this.exitCode }),
    };
  }

  /** When machine memory, intrinsics and instances are restored already. */
  restore(saved: SavedExecution, inventory: Inventory): void {
    this.agenda.restore(saved.agenda);
    this.interrupts.restore(saved.timers);
    this.sleepers.restore(saved.sleepers);
    this.waiters.restore(saved.waiters);
    this.contexts.restore(saved.contexts);
    this.kernels.restore(saved.kernels, inventory);
    this.windows.restore(saved.windows);
    this.console.restore(saved.console);
    this.exitCode = saved.exitCode;
  }
}
