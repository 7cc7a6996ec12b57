// Plain V8 behind the runner's interface: the oracle that shows the runner itself to be right. Bits pass through memory,
// by a small generated module for each signature, because a JavaScript number loses the payload of a NaN.
import type { TypedBits, TypeName } from '../../host/wast/script.ts';
import type { Refusal, SuiteEngine } from '../../host/wast/suite-engine.ts';

const TYPE_BYTE: Record<TypeName, number> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  funcref: 0x70,
  externref: 0x6f,
};
const LOAD: Record<string, number> = { i32: 0x28, i64: 0x29, f32: 0x2a, f64: 0x2b };
const STORE: Record<string, number> = { i32: 0x36, i64: 0x37, f32: 0x38, f64: 0x39 };

/** V8's words for a trap, and the specification's that they may stand for. */
const TRAPS: [RegExp, string[]][] = [
  [/^unreachable/, ['unreachable']],
  [/memory access out of bounds|data segment/, ['out of bounds memory access']],
  [/divide by zero|remainder by zero/, ['integer divide by zero']],
  [/divide result unrepresentable/, ['integer overflow']],
  [/float unrepresentable/, ['integer overflow', 'invalid conversion to integer']],
  [/table index is out of bounds/, ['undefined element', 'out of bounds table access']],
  [/null function or function signature/, ['uninitialized element', 'indirect call type mismatch']],
  [/table (initializer|access|element)|element segment/, ['out of bounds table access']],
  [/unaligned/, ['unaligned atomic']],
];

export class V8Engine implements SuiteEngine<WebAssembly.Instance> {
  private readonly spectest = spectest();
  private readonly callers = new Map<string, WebAssembly.Module>();

  check(bytes: Uint8Array): void {
    new WebAssembly.Module(bytes as BufferSource);
  }

  instantiate(bytes: Uint8Array, registered: ReadonlyMap<string, WebAssembly.Instance>): WebAssembly.Instance {
    const imports: WebAssembly.Imports = Object.create(null);
    imports.spectest = this.spectest;
    for (const [name, instance] of registered) imports[name] = instance.exports;
    return new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), imports);
  }

  invoke(instance: WebAssembly.Instance, name: string, args: TypedBits[], results: TypeName[]): bigint[] {
    const callee = instance.exports[name];
    if (typeof callee !== 'function') throw new Error(`no function "${name}" is exported`);
    if ([...args.map((arg) => arg.type), ...results].some(isReference))
      return callWithReferences(callee, args, results);
    const key = `${args.map((arg) => arg.type)}>${results}`;
    let caller = this.callers.get(key);
    if (caller === undefined) {
      caller = callerModule(
        args.map((arg) => arg.type),
        results,
      );
      this.callers.set(key, caller);
    }
    const memory = new WebAssembly.Memory({ initial: 1 });
    const words = new BigUint64Array(memory.buffer);
    args.forEach((arg, i) => {
      words[i] = arg.bits;
    });
    const { call } = new WebAssembly.Instance(caller, { host: { callee, memory } }).exports;
    words.fill(0n, args.length, args.length + results.length);
    (call as () => void)();
    return results.map((_, i) => words[args.length + i] as bigint);
  }

  global(instance: WebAssembly.Instance, name: string): bigint {
    const value = (instance.exports[name] as WebAssembly.Global).value as number | bigint;
    return typeof value === 'bigint' ? BigInt.asUintN(64, value) : BigInt.asUintN(32, BigInt(value));
  }

  explain(error: unknown): Refusal {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof WebAssembly.CompileError) return { kind: 'refused', messages: [message] };
    if (error instanceof RangeError && /call stack/.test(message)) {
      return { kind: 'trap', messages: ['call stack exhausted'] };
    }
    if (error instanceof WebAssembly.LinkError || (error instanceof TypeError && /import/i.test(message))) {
      return { kind: 'link', messages: ['unknown import', 'incompatible import type'] };
    }
    if (error instanceof WebAssembly.RuntimeError) {
      const known = TRAPS.find(([pattern]) => pattern.test(message));
      return { kind: 'trap', messages: known?.[1] ?? [message] };
    }
    return { kind: 'internal', messages: [message] };
  }
}

function isReference(type: TypeName): boolean {
  return type === 'funcref' || type === 'externref';
}

function callWithReferences(callee: CallableFunction, args: TypedBits[], results: TypeName[]): bigint[] {
  const values = args.map(({ type, bits }) => {
    if (type === 'i32') return Number(BigInt.asIntN(32, bits));
    return isReference(type) ? (bits === 0n ? null : Number(bits - 1n)) : bits;
  });
  const result = callee(...values) as unknown;
  const list = results.length === 0 ? [] : results.length === 1 ? [result] : [...(result as Iterable<unknown>)];
  return list.map((value, i) => {
    if (results[i] === 'externref') return value === null ? 0n : BigInt(value as number) + 1n;
    if (results[i] === 'funcref') return value === null ? 0n : 1n;
    return BigInt.asUintN(results[i] === 'i32' ? 32 : 64, BigInt(value as number));
  });
}

/** A module that takes the arguments of a call out of memory, eight bytes each, and puts the results behind them. */
function callerModule(params: TypeName[], results: TypeName[]): WebAssembly.Module {
  const vector = (items: number[]) => [items.length, ...items];
  const section = (id: number, body: number[]) => [id, ...leb(body.length), ...body];
  const text = (string: string) => vector([...Buffer.from(string)]);
  const type = [0x60, ...vector(params.map((p) => TYPE_BYTE[p])), ...vector(results.map((r) => TYPE_BYTE[r]))];
  const loads = params.flatMap((p, i) => [0x41, 0, LOAD[p] as number, 0, ...leb(i * 8)]);
  const stores = results.flatMap((r, i) => [0x41, 0, 0x20, i, STORE[r] as number, 0, ...leb((params.length + i) * 8)]);
  const sets = results
    .map((_, i) => [0x21, i])
    .reverse()
    .flat();
  const locals = [results.length, ...results.flatMap((r) => [1, TYPE_BYTE[r]])];
  const body = [...locals, ...loads, 0x10, 0, ...sets, ...stores, 0x0b];
  const bytes = [
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, ...type, 0x60, 0, 0]),
    ...section(2, [2, ...text('host'), ...text('callee'), 0, 0, ...text('host'), ...text('memory'), 2, 0, 1]),
    ...section(3, [1, 1]),
    ...section(7, [1, ...text('call'), 0, 1]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ];
  return new WebAssembly.Module(new Uint8Array(bytes));
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}

function spectest(): WebAssembly.ModuleImports {
  const ignore = () => {};
  return {
    print: ignore,
    print_i32: ignore,
    print_i64: ignore,
    print_f32: ignore,
    print_f64: ignore,
    print_i32_f32: ignore,
    print_f64_f64: ignore,
    global_i32: new WebAssembly.Global({ value: 'i32' }, 666),
    global_i64: new WebAssembly.Global({ value: 'i64' }, 666n),
    global_f32: new WebAssembly.Global({ value: 'f32' }, 666.6),
    global_f64: new WebAssembly.Global({ value: 'f64' }, 666.6),
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: 'anyfunc' }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
    shared_memory: new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }),
  };
}
