// The machine behind the test suite's interface: one machine per script, one core, everything on core 0.
import {
  EXTERNREF,
  F32,
  F64,
  FUNCREF,
  type FunctionType,
  GuestTrap,
  I32,
  I64,
  type Imports,
  type Instance,
  LinkError,
  Machine,
  type ValueType,
  WasmError,
} from '../../machine/index.ts';
import type { TypedBits, TypeName } from './script.ts';
import type { Refusal, SuiteEngine } from './suite-engine.ts';

const TYPES: Record<TypeName, ValueType> = {
  i32: I32,
  i64: I64,
  f32: F32,
  f64: F64,
  funcref: FUNCREF,
  externref: EXTERNREF,
};

export class MachineEngine implements SuiteEngine<Instance> {
  private readonly machine: Machine;
  private readonly spectest: Imports[string];

  constructor(mode: 'fast' | 'checked') {
    this.machine = new Machine({ cores: 1, mode });
    this.spectest = spectest(this.machine);
  }

  check(bytes: Uint8Array): void {
    this.machine.load(bytes);
  }

  instantiate(bytes: Uint8Array, registered: ReadonlyMap<string, Instance>): Instance {
    const imports: Record<string, Imports[string]> = Object.create(null);
    imports.spectest = this.spectest;
    for (const [name, instance] of registered) imports[name] = instance.exports;
    return this.machine.instantiate(this.machine.load(bytes), imports);
  }

  invoke(instance: Instance, name: string, args: TypedBits[], results: TypeName[]): bigint[] {
    const bits = this.machine.invoke(
      instance,
      name,
      args.map((arg) => arg.bits),
    );
    // A float in an integer's place would pass a comparison of bits, so the suite's types are held against the export's.
    const type = exportedType(instance, name);
    const expected = [...args.map((arg) => arg.type), ...results].map((typeName) => TYPES[typeName]);
    if (type !== undefined && String([...type.params, ...type.results]) !== String(expected)) {
      throw new Error(`"${name}" has another type than the script says`);
    }
    return bits;
  }

  global(instance: Instance, name: string): bigint {
    const value = instance.exports[name] as { get?: () => bigint } | undefined;
    if (value?.get === undefined) throw new Error(`no global "${name}" is exported`);
    return value.get();
  }

  explain(error: unknown): Refusal {
    if (error instanceof WasmError) return { kind: error.kind, messages: [error.message] };
    if (error instanceof LinkError) return { kind: 'link', messages: [error.message] };
    if (error instanceof GuestTrap) return { kind: 'trap', messages: [error.cause] };
    return { kind: 'internal', messages: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
}

function exportedType(instance: Instance, name: string): FunctionType | undefined {
  const { module } = instance.image;
  const found = module.exports.find((entry) => entry.kind === 'function' && entry.name === name);
  return found === undefined ? undefined : module.types[module.functions[found.index] ?? -1];
}

/** The module that the suite's scripts import from: functions that print, and one of each other kind. */
function spectest(machine: Machine): Imports[string] {
  const print = (...params: ValueType[]) => ({ type: { params, results: [] }, call: () => [] });
  const global = (type: ValueType, bits: bigint) => machine.createGlobal({ type, mutable: false }, bits);
  return {
    print: print(),
    print_i32: print(I32),
    print_i64: print(I64),
    print_f32: print(F32),
    print_f64: print(F64),
    print_i32_f32: print(I32, F32),
    print_f64_f64: print(F64, F64),
    global_i32: global(I32, 666n),
    global_i64: global(I64, 666n),
    // 666.6 in each width.
    global_f32: global(F32, 0x4426_a666n),
    global_f64: global(F64, 0x4084_d4cc_cccc_cccdn),
    table: machine.createTable({ element: FUNCREF, limits: { min: 10, max: 20, shared: false } }),
    memory: machine.createMemory({ min: 1, max: 2, shared: false }),
    shared_memory: machine.createMemory({ min: 1, max: 2, shared: true }),
  };
}
