// The machine's function table: everything that can be called or resumed, by its index, which is what guests know of a function.

import type { AddressSpace } from '../memory/address-space.ts';
import {
  BUILTIN_FRAME_BYTES,
  CAUSE_HOST,
  CAUSE_PROTECTION,
  CODE_BUILTIN,
  CODE_BULK,
  CODE_DONE,
  CODE_FIRST,
  CODE_TRAP_RETURN,
  CORE_ID,
  CORE_SPACE,
  CORE_TIME,
  FRAME_CODE,
  FRAME_OF_BUILTIN,
  FRAME_POINT,
  FRAME_VALUES,
  LEAVE_AGAIN,
  LEAVE_STOP,
  REG_CAUSE,
  REG_CORE,
  REG_CUT,
  REG_FRAMES,
  REG_TOP,
  TICKS_PER_CYCLE,
  TRAP_FRAME_BYTES,
} from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { FRAME_EXAMINED, FRAME_SETTLED } from '../state/parking-layout.ts';
import { runningTime } from '../time/clock.ts';
import { nativeModule } from '../translate/native-thunk.ts';
import { signatureKey } from '../translate/references.ts';
import { builtinModule, inlineModule } from '../translate/thunk.ts';
import type { FunctionType } from '../wasm/types.ts';
import { type FunctionRef, type GuestMemory, type HostFunction, type Imports, maskBits } from './external.ts';
import { Gates, type SavedGate } from './gates.ts';
import { HostFunctions, type SavedHostFunction } from './host-functions.ts';
import type { Instance } from './instance.ts';
import type { NativeBody, NativeExports } from './native-exports.ts';
import { TrapRequest } from './trap.ts';

/** What a built-in function does with the frame that holds its parameters. It answers there, or has left (see FunctionTable.leave): true. */
export type Builtin = (frame: number) => boolean | undefined;

/** Thrown by a built-in function to leave its frame as it is: `cause` says why, `at` is the frame to go on with. */
export class LeaveRequest extends Error {
  override readonly cause: number;

  constructor(cause: number) {
    super(`left: ${cause}`);
    this.cause = cause;
  }
}

/** What there is in the function table beside the functions of instances, as a snapshot keeps it. */
export interface SavedFunctions {
  /** First free place, and how many places the table of frames has room for. */
  readonly next: number;
  readonly frameCapacity: number;
  /** Signatures in the order of their numbers, from 1 on. */
  readonly signatures: readonly string[];
  readonly gates: readonly SavedGate[];
  readonly hosts: readonly SavedHostFunction[];
  readonly trapDetail?: string;
}

/** Built-in functions that belong to one place of the table, at most. */
const MOST_BUILTINS = 64;

export class FunctionTable {
  readonly table: WebAssembly.Table;
  readonly #memory: MachineMemory;
  readonly #native: () => NativeExports;
  readonly #virtual: GuestMemory;
  #next = CODE_FIRST;
  #sealed = CODE_FIRST;
  /** Entries that the table of frames has room for: see REG_FRAMES. */
  #frameCapacity = 0;
  readonly #functions = new Map<number, FunctionRef>();
  /** In the order of their places. */
  readonly instances: Instance[] = [];
  readonly #signatures = new Map<string, number>();
  readonly #modules = new Map<string, WebAssembly.Module>();
  readonly gates: Gates;
  readonly hosts = new HostFunctions(this);
  /** Place that `at` gives to the next function. */
  #givenPlace: number | undefined;
  readonly #direct = new Map<number, unknown>();
  /** By their records. */
  readonly spaces = new Map<number, AddressSpace>();
  /** By the name that a frame has of them, which is the same in a restored machine: 0 has nothing left to do. */
  readonly #resumptions = new Map<number, Builtin>([[0, () => false]]);
  /** How many names `resumption` has given. They are below those of functions that have places. */
  #named = 0;
  /** Names of the intrinsics that raise a protection fault, by their numbers. */
  readonly #denied = new Map<number, string>();
  /** An error of the embedder's that was thrown inside a host function: the run ends with it. */
  failure: unknown;
  /** What the last trap of a built-in function said. */
  #trapDetail: string | undefined;

  /** `virtual` is the memory of cores that run a kernel. */
  constructor(memory: MachineMemory, native: () => NativeExports, virtual: GuestMemory) {
    this.#memory = memory;
    this.#virtual = virtual;
    this.#native = native;
    this.gates = new Gates(this, memory, native);
    this.table = new WebAssembly.Table({ element: 'anyfunc', initial: CODE_FIRST });
    this.#growFrames();
  }

  /** Puts the native helper's own resumable functions into their places. */
  install(): void {
    this.table.set(CODE_BULK, this.#native().resumeBulk);
    this.table.set(CODE_BUILTIN, this.#native().resumeBuiltin);
    this.table.set(CODE_DONE, this.#native().resumeDone);
    this.table.set(CODE_TRAP_RETURN, this.#native().resumeTrapReturn);
    for (const code of [CODE_BULK, CODE_BUILTIN, CODE_DONE])
      this.setFrame(code, BUILTIN_FRAME_BYTES | FRAME_OF_BUILTIN);
    this.setFrame(CODE_TRAP_RETURN, TRAP_FRAME_BYTES | FRAME_OF_BUILTIN);
  }

  /** From now on functions are made as guests need them; what there is already is the same in every machine. */
  seal(): void {
    this.#sealed = this.#next;
  }

  /** Names of the functions that every machine has, in the order of their places. */
  get sealedNames(): string[] {
    return [...this.#functions.values()].filter(({ id }) => id < this.#sealed).map(({ id, name }) => `${id} ${name}`);
  }

  /** First of `count` new places. */
  reserve(count: number): number {
    const given = this.#givenPlace;
    this.#givenPlace = undefined;
    if (given !== undefined) return given;
    const first = this.#next;
    this.#next += count;
    this.#growTable();
    if (this.#next > this.#frameCapacity) this.#growFrames();
    return first;
  }

  #growTable(): void {
    const { length } = this.table;
    if (this.#next > length) this.table.grow(Math.max(this.#next - length, length));
  }

  #growFrames(): void {
    const memory = this.#memory;
    const old = memory.load32(REG_FRAMES);
    const capacity = Math.max(1024, 2 * this.#next);
    const frames = memory.allocate(4 * capacity);
    memory.u8.copyWithin(frames, old, old + 4 * this.#frameCapacity);
    if (this.#frameCapacity > 0) memory.release(old, 4 * this.#frameCapacity);
    memory.store32(REG_FRAMES, frames);
    this.#frameCapacity = capacity;
  }

  /** Says how large the frame is that a place's code goes on with; `info` is bytes and FRAME_OF_* bits. */
  setFrame(code: number, info: number): void {
    const at = this.#memory.load32(REG_FRAMES) + 4 * code;
    // What is known of the code already stays: in a restored machine that is in memory before the code is in its place.
    const known = this.#memory.load32(at) & (FRAME_EXAMINED | FRAME_SETTLED);
    this.#memory.store32(at, info | known);
  }

  /** Equal for equal signatures; never 0. */
  signature(type: FunctionType): number {
    return this.signatureOfKey(signatureKey(type));
  }

  signatureOfKey(key: string): number {
    let id = this.#signatures.get(key);
    if (id === undefined) {
      id = this.#signatures.size + 1;
      this.#signatures.set(key, id);
    }
    return id;
  }

  register(reference: FunctionRef): void {
    this.#functions.set(reference.id, reference);
  }

  registerInstance(instance: Instance): void {
    this.instances.push(instance);
  }

  registerSpace(space: AddressSpace): void {
    this.spaces.set(space.record, space);
  }

  /** What the instruments read text from: the memory of the core that runs now. */
  get currentSpace(): GuestMemory | undefined {
    const space = this.#memory.load32(this.#memory.load32(REG_CORE) + CORE_SPACE);
    return space === 0 ? this.#virtual : this.spaces.get(space);
  }

  /** Cycle of the core that runs now; exact at calls. */
  get currentCycle(): number {
    return runningTime(this.#memory) / TICKS_PER_CYCLE;
  }

  get currentCore(): number {
    return this.#memory.load32(this.#memory.load32(REG_CORE) + CORE_ID);
  }

  /** The function with an id; undefined for null. */
  byId(id: number): FunctionRef | undefined {
    return this.#functions.get(id) ?? this.instanceOf(id + 1)?.functionById(id);
  }

  /** The instance to which a place of the table belongs. Instances are in the order of their places. */
  instanceOf(code: number): Instance | undefined {
    let low = 0;
    let high = this.instances.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.instances[middle].code <= code) low = middle + 1;
      else high = middle;
    }
    const instance = this.instances[low - 1];
    return instance && code < instance.code + instance.codeCount ? instance : undefined;
  }

  /** The host function of a guest function's direct body. */
  directBody(reference: FunctionRef): unknown {
    return this.#direct.get(reference.id) ?? this.table.get(reference.id);
  }

  #module(key: string, bytes: () => Uint8Array<ArrayBuffer>): WebAssembly.Module {
    let module = this.#modules.get(key);
    if (!module) {
      module = new WebAssembly.Module(bytes());
      this.#modules.set(key, module);
    }
    return module;
  }

  /**
   * The direct body of a built-in function. Its parameters are in the frame, where its results go. It belongs to a place of the table, of whose built-in
   * functions it is the `ordinal`-th.
   */
  #builtinBody(type: FunctionType, builtin: Builtin, place: number, ordinal: number): unknown {
    const module = this.#module(`b${signatureKey(type)}`, () => builtinModule(type));
    const call = (frame: number) => this.#call(builtin, frame);
    const name = place * MOST_BUILTINS + ordinal;
    this.#resumptions.set(name, builtin);
    const number = new WebAssembly.Global({ value: 'i32' }, name);
    const instance = new WebAssembly.Instance(module, { m: { memory: this.#memory.memory, call, number } });
    return instance.exports.direct;
  }

  #leave(frame: number, error: unknown): void {
    const memory = this.#memory;
    // Who leaves to go on has written what with.
    if (!(error instanceof LeaveRequest) || error.cause === LEAVE_STOP) {
      memory.store32(frame + FRAME_CODE, CODE_BUILTIN);
      memory.store32(frame + FRAME_POINT, 0);
    }
    memory.store32(REG_TOP, frame);
    let cause: number;
    if (error instanceof LeaveRequest || error instanceof TrapRequest) {
      cause = error instanceof TrapRequest ? error.code : error.cause;
      this.#trapDetail = error instanceof TrapRequest ? error.message : undefined;
    } else {
      this.failure = error;
      cause = error instanceof RangeError ? CAUSE_HOST : LEAVE_STOP;
    }
    memory.store32(REG_CAUSE, cause);
  }

  /** The direct body of an instance's service, whose host signature is known: see serviceFor. `ordinal` is from 1 to MOST_BUILTINS - 1. */
  serviceBody(host: FunctionType, body: Builtin | NativeBody, instance: Instance, ordinal: number): unknown {
    const type = { params: host.params.slice(0, -2), results: host.results.slice(0, -1) };
    if (typeof body === 'string') return this.nativeBody(type, body, CODE_DONE);
    return this.#builtinBody(type, body, instance.code, ordinal);
  }

  /** Makes a function of the embedder a function of the machine. */
  host(fn: HostFunction, name: string): FunctionRef {
    return this.builtin(fn.type, name, (frame) => {
      const memory = this.#memory;
      const at = (i: number) => frame + FRAME_VALUES + 8 * i;
      const args = fn.type.params.map((type, i) => maskBits(type, memory.load64(at(i))));
      const results = fn.call(args, { core: this.currentCore, cycle: this.currentCycle, space: this.currentSpace });
      fn.type.results.forEach((_, i) => {
        memory.store64(at(i), results[i]);
      });
      return false;
    });
  }

  /** An intrinsic that is a function of the native helper; `number` is for it to find in FRAME_POINT. */
  native(type: FunctionType, name: string, body: NativeBody, number = 0): FunctionRef {
    const id = this.reserve(2);
    const call = this.#native()[body];
    if (body === 'denied') this.#denied.set(number, name);
    const direct = this.nativeBody(type, body, id + 1, number);
    const reference: FunctionRef = { kind: 'function', id, type, instance: undefined, index: -1, name };
    return this.put(reference, direct, call, BUILTIN_FRAME_BYTES);
  }

  /** The direct body of a function of the native helper, which is resumed by `code`. */
  nativeBody(type: FunctionType, body: NativeBody, code: number, number = 0): unknown {
    const module = this.#module(`n${signatureKey(type)}`, () => nativeModule(type));
    const immutable = (value: number) => new WebAssembly.Global({ value: 'i32' }, value);
    const instance = new WebAssembly.Instance(module, {
      m: {
        memory: this.#memory.memory,
        call: this.#native()[body] as never,
        code: immutable(code),
        number: immutable(number),
      },
    });
    return instance.exports.direct;
  }

  /** A built-in function leaves: nothing is left to do for it but to answer, which has been done or will be when it is resumed. */
  leave(frame: number, cause: number): true {
    const memory = this.#memory;
    memory.store32(frame + FRAME_CODE, CODE_DONE);
    memory.store32(REG_TOP, frame);
    memory.store32(REG_CAUSE, cause);
    return true;
  }

  /** Names a function that goes on with a frame when all frames below it are complete: for `leaveToResume`. Every machine makes the same ones. */
  resumption(builtin: Builtin): number {
    const name = ++this.#named;
    this.#resumptions.set(name, builtin);
    return name;
  }

  /** A built-in function leaves; the resumption with this name is called at once, with complete frames, and answers in its place. */
  leaveToResume(frame: number, resumption: number): true {
    const memory = this.#memory;
    memory.store32(frame + FRAME_CODE, CODE_BUILTIN);
    memory.store32(frame + FRAME_POINT, resumption);
    memory.store32(REG_TOP, frame);
    memory.store32(REG_CAUSE, LEAVE_AGAIN);
    return true;
  }

  /** What the native helper calls for a frame whose code is CODE_BUILTIN: 0 when it is done, 1 when it has left. */
  resume(frame: number): number {
    const name = this.#memory.load32(frame + FRAME_POINT);
    const builtin = this.#resumptions.get(name);
    if (builtin === undefined)
      throw new Error(`a frame goes on with the built-in function ${name}, which there is not`);
    return this.#call(builtin, frame);
  }

  /** What is to be said of a trap beyond its cause; `top` is the frame that trapped. */
  takeTrapDetail(cause: number, top: number): string | undefined {
    const detail = this.#trapDetail;
    this.#trapDetail = undefined;
    return cause === CAUSE_PROTECTION ? this.#denied.get(this.#memory.load32(top + FRAME_POINT)) : detail;
  }

  /** Throws what a function of the embedder's has thrown since the last time. */
  rethrow(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }

  #call(builtin: Builtin, frame: number): number {
    try {
      return builtin(frame) ? 1 : 0;
    } catch (error) {
      this.#leave(frame, error);
      return 1;
    } finally {
      if (this.#memory.load32(REG_CUT) !== 0) this.#native().cutRunningWindow();
    }
  }

  builtin(type: FunctionType, name: string, builtin: Builtin): FunctionRef {
    return this.#place(type, name, (id) => this.#builtinBody(type, builtin, id, 0));
  }

  /** An intrinsic of a few host instructions. */
  inline(type: FunctionType, name: string): FunctionRef {
    const module = this.#module(`i${name}`, () => inlineModule(name));
    const look = this.#native().pauseInSight as never;
    const instance = new WebAssembly.Instance(module, { m: { memory: this.#memory.memory, look } });
    return this.#place(type, name, () => instance.exports.direct);
  }

  #place(type: FunctionType, name: string, body: (id: number) => unknown): FunctionRef {
    const id = this.reserve(2);
    const reference: FunctionRef = { kind: 'function', id, type, instance: undefined, index: -1, name };
    return this.put(reference, body(id), this.#native().resumeBuiltin, BUILTIN_FRAME_BYTES);
  }

  /** Puts a function into its places: its direct body, what resumes it, and how large the frame is that this goes on with. */
  put(reference: FunctionRef, direct: unknown, resume: unknown, frameBytes: number): FunctionRef {
    const { id } = reference;
    this.table.set(id, direct);
    this.table.set(id + 1, resume);
    this.setFrame(id + 1, frameBytes | FRAME_OF_BUILTIN);
    this.#direct.set(id, direct);
    this.register(reference);
    return reference;
  }

  save(): SavedFunctions {
    return {
      next: this.#next,
      frameCapacity: this.#frameCapacity,
      signatures: [...this.#signatures.keys()],
      gates: this.gates.save(),
      hosts: this.hosts.save(),
      ...(this.#trapDetail === undefined ? {} : { trapDetail: this.#trapDetail }),
    };
  }

  /** Before anything is put into its place, and when machine memory is restored already. The embedder's functions are found in `imports`. */
  restore({ next, frameCapacity, signatures, gates, hosts, trapDetail }: SavedFunctions, imports: Imports): void {
    this.#next = next;
    this.#frameCapacity = frameCapacity;
    this.#growTable();
    for (const key of signatures) this.signatureOfKey(key);
    this.gates.plan(gates);
    this.hosts.restore(hosts, imports);
    this.#trapDetail = trapDetail;
  }

  /** Lets `make` put a function into the places from `id` on, which are its own in a snapshot, instead of new ones. */
  at<T>(id: number, make: () => T): T {
    this.#givenPlace = id;
    const made = make();
    if (this.#givenPlace !== undefined) throw new Error(`nothing was made for place ${id} of the function table`);
    return made;
  }
}

/** Time of a core, in ticks. */
export function coreTime(memory: MachineMemory, record: number): bigint {
  return memory.i64[(record + CORE_TIME) >>> 3];
}
