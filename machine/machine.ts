// The machine: composes memory, cores, functions and instruments, and runs windows until there is nothing left to run.
//
// Values cross this interface as bits: an i32 is 0 to 2^32 - 1, floats are their IEEE 754 bits, references are 0n for null, for
// functions their id, and for an external reference n its number plus one.
import { MachineAudit } from './check/machine-audit.ts';
import type { CoherenceController } from './coherence/controller.ts';
import { backtrace } from './core/backtrace.ts';
import { storeCosts, storeSpeeds } from './core/core-costs.ts';
import { Cores } from './core/cores.ts';
import { Digest } from './core/digest.ts';
import { Execution } from './core/execution.ts';
import { type FunctionRef, GlobalRef, type Imports, type MemoryRef, TableRef } from './core/external.ts';
import type { BootOptions } from './core/firmware.ts';
import { FunctionTable } from './core/function-table.ts';
import type { Image } from './core/image.ts';
import { Images } from './core/images.ts';
import { inRange } from './core/in-range.ts';
import { Instance, type InstanceContext } from './core/instance.ts';
import { instruments } from './core/instruments.ts';
import { intrinsics } from './core/intrinsics.ts';
import { link } from './core/linking.ts';
import {
  type CoreStatus,
  type HostOptions,
  type PlainOptions,
  plainOptions,
  type RunOutcome,
  type MachineOptions as UnobservedOptions,
} from './core/machine-options.ts';
import type { NativeExports } from './core/native-exports.ts';
import { Parking } from './core/parking.ts';
import { CurrentBlock } from './core/place.ts';
import { RunLoop } from './core/run-loop.ts';
import { type Task, Tasks } from './core/tasks.ts';
import { GuestTrap, LinkError, type TrapFrame, TrapRequest } from './core/trap.ts';
import type { Console } from './device/console.ts';
import { AddressSpace, AddressSpaces } from './memory/address-space.ts';
import type { NativeCaches } from './memory/cache-port.ts';
import { MemorySystem } from './memory/memory-system.ts';
import { VirtualMemory } from './memory/virtual-memory.ts';
import { nativeModuleBytes } from './native/bytes.ts';
import { connectObserver, findSite, observedBits, type Tell } from './observe/connect.ts';
import type { CodeSite, ObservedMachine, Observer } from './observe/observer.ts';
import { defaultWindowCycles } from './profile/lookahead.ts';
import { type MachineProfile, MOST_CORES } from './profile/schema.ts';
import { uniform } from './profile/uniform.ts';
import { checkFormat } from './snapshot/fit.ts';
import { type MachineSnapshot, restoreSnapshot, type SnapshotParts, takeSnapshot } from './snapshot/snapshot.ts';
import { SnapshotError } from './snapshot/snapshot-error.ts';
import {
  ACCESS_ANY,
  ACCESS_ATOMIC,
  MAX_WINDOW_CYCLES,
  REG_CHAOS,
  REG_SWITCHES,
  REG_UNUSUAL_ACCESS,
  TICKS_PER_CYCLE,
} from './state/layout.ts';
import { MachineMemory } from './state/machine-memory.ts';
import { runningTime } from './time/clock.ts';
import type { Privilege } from './translate/context.ts';
import { machineTranslation } from './translate/pretranslate.ts';
import type { GlobalType, Limits, TableType } from './wasm/types.ts';

const DEFAULT_STACK_BYTES = 262144;
const DEFAULT_RAM_BYTES = 2 ** 28;

export interface MachineOptions extends UnobservedOptions {
  /** Is told what happens, and changes nothing: see observe/observer.ts. */
  readonly observer?: Observer;
}

/** What is given when a machine is restored: all else is in the snapshot. */
export interface RestoreOptions extends HostOptions, Pick<MachineOptions, 'observer'> {
  /** The host's functions that guests import. */
  readonly imports?: Imports;
}

export class Machine implements ObservedMachine {
  readonly profile: MachineProfile;
  readonly coreCount: number;
  readonly windowCycles: number;
  readonly mode: 'fast' | 'checked';
  readonly lineBytes: number;
  /** Checks of the machine's invariants, with the option `audit`. */
  readonly audit: MachineAudit | undefined;
  readonly #memory: MachineMemory;
  readonly #cores: Cores;
  readonly #functions: FunctionTable;
  readonly #native: NativeExports & NativeCaches;
  readonly #memorySystem: MemorySystem;
  readonly #spaces: AddressSpaces;
  readonly #context: InstanceContext;
  readonly #execution: Execution;
  readonly #parking: Parking;
  readonly #digest = new Digest();
  readonly #tasks: Tasks;
  readonly #runLoop: RunLoop;
  readonly #images: Images;
  readonly #instruments: Record<'machine' | 'env', Record<string, FunctionRef>>;
  readonly #observer: Observer | undefined;
  readonly #tell: Tell | undefined;
  readonly #options: PlainOptions;

  constructor(options: MachineOptions = {}) {
    this.profile = options.profile ?? uniform(inRange('cores', options.cores ?? 1, 1, MOST_CORES));
    const { nodes, groupsPerNode, coresPerGroup } = this.profile.topology;
    const most = nodes * groupsPerNode * coresPerGroup;
    this.coreCount = inRange('cores', options.cores ?? most, 1, most);
    this.windowCycles = inRange(
      'windowCycles',
      options.windowCycles ?? defaultWindowCycles(this.profile),
      1,
      MAX_WINDOW_CYCLES,
    );
    this.mode = options.mode ?? 'fast';
    this.lineBytes = this.profile.lineBytes;
    const stackBytes = options.frameStackBytes ?? DEFAULT_STACK_BYTES;
    const ramBytes = options.ramBytes ?? DEFAULT_RAM_BYTES;
    const { observer, ...unobserved } = options;
    this.#options = {
      ...plainOptions(unobserved),
      profile: this.profile,
      cores: this.coreCount,
      windowCycles: this.windowCycles,
      mode: this.mode,
      ramBytes,
      frameStackBytes: stackBytes,
    };
    const memory = new MachineMemory(this.coreCount);
    this.#memory = memory;
    this.#cores = new Cores(memory, this.coreCount);
    this.#memorySystem = new MemorySystem(memory, this.profile, this.coreCount, ramBytes, () => this.#native);
    memory.store32(REG_CHAOS, options.leaveSeed ?? 0);
    memory.store32(REG_UNUSUAL_ACCESS, options.leaveSeed ? ACCESS_ANY : ACCESS_ATOMIC);
    storeCosts(memory, this.profile.core);
    storeSpeeds(memory, this.profile, this.coreCount);
    const virtual = new VirtualMemory(memory, this.#memorySystem.ram);
    this.#functions = new FunctionTable(memory, () => this.#native, virtual);
    this.#parking = new Parking(memory, () => this.#native, this.#functions, this.coreCount, options.parking ?? true);
    virtual.writing = () => this.#parking.releaseAll();
    this.#observer = observer;
    this.#native = this.#instantiateNative();
    this.#functions.install();
    this.audit = options.audit ? new MachineAudit(memory, this.#memorySystem, this.coreCount) : undefined;
    this.#spaces = new AddressSpaces(memory, this.#memorySystem.ram, {
      grown: (space) => this.#cores.refreshSpace(space),
      writing: () => this.#parking.releaseAll(),
    });
    const told = instruments(this.#digest, options, observer, (code) => {
      this.#execution.exitCode ??= code;
    });
    this.#execution = new Execution({
      memory,
      native: this.#native,
      functions: this.#functions,
      cores: this.#cores,
      ram: this.#memorySystem.ram,
      monitors: this.#memorySystem.monitors,
      parking: this.#parking,
      coherence: this.#memorySystem.coherence,
      profile: this.profile,
      windowCycles: this.windowCycles,
      stackBytes,
      images: () => this.#images,
      instanceContext: () => this.#context,
      imports: (privilege) => this.#imports(privilege),
      log: (text) => told.log(...this.#here, text),
      write: (stream, bytes) => told.write(...this.#here, stream, bytes),
      calls: (context, frames) => told.calls(...this.#here, context, frames),
      started: (core, target, context) => this.#tasks.started(core, target, context),
    });
    const translation = machineTranslation(this.profile, this.mode, observer?.tally !== undefined);
    this.#images = new Images(translation, memory, options);
    const parts = { memory, cores: this.#cores, functions: this.#functions, digest: this.#digest, stackBytes };
    this.#tasks = new Tasks({ ...parts, listener: observer });
    this.#runLoop = new RunLoop({
      ...parts,
      tasks: this.#tasks,
      execution: this.#execution,
      parking: this.#parking,
      windowEnd: (time) => this.audit?.windowEnd(time),
    });
    this.#context = {
      memory,
      spaces: this.#spaces,
      functions: this.#functions,
      block: new CurrentBlock(memory),
      native: () => this.#native,
      tally: (object, event) => told.tally(this.#functions.currentCore, object, event, this.#functions.currentSpace),
      waiters: this.#execution.waiters,
      core: () => this.#functions.currentCore,
      ticks: () => runningTime(memory),
    };
    this.#instruments = intrinsics(this.#functions, told);
    if (observer) {
      const { coherence } = this;
      const { sleepers, interrupts } = this.#execution;
      this.#tell = connectObserver(observer, this, { memory, coherence, sleepers, interrupts, parking: this.#parking });
    }
    this.#functions.seal();
  }

  /** The import modules `machine` and `env`, which every instance can import. */
  get intrinsics(): Imports {
    return this.#imports('user');
  }

  #imports(privilege: Privilege): Imports {
    const { machine, env } = this.#instruments;
    const kernel = Object.getOwnPropertyDescriptors(this.#execution.intrinsics[privilege]);
    return { machine: Object.defineProperties({ ...machine }, kernel), env };
  }

  /** The core that runs, and its cycle. */
  get #here(): [core: number, cycle: number] {
    return [this.#functions.currentCore, this.#functions.currentCycle];
  }

  #instantiateNative(): NativeExports & NativeCaches {
    const observed = observedBits(this.#observer);
    const module = new WebAssembly.Module(nativeModuleBytes({ ...this.#memorySystem.constants, observed }));
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.#memory.memory, table: this.#functions.table },
      host: {
        resumeBuiltin: (frame: number) => this.#functions.resume(frame),
        tell: (...told: Parameters<Tell>) => this.#tell?.(...told),
        ...this.#parking.imports,
        ...this.#memorySystem.imports,
      },
    });
    return this.#memorySystem.connect(instance.exports as unknown as NativeExports & NativeCaches);
  }

  // --- modules --------------------------------------------------------------------------------------------------------

  /** Decodes, validates, translates and compiles a module, once for the same array and privilege. Throws a WasmError. */
  load(bytes: Uint8Array, { privilege = 'user' }: { privilege?: Privilege } = {}): Image {
    return this.#images.load(bytes, privilege);
  }

  /**
   * Puts a kernel into RAM, with the user images that it will find, and lets core 0 call its `boot`. Once a machine. Throws a LinkError where an
   * image is not what it must be, a RangeError when the RAM is too small.
   */
  boot(options: BootOptions): void {
    this.#execution.kernels.boot(options, this.#execution.windows.time);
  }

  /**
   * Makes an instance: links it, applies its segments and runs its start function on core 0. The intrinsics need not be given.
   * Throws a LinkError when imports are missing or do not fit, a GuestTrap when a segment does not or the start function traps, an Error when it
   * cannot run because core 0 is not idle.
   */
  instantiate(image: Image, imports: Imports = {}): Instance {
    const { start } = image.module;
    if (start !== undefined) this.#tasks.checkIdle(0, "the module's start function");
    const instance = this.#link(image, { ...this.intrinsics, ...imports });
    try {
      instance.initialize();
    } catch (error) {
      if (!(error instanceof TrapRequest)) throw error;
      throw new GuestTrap(error.code, 0, this.time, []);
    }
    if (start !== undefined) this.invoke(instance, instance.functions[start], []);
    return instance;
  }

  #link(image: Image, imports: Imports): Instance {
    try {
      return new Instance(image, link(image, imports, this.#context), this.#context);
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
    return new TableRef(this.#memory, type).fill();
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

  /** Lets an idle core call a function, from now on. Throws a LinkError when there is no such export, an Error when the core is not idle. */
  start(core: number, instance: Instance, name: string | FunctionRef, args: readonly bigint[] = []): void {
    inRange('core', core, 0, this.coreCount - 1);
    const target = this.#target(instance, name);
    if (args.length !== target.type.params.length) {
      throw new LinkError(`${target.name} takes ${target.type.params.length} arguments, ${args.length} are given`);
    }
    this.#parking.releaseAll();
    const context = this.#tasks.context(core, target, args);
    // A function without a memory of its own runs in its instance's.
    const space = (target.instance ?? instance).space?.record ?? 0;
    this.#cores.run(core, context.record, space, BigInt(this.#execution.windows.time), this.#native.switchSpace);
    this.#tasks.started(core, target, context);
  }

  /** Runs until all cores are done or stuck, one traps, the guest exits, or `maxCycles` more cycles have passed, which is looked at where windows end. */
  run({ maxCycles }: { maxCycles?: number } = {}): RunOutcome {
    const outcome = this.#runLoop.run(maxCycles);
    this.audit?.everything(this.#execution.windows.time);
    return outcome;
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
    const task = this.#tasks.of(core) as Task;
    const outcome = this.run();
    if (outcome.trap) throw outcome.trap;
    if (outcome.reason !== 'finished') {
      this.#execution.sleepers.forget(core);
      this.#cores.abandon(core);
      throw new Error(`${task.target.name} did not return: ${outcome.reason}`);
    }
    return this.#tasks.results(task);
  }

  // --- snapshots ------------------------------------------------------------------------------------------------------

  /** Everything that the machine is, between two runs, as plain data. Throws a SnapshotError during one. */
  snapshot(): MachineSnapshot {
    if (this.#execution.windows.running) {
      throw new SnapshotError(
        'a snapshot is taken between two runs, not from inside one: stop at a cycle with maxCycles',
      );
    }
    return takeSnapshot(this.#parts());
  }

  /**
   * A machine that goes on from a snapshot as the one goes on that it is of. `imports` are the functions of the host's that guests import, by module
   * and name. Throws a SnapshotError where the snapshot is of another version, a LinkError where such a function is missing.
   */
  static restore(snapshot: MachineSnapshot, { imports = {}, ...host }: RestoreOptions = {}): Machine {
    checkFormat(snapshot);
    const machine = new Machine({ ...snapshot.options, ...host });
    restoreSnapshot(snapshot, machine.#parts(), imports);
    return machine;
  }

  #parts(): SnapshotParts {
    return {
      options: this.#options,
      context: this.#context,
      memorySystem: this.#memorySystem,
      images: this.#images,
      execution: this.#execution,
      tasks: this.#tasks,
      digest: this.#digest,
    };
  }

  // --- what can be seen -----------------------------------------------------------------------------------------------

  /** The time at which the last window ended, in cycles. */
  get time(): number {
    return this.#execution.windows.time / TICKS_PER_CYCLE;
  }

  /** How often a core was entered. */
  get switches(): number {
    return Number(this.#memory.i64[REG_SWITCHES >>> 3]);
  }

  /** The images that were loaded, and the instances of all modules, in the order in which they were made. */
  get images(): readonly Image[] {
    return this.#images.list;
  }

  get instances(): readonly Instance[] {
    return this.#functions.instances;
  }

  /** How often a core was parked: see MachineOptions.parking. It depends on nothing but the run, but is no result of it. */
  get parkings(): number {
    return this.#parking.parkings;
  }

  get runnableCores(): number {
    return this.#cores.runnable;
  }

  core(core: number): CoreStatus {
    inRange('core', core, 0, this.coreCount - 1);
    this.#parking.release(core);
    return this.#tasks.status(core);
  }

  /** The guest's calls in progress on a core, innermost first; none when it is idle. */
  backtrace(core: number): TrapFrame[] {
    inRange('core', core, 0, this.coreCount - 1);
    if (!this.#parking.hasTurn(core)) this.#parking.release(core);
    if (!this.#tasks.of(core) || this.#cores.isDone(core)) return [];
    return backtrace(this.#memory, this.#functions, this.#cores.top(core));
  }

  /** Where guests find input, from the host. */
  get console(): Pick<Console, 'input' | 'end' | 'wanted'> {
    return this.#execution.console;
  }

  /** Coherence behind the private caches, with its counters. */
  get coherence(): CoherenceController {
    return this.#memorySystem.coherence;
  }

  /** The instruction behind Transaction.site; undefined for 0. */
  site(site: number): CodeSite | undefined {
    return findSite(this.#images.list, site);
  }

  /** Hash over all architectural events so far and over what each core has counted: 16 hexadecimal digits. */
  digest(): string {
    const digest = this.#digest.clone();
    this.#tasks.addTo(digest);
    return digest.toString();
  }
}
