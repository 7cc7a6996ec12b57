// An instance of an image: its globals, tables and memory in machine memory, and its code in the machine's function table.
import { AddressSpace, type AddressSpaces } from '../memory/address-space.ts';
import { CAUSE_MEMORY_BOUNDS, CAUSE_TABLE_BOUNDS } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { IMPORT_MODULE } from '../translate/host-module.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ConstExpr, FunctionType, Import, Limits, ValueType } from '../wasm/types.ts';
import { FUNCREF, typeName } from '../wasm/types.ts';
import {
  type ExternalValue,
  type FunctionRef,
  GlobalRef,
  type HostFunction,
  type Imports,
  type MemoryRef,
  TableRef,
} from './external.ts';
import type { Builtin, FunctionTable, NativeBody, NativeExports } from './function-table.ts';
import type { Image } from './image.ts';
import { type ServiceContext, serviceFor } from './services.ts';
import { LinkError, TrapRequest } from './trap.ts';

/** What instances need of their machine. */
export interface InstanceContext extends ServiceContext {
  readonly memory: MachineMemory;
  readonly spaces: AddressSpaces;
  readonly functions: FunctionTable;
  readonly native: () => NativeExports;
}

/** Bytes of a data segment, kept in machine memory for memory.init; empty once it is dropped. */
interface DataBytes {
  address: number;
  length: number;
}

const MOST_PAGES = 65536;

function sameTypes(a: readonly ValueType[], b: readonly ValueType[]): boolean {
  return a.length === b.length && a.every((type, i) => type === b[i]);
}

function sameSignature(a: FunctionType, b: FunctionType): boolean {
  return sameTypes(a.params, b.params) && sameTypes(a.results, b.results);
}

/** Whether what has `size` now and may grow to `max` can be imported as `wanted`. */
function limitsMatch(size: number, max: number | undefined, wanted: Limits): boolean {
  return size >= wanted.min && (wanted.max === undefined || (max !== undefined && max <= wanted.max));
}

export class Instance {
  readonly image: Image;
  /** First place in the function table. */
  readonly code: number;
  readonly codeCount: number;
  readonly virtual: boolean;
  readonly functions: FunctionRef[] = [];
  readonly tables: TableRef[] = [];
  readonly globals: GlobalRef[] = [];
  readonly exports: Readonly<Record<string, ExternalValue>>;
  memory: MemoryRef | undefined;
  readonly dataSegments: DataBytes[] = [];
  readonly #elements: (readonly number[])[] = [];
  readonly #context: InstanceContext;

  /**
   * Throws a LinkError. Segments are not yet applied: see `initialize`. With `virtual` the instance has no memory of its own: its linear
   * memory is what the page tables of the core say that runs it.
   */
  constructor(image: Image, imports: Imports, context: InstanceContext, virtual = false) {
    this.image = image;
    this.virtual = virtual;
    this.#context = context;
    const { module } = image;
    for (const item of module.imports) this.#resolve(item, imports);
    this.codeCount = 2 * module.code.length;
    this.code = context.functions.reserve(this.codeCount);
    if (this.codeCount > 0) context.functions.registerInstance(this);
    for (let i = module.importedFunctions; i < module.functions.length; i++) {
      const id = this.code + 2 * (i - module.importedFunctions);
      const type = module.types[module.functions[i]];
      this.functions.push({ kind: 'function', id, type, instance: this, index: i, name: image.functionName(i) });
      context.functions.setFrame(id + 1, image.frameInfo(i));
    }
    for (const type of module.tables.slice(this.tables.length)) this.tables.push(new TableRef(context.memory, type));
    this.#createMemory();
    const firstGlobal = this.#createGlobals();
    this.exports = this.#makeExports();
    new WebAssembly.Instance(image.hostModule, { [IMPORT_MODULE]: this.#hostImports(firstGlobal) });
  }

  get space(): AddressSpace | undefined {
    return this.memory?.space;
  }

  functionById(id: number): FunctionRef | undefined {
    return this.functions[this.image.module.importedFunctions + ((id - this.code) >> 1)];
  }

  // --- imports --------------------------------------------------------------------------------------------------------

  #resolve(item: Import, imports: Imports): void {
    if (item.kind === 'memory' && this.virtual) return;
    const named = `import "${item.module}"."${item.name}"`;
    const group = Object.hasOwn(imports, item.module) ? imports[item.module] : undefined;
    const value = group && Object.hasOwn(group, item.name) ? group[item.name] : undefined;
    if (value === undefined) throw new LinkError(`unknown ${named} (${item.kind})`);
    const found = 'kind' in value ? value.kind : 'function';
    if (found !== item.kind)
      throw new LinkError(`incompatible import type: ${named} is a ${found}, a ${item.kind} is expected`);
    const { module } = this.image;
    const mismatch = (what: string) => new LinkError(`incompatible import type: ${named}: ${what}`);
    if (item.kind === 'function') {
      const type = module.types[item.typeIndex];
      const given = value as FunctionRef | HostFunction;
      if (!sameSignature(given.type, type)) {
        throw mismatch(`signature ${signatureText(given.type)} is given, ${signatureText(type)} expected`);
      }
      this.functions.push('kind' in given ? given : this.#context.functions.host(given, `${item.module}.${item.name}`));
    } else if (item.kind === 'table') {
      const table = value as TableRef;
      const { element, limits } = item.table;
      if (table.type.element !== element || !limitsMatch(table.length, table.type.limits.max, limits)) {
        throw mismatch(`a table of ${table.length} ${typeName(table.type.element)} is given`);
      }
      table.shared = true;
      this.tables.push(table);
    } else if (item.kind === 'memory') {
      const memory = value as MemoryRef;
      if (
        memory.limits.shared !== item.memory.shared ||
        !limitsMatch(memory.space.pages, memory.limits.max, item.memory)
      ) {
        throw mismatch(`a memory of ${memory.space.pages} pages is given`);
      }
      this.memory = memory;
    } else {
      const global = value as GlobalRef;
      if (global.type.type !== item.global.type || global.type.mutable !== item.global.mutable) {
        throw mismatch(`a ${global.type.mutable ? 'mutable' : 'constant'} ${typeName(global.type.type)} is given`);
      }
      this.globals.push(global);
    }
  }

  #createMemory(): void {
    const limits = this.image.module.memories[0];
    if (this.memory || this.virtual || !limits) return;
    const { spaces, functions } = this.#context;
    const space = new AddressSpace(spaces, limits.min, limits.max ?? MOST_PAGES);
    functions.registerSpace(space);
    this.memory = { kind: 'memory', space, limits };
  }

  /** Creates the module's own globals; returns the address of the first. */
  #createGlobals(): number {
    const { memory } = this.#context;
    const own = this.image.module.globals.slice(this.globals.length);
    const first = memory.allocate(8 * Math.max(own.length, 1));
    own.forEach(({ type, init }, i) => {
      const global = new GlobalRef(memory, type, first + 8 * i);
      global.set(this.#evaluate(init as ConstExpr));
      this.globals.push(global);
    });
    return first;
  }

  #evaluate(expression: ConstExpr): bigint {
    if (expression.kind === 'const') return expression.bits;
    if (expression.kind === 'global') return this.globals[expression.index].get();
    if (expression.kind === 'ref.null') return 0n;
    return BigInt(this.functions[expression.index].id);
  }

  #makeExports(): Record<string, ExternalValue> {
    const exports: Record<string, ExternalValue> = Object.create(null);
    for (const { name, kind, index } of this.image.module.exports) {
      if (kind === 'function') exports[name] = this.functions[index];
      else if (kind === 'memory') {
        if (this.memory) exports[name] = this.memory;
      } else if (kind === 'global') exports[name] = this.globals[index];
      else {
        this.tables[index].shared = true;
        exports[name] = this.tables[index];
      }
    }
    return exports;
  }

  #hostImports(firstGlobal: number): Record<string, WebAssembly.ImportValue> {
    const context = this.#context;
    const native = context.native();
    const { translation } = this.image;
    const kernel = this.image.privilege === 'kernel';
    const imports: Record<string, WebAssembly.ImportValue> = {
      memory: context.memory.memory,
      table: context.functions.table,
    };
    const known: Record<string, unknown> = {
      access: native.access,
      trap: native.trap,
      bulkCopy: kernel ? native.kernelCopy : native.bulkCopy,
      bulkFill: kernel ? native.kernelFill : native.bulkFill,
    };
    for (const { name, type } of translation.functions) {
      let value = known[name];
      if (value === undefined && name.startsWith('f')) {
        value = context.functions.directBody(this.#reachable(this.functions[Number(name.slice(1))]));
      } else if (value === undefined) {
        const opcode = Number(name.slice(1, name.indexOf(':')));
        value = context.functions.serviceBody(type, this.#service(opcode));
      }
      imports[name] = value as WebAssembly.ImportValue;
    }
    const scalars: Record<string, number> = { code: this.code, points: this.image.points, globals: firstGlobal };
    for (const name of translation.globals) {
      let value = scalars[name];
      const index = Number(name.slice(1));
      if (value === undefined) {
        if (name[0] === 's') value = context.functions.signatureOfKey(name.slice(1));
        else if (name[0] === 't') value = this.tables[index].record;
        else if (name[0] === 'g') value = this.globals[index].address;
        else value = this.functions[index].id;
      }
      imports[name] = new WebAssembly.Global({ value: 'i32' }, value);
    }
    return imports;
  }

  #service(opcode: number): Builtin | NativeBody {
    // A user's memory is the kernel's business: memory.size, too, asks it to grow the memory, by nothing.
    const asks = opcode === OP.memory_grow || opcode === OP.memory_size;
    if (asks && this.virtual && this.image.privilege === 'user') return 'virtualGrow';
    return serviceFor(opcode, this, this.#context);
  }

  /** A function as this instance calls it: through a gate when it lives in another address space. */
  #reachable(reference: FunctionRef): FunctionRef {
    return reference.instance && reference.instance.space !== this.space
      ? this.#context.functions.gate(reference)
      : reference;
  }

  // --- segments and tables --------------------------------------------------------------------------------------------

  /**
   * Applies the segments in their order, as instantiation does. Throws a TrapRequest where one does not fit. `place` takes the active data segments
   * of an instance without a memory of its own.
   */
  initialize(place?: (address: number, bytes: Uint8Array) => void): void {
    const { module } = this.image;
    for (const segment of module.elements) {
      this.#elements.push(segment.items.map((item) => Number(this.#evaluate(item))));
    }
    for (const segment of module.data) {
      const address = segment.bytes.length > 0 ? this.#context.memory.allocate(segment.bytes.length) : 0;
      this.#context.memory.u8.set(segment.bytes, address);
      this.dataSegments.push({ address, length: segment.bytes.length });
    }
    module.elements.forEach((segment, i) => {
      if (segment.mode === 'active') {
        const offset = Number(this.#evaluate(segment.offset as ConstExpr));
        this.initializeTable(this.tables[segment.table], i, offset, 0, segment.items.length);
      }
      if (segment.mode !== 'passive') this.dropElements(i);
    });
    module.data.forEach((segment, i) => {
      if (segment.mode !== 'active') return;
      const offset = Number(this.#evaluate(segment.offset as ConstExpr));
      if (place) {
        place(offset, segment.bytes);
        this.dropData(i);
        return;
      }
      const space = this.space as AddressSpace;
      if (!space.contains(offset, segment.bytes.length)) throw new TrapRequest(CAUSE_MEMORY_BOUNDS);
      space.write(offset, segment.bytes);
      this.dropData(i);
    });
  }

  dropData(segment: number): void {
    this.dataSegments[segment].length = 0;
  }

  dropElements(segment: number): void {
    this.#elements[segment] = [];
  }

  /** The table entry that stands for a reference: what this instance can name, whoever finds it there must be able to call. */
  tableEntry(table: TableRef, reference: number): [reference: number, signature: number] {
    if (table.type.element !== FUNCREF || reference === 0) return [reference, 0];
    const { functions } = this.#context;
    const found = functions.byId(reference) as FunctionRef;
    const callable = table.shared || found.instance?.space !== this.space ? functions.gate(found) : found;
    return [callable.id, functions.signature(found.type)];
  }

  storeReference(table: TableRef, index: number, reference: number): void {
    const [entry, signature] = this.tableEntry(table, reference);
    table.set(index, entry, signature);
  }

  /** table.init. Throws a TrapRequest. */
  initializeTable(table: TableRef, segment: number, destination: number, source: number, count: number): void {
    const items = this.#elements[segment];
    if (source + count > items.length || destination + count > table.length) throw new TrapRequest(CAUSE_TABLE_BOUNDS);
    for (let i = 0; i < count; i++) this.storeReference(table, destination + i, items[source + i]);
  }
}

function signatureText({ params, results }: FunctionType): string {
  return `(${params.map(typeName).join(', ')}) -> (${results.map(typeName).join(', ')})`;
}
