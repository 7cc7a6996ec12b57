// A module to run in V8 and in the machine, with what both give it: seeded arguments, and host functions that compute the same.
import { decodeModule } from '../../machine/wasm/decode.ts';
import {
  F32,
  F64,
  type FunctionType,
  type GlobalType,
  I32,
  I64,
  isReferenceType,
  type Module,
  type ValueType,
} from '../../machine/wasm/types.ts';
import { Random } from './random.ts';

export interface Subject {
  readonly bytes: Uint8Array;
  readonly module: Module;
  /** Exported functions without references, called one after the other on the same instance. */
  readonly functions: readonly { readonly name: string; readonly type: FunctionType }[];
  readonly globals: readonly { readonly name: string; readonly type: ValueType }[];
  readonly memory: string | undefined;
  /** An exported global that is set before each call: how much the program may still do. */
  readonly fuel: { readonly name: string; readonly value: bigint } | undefined;
  readonly seed: number;
}

/** What a module imports, made by `make`: functions and globals only. */
export function makeImports<T>(
  { module }: Subject,
  make: { function(name: string, type: FunctionType): T; global(type: GlobalType): T },
): Record<string, Record<string, T>> {
  const imports: Record<string, Record<string, T>> = {};
  for (const item of module.imports) {
    imports[item.module] ??= {};
    const group = imports[item.module] as Record<string, T>;
    if (item.kind === 'function') {
      group[item.name] = make.function(item.name, module.types[item.typeIndex] as FunctionType);
    } else if (item.kind === 'global') {
      group[item.name] = make.global(item.global);
    } else {
      throw new Error(`no ${item.kind} is given to random modules`);
    }
  }
  return imports;
}

export function subjectOf(bytes: Uint8Array, seed: number, fuel?: Subject['fuel']): Subject {
  const module = decodeModule(bytes);
  const of = (kind: string) => module.exports.filter((item) => item.kind === kind);
  return {
    bytes,
    module,
    functions: of('function')
      .map(({ name, index }) => ({ name, type: module.types[module.functions[index] as number] as FunctionType }))
      .filter(({ type }) => ![...type.params, ...type.results].some(isReferenceType)),
    globals: of('global').map(({ name, index }) => ({ name, type: module.globals[index]?.type.type as ValueType })),
    memory: of('memory')[0]?.name,
    fuel,
    seed,
  };
}

const SPECIAL: Record<number, readonly bigint[]> = {
  [I32]: [0n, 1n, 0xffff_ffffn, 0x8000_0000n, 0x7fff_ffffn],
  [I64]: [0n, 1n, 0xffff_ffff_ffff_ffffn, 1n << 63n, (1n << 63n) - 1n, 1n << 32n],
  [F32]: [0n, 0x8000_0000n, 0x3f80_0000n, 0x7f80_0000n, 0x4f00_0000n, 1n],
  [F64]: [0n, 1n << 63n, 0x3ff0_0000_0000_0000n, 0x7ff0_0000_0000_0000n, 0x41e0_0000_0000_0000n, 1n],
};

/** Bits of a value that is no NaN; references are null. */
export function randomValue(type: ValueType, random: Random): bigint {
  if (isReferenceType(type)) return 0n;
  if (random.oneIn(3)) return random.pick(SPECIAL[type] as readonly bigint[]);
  if (random.oneIn(2)) return type === I32 || type === I64 ? BigInt(random.below(100)) : (SPECIAL[type]?.[2] as bigint);
  const low = BigInt(random.below(0x1_0000_0000));
  const high = BigInt(random.below(0x1_0000_0000)) << 32n;
  if (type === I32) return low;
  if (type === I64) return high | low;
  return type === F32 ? low & 0xbfff_ffffn : (high | low) & 0xbfff_ffff_ffff_ffffn;
}

/** Arguments of the `call`-th call; `set` tells apart the cores that do different things. */
export function argumentsOf(subject: Subject, call: number, set: number): bigint[] {
  const random = new Random(subject.seed, call * 16 + set);
  return (subject.functions[call]?.type.params ?? []).map((type) => randomValue(type, random));
}

/** A host function's results, by its name, its arguments and how often host functions were called; and a trace of all calls. */
export class HostTrace {
  hash = 17;

  call(name: string, type: FunctionType, args: readonly bigint[]): bigint[] {
    for (const character of name) this.#mix(character.charCodeAt(0));
    type.params.forEach((param, i) => {
      const bits = isReferenceType(param) ? 0n : (args[i] as bigint);
      this.#mix(Number(bits & 0xffff_ffffn));
      this.#mix(Number((bits >> 32n) & 0xffff_ffffn));
    });
    const random = new Random(this.hash);
    return type.results.map((result) => randomValue(result, random));
  }

  #mix(value: number): void {
    this.hash = (Math.imul(this.hash ^ value, 0x01000193) + 0x9e3779b9) >>> 0;
  }
}

const view = new DataView(new ArrayBuffer(8));

/** A number or bigint as V8 takes it, from bits. */
export function toHost(type: ValueType, bits: bigint): unknown {
  if (isReferenceType(type)) return null;
  if (type === I32) return Number(BigInt.asIntN(32, bits));
  if (type === I64) return BigInt.asIntN(64, bits);
  view.setBigUint64(0, bits);
  return type === F32 ? view.getFloat32(4) : view.getFloat64(0);
}

/** The bits of what V8 gives; any reference that is not null is 1. */
export function fromHost(type: ValueType, value: unknown): bigint {
  if (isReferenceType(type)) return value === null ? 0n : 1n;
  if (type === I32) return BigInt.asUintN(32, BigInt(value as number));
  if (type === I64) return BigInt.asUintN(64, value as bigint);
  view.setBigUint64(0, 0n);
  if (type === F32) view.setFloat32(4, value as number);
  else view.setFloat64(0, value as number);
  return view.getBigUint64(0);
}
