// The machine behind the test suite's interface: one machine per script. Every module is instantiated once for each core, with imports of its own,
// and what is called is called on all cores at once. All of them must come to the same.
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

/** RAM of a machine of one core; others have more, as they have more instances. */
const RAM_BYTES = 2 ** 28;
const MOST_RAM_BYTES = 2 ** 31;

/** Instances of one module, by core. */
type Instances = readonly Instance[];

/** What a core came to. */
type CoreOutcome = { readonly value: readonly bigint[] } | { readonly error: unknown };

export class MachineEngine implements SuiteEngine<Instances> {
  private readonly machine: Machine;
  /** By core. */
  private readonly spectests: readonly Imports[string][];

  constructor(mode: 'fast' | 'checked', cores = 1) {
    this.machine = new Machine({ cores, mode, ramBytes: Math.min(RAM_BYTES * cores, MOST_RAM_BYTES) });
    this.spectests = Array.from({ length: cores }, () => spectest(this.machine));
  }

  check(bytes: Uint8Array): void {
    this.machine.load(bytes);
  }

  instantiate(bytes: Uint8Array, registered: ReadonlyMap<string, Instances>): Instances {
    const instances: Instance[] = [];
    const image = this.machine.load(bytes);
    const outcomes = this.spectests.map((own, core): CoreOutcome => {
      const imports: Record<string, Imports[string]> = Object.create(null);
      imports.spectest = own;
      for (const [name, perCore] of registered) imports[name] = (perCore[core] as Instance).exports;
      try {
        instances.push(this.machine.instantiate(image, imports));
        return { value: [] };
      } catch (error) {
        return { error };
      }
    });
    this.agreed(outcomes, []);
    return instances;
  }

  invoke(instances: Instances, name: string, args: TypedBits[], results: TypeName[]): bigint[] {
    const { machine } = this;
    const bits = args.map((arg) => arg.bits);
    for (const [core, instance] of instances.entries()) machine.start(core, instance, name, bits);
    let outcome = machine.run();
    while (outcome.reason === 'trapped' && machine.runnableCores > 0) outcome = machine.run();
    if (outcome.reason !== 'finished' && outcome.reason !== 'trapped') {
      throw new Error(`${name} did not return: ${outcome.reason}`);
    }
    const outcomes = instances.map((_, core): CoreOutcome => {
      const { results: value, trap, state } = machine.core(core);
      return value ? { value } : { error: trap ?? new Error(`${name} is left ${state}`) };
    });
    // A float in an integer's place would pass a comparison of bits, so the suite's types are held against the export's.
    const [first] = instances as [Instance];
    const type = exportedType(first, name);
    const answer = this.agreed(outcomes, type?.results ?? []);
    const expected = [...args.map((arg) => arg.type), ...results].map((typeName) => TYPES[typeName]);
    if (type !== undefined && String([...type.params, ...type.results]) !== String(expected)) {
      throw new Error(`"${name}" has another type than the script says`);
    }
    return answer;
  }

  global(instances: Instances, name: string): bigint {
    const outcomes = instances.map((instance): CoreOutcome => {
      const value = instance.exports[name];
      if (value?.kind !== 'global') throw new Error(`no global "${name}" is exported`);
      return { value: [value.get()] };
    });
    const found = instances[0]?.exports[name];
    const [bits] = this.agreed(outcomes, found?.kind === 'global' ? [found.type.type] : []);
    return bits as bigint;
  }

  /** What all cores came to, as values of these types; throws what all have thrown, or an Error where one differs. */
  private agreed(outcomes: readonly CoreOutcome[], types: readonly ValueType[]): bigint[] {
    // Each core has functions of its own, which differ as references do.
    const text = (outcome: CoreOutcome) =>
      'error' in outcome
        ? JSON.stringify(this.explain(outcome.error))
        : outcome.value.map((bits, i) => (types[i] === FUNCREF ? bits !== 0n : bits)).join(', ');
    const [first] = outcomes as [CoreOutcome];
    const other = outcomes.findIndex((outcome) => text(outcome) !== text(first));
    if (other >= 0) {
      throw new Error(`core ${other} comes to ${text(outcomes[other] as CoreOutcome)}, core 0 to ${text(first)}`);
    }
    if ('error' in first) throw first.error;
    return [...first.value];
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
