// Linking: what a module imports is looked up and checked, what it has of its own is made in machine memory.
import { AddressSpace, type AddressSpaces } from '../memory/address-space.ts';
import { TABLE_BYTES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { ConstExpr, FunctionType, Import, Limits, Module, ValueType } from '../wasm/types.ts';
import { typeName } from '../wasm/types.ts';
import {
  type ExternalValue,
  type FunctionRef,
  GlobalRef,
  type HostFunction,
  type Imports,
  type MemoryRef,
  TableRef,
} from './external.ts';
import type { FunctionTable } from './function-table.ts';
import type { Image } from './image.ts';
import { type Area, aligned, anywhere, type CurrentBlock, type Place } from './place.ts';
import { LinkError } from './trap.ts';

/** What linking makes things of. */
export interface LinkContext {
  readonly memory: MachineMemory;
  readonly spaces: AddressSpaces;
  readonly functions: FunctionTable;
  /** Where images that run in links find what is theirs. */
  readonly block: CurrentBlock;
}

/** An instance's parts: imported ones first, as in the module's index spaces. */
export interface Linked {
  /** First place in the function table of the module's own functions. */
  readonly code: number;
  /** The instance has no memory of its own: its linear memory is what the page tables of the core say that runs it. */
  readonly virtual: boolean;
  readonly imported: readonly FunctionRef[];
  readonly tables: readonly TableRef[];
  readonly globals: readonly GlobalRef[];
  /** Where the first of the module's own globals is, which follow each other: constant of a place. */
  readonly firstGlobal: number;
  /** Words that say which segments are dropped: the data segments', then the element segments'. */
  readonly dropped: Place;
  readonly memory: MemoryRef | undefined;
}

const MOST_PAGES = 65536;

/** Places that the functions of a module take. */
export function codeCount(module: Module): number {
  return 2 * module.code.length;
}

/** Id of a function of a module's own, by its index. */
export function functionId(module: Module, code: number, index: number): number {
  return code + 2 * (index - module.importedFunctions);
}

const GLOBAL_BYTES = 8;
const DROPPED_BYTES = 4;

/** Bytes of what an instance has of its own, in an area that is in one piece. */
export function ownBytes({ imports, globals, tables, data, elements }: Module): number {
  const imported = (kind: Import['kind']) => imports.filter((item) => item.kind === kind).length;
  return (
    aligned(GLOBAL_BYTES * Math.max(globals.length - imported('global'), 1)) +
    (tables.length - imported('table')) * aligned(TABLE_BYTES) +
    aligned(DROPPED_BYTES * (data.length + elements.length))
  );
}

/** Constants of the places of a module's own tables, behind the imported ones. */
export function ownTables(tables: readonly TableRef[], { imports }: Module): number[] {
  return tables.slice(imports.filter(({ kind }) => kind === 'table').length).map(({ place }) => place.constant);
}

/** Value of a constant expression; functions are their ids. */
export function evaluate(
  expression: ConstExpr,
  globals: readonly GlobalRef[],
  idOf: (functionIndex: number) => number,
): bigint {
  if (expression.kind === 'const') return expression.bits;
  if (expression.kind === 'global') return globals[expression.index].get();
  if (expression.kind === 'ref.null') return 0n;
  return BigInt(idOf(expression.index));
}

function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  return a.length === b.length && a.every((type, i) => type === b[i]);
}

export function sameSignature(a: FunctionType, b: FunctionType): boolean {
  return sameTypes(a.params, b.params) && sameTypes(a.results, b.results);
}

function signatureText({ params, results }: FunctionType): string {
  return `(${params.map(typeName).join(', ')}) -> (${results.map(typeName).join(', ')})`;
}

/** What an import is given. Throws a LinkError where it is nothing, or another kind of thing. */
export function importOf(item: Import, imports: Imports): ExternalValue | HostFunction {
  const named = nameOf(item);
  const group = Object.hasOwn(imports, item.module) ? imports[item.module] : undefined;
  const value = group && Object.hasOwn(group, item.name) ? group[item.name] : undefined;
  if (value === undefined) throw new LinkError(`unknown ${named} (${item.kind})`);
  const found = 'kind' in value ? value.kind : 'function';
  if (found !== item.kind)
    throw new LinkError(`incompatible import type: ${named} is a ${found}, a ${item.kind} is expected`);
  return value;
}

function nameOf({ module, name }: Import): string {
  return `import "${module}"."${name}"`;
}

/** Throws a LinkError where a function has not the signature that an import has. */
export function checkSignature(item: Import, given: FunctionType, expected: FunctionType): void {
  if (sameSignature(given, expected)) return;
  throw mismatch(item, `signature ${signatureText(given)} is given, ${signatureText(expected)} expected`);
}

function mismatch(item: Import, what: string): LinkError {
  return new LinkError(`incompatible import type: ${nameOf(item)}: ${what}`);
}

/** Whether what has `size` now and may grow to `max` can be imported as `wanted`. */
function limitsMatch(size: number, max: number | undefined, wanted: Limits): boolean {
  return size >= wanted.min && (wanted.max === undefined || (max !== undefined && max <= wanted.max));
}

class Linker {
  readonly imported: FunctionRef[] = [];
  readonly tables: TableRef[] = [];
  readonly globals: GlobalRef[] = [];
  memory: MemoryRef | undefined;
  readonly #module: Module;
  readonly #context: LinkContext;
  readonly #area: Area;

  constructor(module: Module, context: LinkContext, area: Area) {
    this.#module = module;
    this.#context = context;
    this.#area = area;
  }

  resolve(item: Import, imports: Imports): void {
    const value = importOf(item, imports);
    const wrong = (what: string) => mismatch(item, what);
    if (item.kind === 'function') {
      const given = value as FunctionRef | HostFunction;
      checkSignature(item, given.type, this.#module.types[item.typeIndex]);
      this.imported.push(
        'kind' in given ? given : this.#context.functions.hosts.imported(given, item.module, item.name),
      );
    } else if (item.kind === 'table') {
      const table = value as TableRef;
      const { element, limits } = item.table;
      if (table.type.element !== element || !limitsMatch(table.length, table.type.limits.max, limits)) {
        throw wrong(`a table of ${table.length} ${typeName(table.type.element)} is given`);
      }
      table.shared = true;
      this.tables.push(table);
    } else if (item.kind === 'memory') {
      const memory = value as MemoryRef;
      const { shared } = memory.limits;
      if (shared !== item.memory.shared || !limitsMatch(memory.space.pages, memory.limits.max, item.memory)) {
        throw wrong(`a memory of ${memory.space.pages} pages is given`);
      }
      this.memory = memory;
    } else {
      const global = value as GlobalRef;
      if (global.type.type !== item.global.type || global.type.mutable !== item.global.mutable) {
        throw wrong(`a ${global.type.mutable ? 'mutable' : 'constant'} ${typeName(global.type.type)} is given`);
      }
      this.globals.push(global);
    }
  }

  makeTables(): void {
    for (const type of this.#module.tables.slice(this.tables.length)) {
      const place = this.#area.at(this.#area.take(TABLE_BYTES));
      this.tables.push(new TableRef(this.#context.memory, type, place).fill());
    }
  }

  makeDropped(): Place {
    const { data, elements } = this.#module;
    return this.#area.at(this.#area.take(DROPPED_BYTES * (data.length + elements.length)));
  }

  makeMemory(): void {
    const limits = this.#module.memories[0];
    if (this.memory || !limits) return;
    const { spaces, functions } = this.#context;
    const space = new AddressSpace(spaces, limits.min, limits.max ?? MOST_PAGES);
    functions.registerSpace(space);
    this.memory = { kind: 'memory', space, limits };
  }

  /** Returns where the first is. */
  makeGlobals(idOf: (functionIndex: number) => number): number {
    const { memory } = this.#context;
    const own = this.#module.globals.slice(this.globals.length);
    const first = this.#area.take(GLOBAL_BYTES * Math.max(own.length, 1));
    own.forEach(({ type, init }, i) => {
      const global = new GlobalRef(memory, type, this.#area.at(first + GLOBAL_BYTES * i));
      global.set(evaluate(init as ConstExpr, this.globals, idOf));
      this.globals.push(global);
    });
    return first;
  }
}

export interface LinkOptions {
  /** The instance has no memory of its own: see Linked. */
  readonly virtual?: boolean;
  /** Where what the instance has of its own is put: anywhere, if not given. */
  readonly area?: Area;
}

/**
 * Resolves imports and makes what the module has of its own. Throws a LinkError where imports are missing or do not fit, a RangeError when the RAM
 * is too small.
 */
export function link({ module }: Image, imports: Imports, context: LinkContext, options: LinkOptions = {}): Linked {
  const { virtual = false, area = anywhere(context.memory) } = options;
  const linker = new Linker(module, context, area);
  for (const item of module.imports) if (item.kind !== 'memory' || !virtual) linker.resolve(item, imports);
  const code = context.functions.reserve(codeCount(module));
  linker.makeTables();
  if (!virtual) linker.makeMemory();
  const { imported, tables, globals } = linker;
  const firstGlobal = linker.makeGlobals((i) => imported[i]?.id ?? functionId(module, code, i));
  const dropped = linker.makeDropped();
  return { code, virtual, imported, tables, globals, firstGlobal, dropped, memory: linker.memory };
}
