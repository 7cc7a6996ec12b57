// Gates: how a function is called from another address space than its own. One a function, made when it is first needed.
import type { MachineMemory } from '../state/machine-memory.ts';
import { signatureKey } from '../translate/references.ts';
import { gateFrameBytes, gateModule } from '../translate/thunk.ts';
import type { FunctionRef } from './external.ts';
import type { FunctionTable } from './function-table.ts';
import type { NativeExports } from './native-exports.ts';

/** Ids of a function and of its gate. */
export interface SavedGate {
  readonly target: number;
  readonly gate: number;
}

export class Gates {
  readonly #functions: FunctionTable;
  readonly #memory: MachineMemory;
  readonly #native: () => NativeExports;
  readonly #modules = new Map<string, WebAssembly.Module>();
  /** By the function's id. */
  readonly #gates = new Map<number, FunctionRef>();
  readonly #ids = new Set<number>();
  /** Places of gates that a snapshot has, by the function's id. */
  readonly #places = new Map<number, number>();

  constructor(functions: FunctionTable, memory: MachineMemory, native: () => NativeExports) {
    this.#functions = functions;
    this.#memory = memory;
    this.#native = native;
  }

  /** The function as seen from outside its address space: a gate, unless it has none of its own. */
  to(reference: FunctionRef): FunctionRef {
    const space = reference.instance?.space;
    if (!space || this.#ids.has(reference.id)) return reference;
    let gate = this.#gates.get(reference.id);
    if (!gate) {
      gate = this.#make(reference, space.record);
      this.#gates.set(reference.id, gate);
      this.#ids.add(gate.id);
    }
    return gate;
  }

  #make(reference: FunctionRef, space: number): FunctionRef {
    const functions = this.#functions;
    const { type } = reference;
    const id = this.#places.get(reference.id) ?? functions.reserve(2);
    const { direct, resume } = new WebAssembly.Instance(this.#module(reference), {
      m: {
        memory: this.#memory.memory,
        target: functions.directBody(reference) as never,
        switchSpace: this.#native().switchSpace,
        space: new WebAssembly.Global({ value: 'i32' }, space),
        code: new WebAssembly.Global({ value: 'i32' }, id + 1),
      },
    }).exports;
    return functions.put({ ...reference, id }, direct, resume, gateFrameBytes(type));
  }

  #module({ type }: FunctionRef): WebAssembly.Module {
    const key = signatureKey(type);
    const module = this.#modules.get(key) ?? new WebAssembly.Module(gateModule(type));
    this.#modules.set(key, module);
    return module;
  }

  save(): SavedGate[] {
    const gates = [...this.#gates].map(([target, gate]) => ({ target, gate: gate.id }));
    return gates.sort((a, b) => a.gate - b.gate);
  }

  /** From now on gates get the places that they had. */
  plan(saved: readonly SavedGate[]): void {
    for (const { target, gate } of saved) this.#places.set(target, gate);
  }

  /** Makes the gates that instances have not asked for while they were restored. */
  restore(): void {
    for (const target of this.#places.keys()) this.to(this.#functions.byId(target) as FunctionRef);
  }
}
