// What a module does in V8, uninstrumented: the oracle of the differential tests.
import { F32, F64, isReferenceType, typeName, type ValueType } from '../../machine/wasm/types.ts';
import { V8Engine } from '../spec/v8-engine.ts';
import { argumentsOf, fromHost, HostTrace, makeImports, type Subject, toHost } from './subject.ts';

/** How a call ended: with results as bits, or with a trap that V8 words in one of several ways. */
export interface Ending {
  readonly results?: readonly bigint[];
  readonly traps?: readonly string[];
  /** Where it trapped: function index and byte offset in the module. */
  readonly at?: string;
}

export interface V8Run {
  readonly endings: readonly Ending[];
  readonly memory: Uint8Array | undefined;
  readonly globals: readonly bigint[];
  readonly hostTrace: number;
  /** How the instantiation trapped: the rest is empty then. */
  readonly start?: Ending;
  /** V8's own stack was too small: nothing to compare with. */
  readonly exhausted: boolean;
}

const engine = new V8Engine();
const NAN32 = 0x7fc0_0000n;
const NAN64 = 0x7ff8_0000_0000_0000n;

/** Bits in which all NaNs are the same, and all references that are not null. */
export function canonical(type: number, bits: bigint): bigint {
  if (isReferenceType(type)) return bits === 0n ? 0n : 1n;
  if (type === F32 && (bits & 0x7fff_ffffn) > 0x7f80_0000n) return NAN32;
  if (type === F64 && (bits & 0x7fff_ffff_ffff_ffffn) > 0x7ff0_0000_0000_0000n) return NAN64;
  return bits;
}

function trapPlace(error: unknown): string | undefined {
  const found = /wasm-function\[(\d+)\]:0x([0-9a-f]+)/.exec((error as Error).stack ?? '');
  return found ? `${found[1]}:${Number.parseInt(found[2] as string, 16)}` : undefined;
}

function instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance | Ending {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (error) {
    const refusal = engine.explain(error);
    if (refusal.kind !== 'trap') throw error;
    return { traps: refusal.messages, at: trapPlace(error) };
  }
}

export function runInV8(subject: Subject, compiled: WebAssembly.Module, set: number): V8Run {
  const trace = new HostTrace();
  const imports = makeImports<WebAssembly.ImportValue>(subject, {
    function:
      (name, type) =>
      (...args: unknown[]) => {
        const bits = type.params.map((param, i) => canonical(param, fromHost(param, args[i])));
        const results = trace.call(name, type, bits).map((result, i) => toHost(type.results[i] as ValueType, result));
        return results.length === 1 ? results[0] : results.length === 0 ? undefined : results;
      },
    global: ({ type, mutable }) => {
      const value = typeName(type).replace('funcref', 'anyfunc') as WebAssembly.ValueType;
      return new WebAssembly.Global({ value, mutable }, toHost(type, 0n));
    },
  });
  const instance = instantiate(compiled, imports);
  if (!(instance instanceof WebAssembly.Instance)) {
    return { endings: [], memory: undefined, globals: [], hostTrace: trace.hash, start: instance, exhausted: false };
  }
  let exhausted = false;
  const endings = subject.functions.map(({ name, type }, call): Ending => {
    if (subject.fuel) (instance.exports[subject.fuel.name] as WebAssembly.Global).value = Number(subject.fuel.value);
    const args = argumentsOf(subject, call, set).map((bits, i) => ({ type: typeName(type.params[i] as number), bits }));
    try {
      const types = type.results.map(typeName);
      const results = engine.invoke(instance, name, args as never, types as never);
      return { results: results.map((bits, i) => canonical(type.results[i] as number, bits)) };
    } catch (error) {
      const refusal = engine.explain(error);
      if (refusal.kind === 'internal') throw error;
      if (refusal.messages.includes('call stack exhausted')) exhausted = true;
      return { traps: refusal.messages, at: trapPlace(error) };
    }
  });
  const memory = subject.memory && (instance.exports[subject.memory] as WebAssembly.Memory);
  return {
    endings,
    memory: memory ? new Uint8Array(memory.buffer) : undefined,
    globals: subject.globals.map(({ name, type }) =>
      canonical(type, fromHost(type, (instance.exports[name] as WebAssembly.Global).value)),
    ),
    hostTrace: trace.hash,
    exhausted,
  };
}
