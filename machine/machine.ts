// The machine: composes memory, cores, functions and instruments, and runs windows until there is nothing left to run.
//
// Values cross this interface as bits: an i32 is 0 to 2^32 - 1, floats are their IEEE 754 bits, references are 0n for null, for
// functions their id, and for an external reference n its number plus one.
import { backtrace } from './core/backtrace.ts';
import { Context } from './core/context.ts';
import { ESTIMATED_COSTS, storeCosts } from './core/core-costs.ts';
import { Cores } from './core/cores.ts';
import { Digest } from './core/digest.ts';
import { type FunctionRef, GlobalRef, type Imports, type MemoryRef, maskBits, TableRef } from './core/external.ts';
import { FunctionTable, type NativeExports } from './core/function-table.ts';
import { Image } from './core/image.ts';
import { Instance, type InstanceContext } from './core/instance.ts';
import { type Instruments, intrinsics } from './core/intrinsics.ts';
import type { CoreStatus, MachineOptions, RunOutcome } from './core/machine-options.ts';
import { GuestTrap, LinkError, type TrapFrame, TrapRequest } from './core/trap.ts';
import { Waiters } from './core/waiters.ts';
import { Windows } from './core/windows.ts';
import { Agenda } from './interrupt/agenda.ts';
import { Interrupts } from './interrupt/interrupts.ts';
import { Sleepers } from './interrupt/sleepers.ts';
import { AddressSpace, AddressSpaces } from './memory/address-space.ts';
import { MemorySystem, type NativeCaches } from './memory/memory-system.ts';
import { nativeModuleBytes } from './native/bytes.ts';
import { type MachineProfile, MOST_CORES } from './profile/schema.ts';
import { uniform } from './profile/uniform.ts';
import {
  ACCESS_ANY,
  ACCESS_ATOMIC,
  CAUSE_FIRST_TRAP,
  CAUSE_MEMORY_BOUNDS,
  CONTEXT_FINISHED,
  LEAVE_STOP,
  LEAVE_WAIT,
  MAX_WINDOW_CYCLES,
  REG_CHAOS,
  REG_SWITCHES,
  REG_UNUSUAL_ACCESS,
  TICKS_PER_CYCLE,
} from './state/layout.ts';
import { MachineMemory } from './state/machine-memory.ts';
import { runningTime } from './time/clock.ts';
import { type CostModel, coreCosts } from './translate/charge.ts';
import type { GlobalType, Limits, TableType } from './wasm/types.ts';

const DEFAULT_RAM_BYTES = 2 ** 28;

function inRange(name: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name} is ${value}, a whole number from ${low} to ${high} is expected`);
  }
  return value;
}

interface Task {
  readonly target: FunctionRef;
  readonly context: Context;
  trap?: GuestTrap;
}

export class Machine {
  readonly profile: MachineProfile;
  readonly coreCount: number;
  readonly windowCycles: number;
  readonly mode: 'fast' | 'checked';
  readonly lineBytes: number;
  readonly #memory: MachineMemory;
  readonly #cores: Cores;
  readonly #functions: FunctionTable;
  readonly #native: NativeExports & NativeCaches;
  readonly #memorySystem: MemorySystem;
  readonly #spaces: AddressSpaces;
  readonly #context: InstanceContext;
  readonly #costs: CostModel;
  readonly #frameStackBytes: number;
  readonly #sleepers: Sleepers;
  readonly #windows: Windows;
  readonly #digest = new Digest();
  readonly #tasks: (Task | undefined)[] = [];
  /** Frame stacks are kept with their core: nothing outlives a task but its results. */
  readonly #contexts: (Context | undefined)[] = [];
  readonly #images = new Map<Uint8Array, Image>();
  #exitCode: number | undefined;
  /** The import modules `machine` and `env`, which every instance can import. */
  readonly intrinsics: Imports;

  constructor(options: MachineOptions = {}) {
    this.profile = options.profile ?? uniform(inRange('cores', options.cores ?? 1, 1, MOST_CORES));
    const { nodes, groupsPerNode, coresPerGroup } = this.profile.topology;
    const most = nodes * groupsPerNode * coresPerGroup;
    this.coreCount = inRange('cores', options.cores ?? most, 1, most);
    this.windowCycles = inRange('windowCycles', options.windowCycles ?? 40, 1, MAX_WINDOW_CYCLES);
    this.mode = options.mode ?? 'fast';
    this.lineBytes = this.profile.lineBytes;
    this.#costs = coreCosts(this.profile);
    this.#frameStackBytes = options.frameStackBytes ?? 262144;
    const memory = new MachineMemory(this.coreCount);
    this.#memory = memory;
    this.#cores = new Cores(memory, this.coreCount);
    this.#memorySystem = new MemorySystem(
      memory,
      this.profile,
      this.coreCount,
      options.ramBytes ?? DEFAULT_RAM_BYTES,
      () => this.#native,
    );
    memory.store32(REG_CHAOS, options.leaveSeed ?? 0);
    memory.store32(REG_UNUSUAL_ACCESS, options.leaveSeed ? ACCESS_ANY : ACCESS_ATOMIC);
    storeCosts(memory, ESTIMATED_COSTS);
    this.#functions = new FunctionTable(memory, () => this.#native);
    this.#native = this.#instantiateNative();
    this.#functions.install();
    this.#spaces = new AddressSpaces(memory, this.#memorySystem.ram, (space) => this.#cores.refreshSpace(space));
    const agenda = new Agenda(memory);
    const ticks = (cycles: number) => Math.round(cycles * TICKS_PER_CYCLE);
    const { haltWakeCycles, mwaitWakeCycles, ipiLatencyCycles } = ESTIMATED_COSTS;
    const latency = { halt: ticks(haltWakeCycles), mwait: ticks(mwaitWakeCycles) };
    const sleepers = new Sleepers(memory, agenda, this.coreCount, latency);
    this.#sleepers = sleepers;
    const interrupts = new Interrupts(memory, agenda, sleepers, this.coreCount, ticks(ipiLatencyCycles));
    const waiters = new Waiters(sleepers);
    this.#windows = new Windows(
      memory,
      this.#native,
      { agenda, interrupts, sleepers, waiters },
      this.coreCount,
      this.windowCycles,
    );
    this.#context = {
      memory,
      spaces: this.#spaces,
      functions: this.#functions,
      native: () => this.#native,
      waiters,
      core: () => this.#functions.currentCore,
      ticks: () => runningTime(memory),
    };
    this.intrinsics = intrinsics(this.#functions, this.#instruments(options));
  }

  #instantiateNative(): NativeExports & NativeCaches {
    const module = new WebAssembly.Module(nativeModuleBytes(this.#memorySystem.constants));
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.#memory.memory, table: this.#functions.table },
      // A built-in function that waited has its answer in its frame.
      host: { resumeBuiltin: () => 0, ...this.#memorySystem.imports },
    });
    return instance.exports as unknown as NativeExports & NativeCaches;
  }

  #instruments(options: MachineOptions): Instruments {
    const event = (kind: number, core: number, cycle: number) => {
      this.#digest.add(kind);
      this.#digest.add(core);
      this.#digest.add64(BigInt(Math.round(cycle * TICKS_PER_CYCLE)));
    };
    return {
      log: (core, cycle, text) => {
        event(1, core, cycle);
        this.#digest.addText(text);
        options.onLog?.(core, text, cycle);
      },
      mark: (core, cycle, name, value) => {
        event(2, core, cycle);
        this.#digest.addText(name);
        this.#digest.add64(value);
        options.onMark?.(core, name, value, cycle);
      },
      report: (core, cycle, name, value) => {
        event(3, core, cycle);
        this.#digest.addText(name);
        this.#digest.add64(BigInt(new BigInt64Array(Float64Array.of(value).buffer)[0]));
        options.onReport?.(core, name, value, cycle);
      },
      exit: (core, cycle, code) => {
        event(4, core, cycle);
        this.#digest.add(code);
        this.#exitCode ??= code;
      },
    };
  }

  // --- modules --------------------------------------------------------------------------------------------------------

  /** Decodes, validates, translates and compiles a module, once for the same array. Throws a WasmError. */
  load(bytes: Uint8Array): Image {
    let image = this.#images.get(bytes);
    if (!image) {
      image = new Image(
        bytes,
        { mode: this.mode, lineBytes: this.lineBytes, costs: this.#costs, privilege: 'user' },
        this.#memory,
      );
      this.#images.set(bytes, image);
    }
    return image;
  }

  /**
   * Makes an instance: links it, applies its segments and runs its start function on core 0. The intrinsics need not be given.
   * Throws a LinkError when imports are missing or do not fit, a GuestTrap when a segment does not or the start function traps.
   */
  instantiate(image: Image, imports: Imports = {}): Instance {
    const instance = this.#link(image, { ...this.intrinsics, ...imports });
    try {
      instance.initialize();
    } catch (error) {
      if (!(error instanceof TrapRequest)) throw error;
      throw new GuestTrap(error.code, 0, this.time, []);
    }
    const { start } = image.module;
    if (start !== undefined) this.invoke(instance, instance.functions[start], []);
    return instance;
  }

  #link(image: Image, imports: Imports): Instance {
    try {
      return new Instance(image, imports, this.#context);
    } catch (error) {
      if (error instanceof RangeError) throw new LinkError(error.message);
      throw error;
    }
  }

  /** Throws a RangeError when the RAM is too small. */
  createMemory(limits: Limits): MemoryRef {
    const space = new AddressSpace(this.#spaces, limits.min, limits.max ?? 65536);
    this.#functions.registerSpace(space);
    return { kind: 'memory', space, limits };
  }

  createTable(type: TableType): TableRef {
    return new TableRef(this.#memory, type);
  }

  createGlobal(type: GlobalType, bits: bigint): GlobalRef {
    const global = new GlobalRef(this.#memory, type);
    global.set(bits);
    return global;
  }

  // --- running --------------------------------------------------------------------------------------------------------

  #target(instance: Instance, name: string | FunctionRef): FunctionRef {
    if (typeof name !== 'string') return name;
    const found = instance.exports[name];
    if (found?.kind !== 'function') throw new LinkError(`no exported function "${name}"`);
    return found;
  }

  /** Lets an idle core call a function, from now on. Throws a LinkError when there is no such export. */
  start(core: number, instance: Instance, name: string | FunctionRef, args: readonly bigint[] = []): void {
    inRange('core', core, 0, this.coreCount - 1);
    const target = this.#target(instance, name);
    if (args.length !== target.type.params.length) {
      throw new LinkError(`${target.name} takes ${target.type.params.length} arguments, ${args.length} are given`);
    }
    this.#contexts[core] ??= new Context(this.#memory, this.#frameStackBytes);
    const context = this.#contexts[core];
    context.enter(target, args);
    this.#tasks[core] = { target, context };
    // A function without a memory of its own runs in its instance's.
    const space = (target.instance ?? instance).space?.record ?? 0;
    this.#cores.run(core, context.record, space, BigInt(this.#windows.time), this.#native.switchSpace);
    this.#event(5, core, this.#cores.time(core), BigInt(target.index));
  }

  #event(kind: number, core: number, time: bigint, value: bigint): void {
    this.#digest.add(kind);
    this.#digest.add(core);
    this.#digest.add64(time);
    this.#digest.add64(value);
  }

  /** Runs until all cores are done, one traps, the guest exits, or `maxCycles` more cycles have passed. */
  run({ maxCycles }: { maxCycles?: number } = {}): RunOutcome {
    const windows = this.#windows;
    const limit =
      maxCycles === undefined ? Number.POSITIVE_INFINITY : windows.time + Math.ceil(maxCycles) * TICKS_PER_CYCLE;
    for (;;) {
      if (!windows.step(limit)) {
        if (this.#sleepers.count > 0) return { reason: 'waiting' };
        // The window may have ended long after the last core was done.
        windows.time = Number(this.#cores.latest);
        return { reason: 'finished' };
      }
      this.#rethrow();
      const trap = this.#lookAtCores();
      if (this.#exitCode !== undefined) return { reason: 'exited', exitCode: this.#exitCode };
      if (trap) return { reason: 'trapped', trap };
      if (windows.time >= limit) return { reason: 'cycle-limit' };
    }
  }

  #rethrow(): void {
    const { failure } = this.#functions;
    this.#functions.failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Takes note of the cores that finished or stopped in the last window; the first trap, if there is one. */
  #lookAtCores(): GuestTrap | undefined {
    let first: GuestTrap | undefined;
    for (let core = 0; core < this.coreCount; core++) {
      const task = this.#tasks[core];
      if (!task || task.trap) continue;
      if (this.#cores.isStopped(core)) {
        const cause = this.#cores.cause(core);
        if (cause >= CAUSE_FIRST_TRAP) {
          task.trap = this.#trap(core, cause, task.context);
          first ??= task.trap;
        }
      }
    }
    return first;
  }

  #trap(core: number, cause: number, context: Context): GuestTrap {
    const time = this.#cores.time(core);
    this.#event(6, core, time, BigInt(cause));
    this.#cores.retire(core);
    const address = cause === CAUSE_MEMORY_BOUNDS ? this.#cores.faultAddress(core) : undefined;
    const frames = backtrace(this.#memory, this.#functions, context);
    const detail = this.#functions.trapDetail;
    this.#functions.trapDetail = undefined;
    return new GuestTrap(cause, core, Number(time) / TICKS_PER_CYCLE, frames, address, detail);
  }

  /**
   * Calls a function on a core and runs the machine until it is done; returns its results.
   * Throws a GuestTrap, or an Error when the guest exits or waits for ever.
   */
  invoke(
    instance: Instance,
    name: string | FunctionRef,
    args: readonly bigint[] = [],
    { core = 0 }: { core?: number } = {},
  ): bigint[] {
    this.start(core, instance, name, args);
    const task = this.#tasks[core] as Task;
    const outcome = this.run();
    if (outcome.trap) throw outcome.trap;
    if (outcome.reason !== 'finished') {
      this.#sleepers.forget(core);
      this.#cores.abandon(core);
      throw new Error(`${task.target.name} did not return: ${outcome.reason}`);
    }
    return this.#results(task);
  }

  #results({ target, context }: Task): bigint[] {
    return context.results(target.type.results.length).map((bits, i) => maskBits(target.type.results[i], bits));
  }

  // --- what can be seen -----------------------------------------------------------------------------------------------

  /** The time at which the last window ended, in cycles. */
  get time(): number {
    return this.#windows.time / TICKS_PER_CYCLE;
  }

  /** How often a core was entered. */
  get switches(): number {
    return Number(this.#memory.i64[REG_SWITCHES >>> 3]);
  }

  get runnableCores(): number {
    return this.#cores.runnable;
  }

  core(core: number): CoreStatus {
    inRange('core', core, 0, this.coreCount - 1);
    const task = this.#tasks[core];
    const counters = this.#cores.counters(core);
    const cycles = Number(this.#cores.time(core)) / TICKS_PER_CYCLE;
    if (!task) return { state: 'idle', cycles, ...counters };
    if (task.trap) return { state: 'trapped', cycles, ...counters, trap: task.trap };
    if (task.context.state === CONTEXT_FINISHED) {
      return { state: 'finished', cycles, ...counters, results: this.#results(task) };
    }
    const cause = this.#cores.isStopped(core) ? this.#cores.cause(core) : undefined;
    const state = cause === LEAVE_WAIT ? 'waiting' : cause === LEAVE_STOP ? 'exited' : 'running';
    return { state, cycles, ...counters };
  }

  /** The guest's calls in progress on a core, innermost first; none when it is idle. */
  backtrace(core: number): TrapFrame[] {
    inRange('core', core, 0, this.coreCount - 1);
    const task = this.#tasks[core];
    if (!task || task.context.state === CONTEXT_FINISHED) return [];
    this.#cores.saveTop(core);
    return backtrace(this.#memory, this.#functions, task.context);
  }

  /** Hash over all architectural events so far and over what each core has counted: 16 hexadecimal digits. */
  digest(): string {
    const digest = this.#digest.clone();
    for (let core = 0; core < this.coreCount; core++) {
      const status = this.core(core);
      digest.addText(status.state);
      digest.add64(this.#cores.time(core));
      for (const count of [status.instructions, status.accesses, status.readMisses, status.writeMisses]) {
        digest.add64(BigInt(count));
      }
      for (const bits of status.results ?? []) digest.add64(bits);
    }
    return digest.toString();
  }
}
