// The host module's index spaces: what it imports, and which host function, global and type stands for what the guest means.
import type { FunctionType, Module, ValueType } from '../wasm/types.ts';
import { EXTERNREF, FUNCREF, I32, I64 } from '../wasm/types.ts';
import { OPERAND_TYPES } from './instruction-kinds.ts';

/** The module name of everything the host module imports. */
export const IMPORT_MODULE = 'm';

/** References are numbers in the host: function references are indices of the function table, external references are the embedder's. */
export function hostType(type: ValueType): ValueType {
  return type === FUNCREF || type === EXTERNREF ? I32 : type;
}

/** The host signature of a directly called body: the guest's, then clock and frame; the results, then the clock or LEFT. */
export function directType(type: FunctionType): FunctionType {
  return { params: [...type.params.map(hostType), I64, I32], results: [...type.results.map(hostType), I64] };
}

/** The host signature of a resumable body: clock and frame; the clock or LEFT. Results are in the frame. */
export const RESUMABLE_TYPE: FunctionType = { params: [I64, I32], results: [I64] };

/**
 * A function of the host module's own that many accesses share: see memory-access.ts. Without `operand` it looks an access up; with it, it takes the
 * slow path as well, for which a store needs its operand: OPERAND_TYPES index plus one, 0 for loads.
 */
export interface AccessHelper {
  readonly write: boolean;
  readonly sizeBytes: number;
  readonly operand?: number;
}

/** Its host signature: address and core record; the host address, or 0. With the slow path: address, core record, clock, point of the image, operand; the
 * host address, and the clock or LEFT. */
export function accessHelperType({ operand }: AccessHelper): FunctionType {
  if (operand === undefined) return { params: [I64, I32], results: [I32] };
  const operands = operand === 0 ? [] : [OPERAND_TYPES[operand - 1]];
  return { params: [I64, I32, I64, I32, ...operands], results: [I32, I64] };
}

/** What a translated module imports beside memory and table; resolved when it is instantiated. */
export interface HostImports {
  /** In the order of their function indices. */
  readonly functions: readonly { name: string; type: FunctionType }[];
  /** Immutable i32 globals. */
  readonly globals: readonly string[];
}

/** Collects imports while bodies are emitted into a buffer of their own; indices of own functions follow all imports, so the set is fixed first. */
export class HostIndex {
  readonly #functions: { name: string; type: FunctionType }[] = [];
  readonly #functionIndex = new Map<string, number>();
  readonly #globals: string[] = [];
  readonly #globalIndex = new Map<string, number>();
  readonly #types: FunctionType[] = [];
  readonly #typeIndex = new Map<string, number>();
  readonly #module: Module;
  /** Bytes of guest code that the module has. */
  readonly guestCodeBytes: number;
  /** The functions that were asked for by `accessHelper`, in order. */
  readonly accessHelpers: AccessHelper[] = [];

  constructor(module: Module) {
    this.#module = module;
    this.guestCodeBytes = module.code.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  importFunction(name: string, type: FunctionType): number {
    let index = this.#functionIndex.get(name);
    if (index === undefined) {
      index = this.#functions.length;
      this.#functions.push({ name, type });
      this.#functionIndex.set(name, index);
      this.type(type);
    }
    return index;
  }

  global(name: string): number {
    let index = this.#globalIndex.get(name);
    if (index === undefined) {
      index = this.#globals.length;
      this.#globals.push(name);
      this.#globalIndex.set(name, index);
    }
    return index;
  }

  type(type: FunctionType): number {
    const key = `${type.params.join()}>${type.results.join()}`;
    let index = this.#typeIndex.get(key);
    if (index === undefined) {
      index = this.#types.length;
      this.#types.push(type);
      this.#typeIndex.set(key, index);
    }
    return index;
  }

  /** Host index of an imported function that was declared before. */
  imported(name: string): number {
    const index = this.#functionIndex.get(name);
    if (index === undefined) throw new Error(`host import ${name} was not declared`);
    return index;
  }

  /** Host index of the directly called body of a guest function. */
  direct(guestFunction: number): number {
    const own = guestFunction - this.#module.importedFunctions;
    return own < 0 ? this.imported(`f${guestFunction}`) : this.#functions.length + 2 * own;
  }

  /** Host index of the resumable body of one of the module's own functions. */
  resumable(guestFunction: number): number {
    return this.direct(guestFunction) + 1;
  }

  /** Host index of a function that accesses share. These follow all bodies. */
  accessHelper(write: boolean, sizeBytes: number, operand?: number): number {
    let position = this.accessHelpers.findIndex(
      (helper) => helper.write === write && helper.sizeBytes === sizeBytes && helper.operand === operand,
    );
    if (position < 0) {
      position = this.accessHelpers.push({ write, sizeBytes, ...(operand === undefined ? {} : { operand }) }) - 1;
    }
    return this.#functions.length + 2 * this.#module.code.length + position;
  }

  get imports(): HostImports {
    return { functions: this.#functions, globals: this.#globals };
  }

  get types(): readonly FunctionType[] {
    return this.#types;
  }
}
