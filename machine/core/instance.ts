// An instance of an image: its globals, tables and memory in machine memory, and its code in the machine's function table.
import type { AddressSpace } from '../memory/address-space.ts';
import { CAUSE_MEMORY_BOUNDS, CAUSE_TABLE_BOUNDS } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { IMPORT_MODULE } from '../translate/host-module.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ConstExpr, Limits } from '../wasm/types.ts';
import { FUNCREF } from '../wasm/types.ts';
import type { ExternalValue, FunctionRef, GlobalRef, MemoryRef, SavedTable, TableRef } from './external.ts';
import type { Builtin } from './function-table.ts';
import type { Image } from './image.ts';
import { codeCount, evaluate, functionId, type LinkContext, type Linked } from './linking.ts';
import type { NativeBody, NativeExports } from './native-exports.ts';
import type { Place } from './place.ts';
import { type ServiceContext, serviceFor, serviceOrdinal } from './services.ts';
import { TrapRequest } from './trap.ts';

/** What instances need of their machine. */
export interface InstanceContext extends ServiceContext, LinkContext {
  readonly memory: MachineMemory;
  readonly native: () => NativeExports;
  /** Counts a tally, where images are translated to. */
  readonly tally: (object: number, event: number) => void;
}

/** Bytes of a data segment, kept in machine memory for memory.init. */
interface DataBytes {
  readonly address: number;
  readonly length: number;
}

/** An instance as a snapshot keeps it. Functions by their ids, address spaces by their records, globals by the constants of their places. */
export interface SavedInstance {
  /** Number of its image. */
  readonly image: number;
  readonly code: number;
  readonly virtual: boolean;
  readonly imported: readonly number[];
  readonly tables: readonly SavedTable[];
  readonly globals: readonly number[];
  readonly firstGlobal: number;
  readonly dropped: number;
  readonly memory?: { readonly space: number; readonly limits: Limits };
  readonly data: readonly DataBytes[];
  readonly elements: readonly (readonly number[])[];
}

export class Instance {
  readonly image: Image;
  /** First place in the function table. */
  readonly code: number;
  readonly codeCount: number;
  readonly virtual: boolean;
  readonly functions: readonly FunctionRef[];
  readonly tables: readonly TableRef[];
  readonly globals: readonly GlobalRef[];
  readonly exports: Readonly<Record<string, ExternalValue>>;
  readonly memory: MemoryRef | undefined;
  readonly #data: DataBytes[] = [];
  readonly #elements: (readonly number[])[] = [];
  readonly #firstGlobal: number;
  readonly #dropped: Place;
  readonly #context: InstanceContext;

  /** Segments are not yet applied: see `initialize`. */
  constructor(image: Image, linked: Linked, context: InstanceContext) {
    this.image = image;
    this.#context = context;
    const { module } = image;
    this.code = linked.code;
    this.codeCount = codeCount(module);
    this.virtual = linked.virtual;
    const functions = [...linked.imported];
    for (let i = module.importedFunctions; i < module.functions.length; i++) {
      const id = functionId(module, this.code, i);
      const type = module.types[module.functions[i]];
      functions.push({ kind: 'function', id, type, instance: this, index: i, name: image.functionName(i) });
      context.functions.setFrame(id + 1, image.frameInfo(i));
    }
    this.functions = functions;
    this.tables = linked.tables;
    this.globals = linked.globals;
    this.memory = linked.memory;
    this.#firstGlobal = linked.firstGlobal;
    this.#dropped = linked.dropped;
    this.exports = this.#makeExports();
    context.functions.registerInstance(this);
    new WebAssembly.Instance(image.hostModule, { [IMPORT_MODULE]: this.#hostImports() });
  }

  get space(): AddressSpace | undefined {
    return this.memory?.space;
  }

  functionById(id: number): FunctionRef | undefined {
    return this.functions[this.image.module.importedFunctions + ((id - this.code) >> 1)];
  }

  // --- exports, and what the host module imports ----------------------------------------------------------------------

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

  #hostImports(): Record<string, WebAssembly.ImportValue> {
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
      tally: context.tally,
      bulkCopy: kernel ? native.kernelCopy : native.bulkCopy,
      bulkFill: kernel ? native.kernelFill : native.bulkFill,
    };
    for (const { name, type } of translation.functions) {
      let value = known[name];
      if (value === undefined && name.startsWith('f')) {
        value = context.functions.directBody(this.#reachable(this.functions[Number(name.slice(1))]));
      } else if (value === undefined) {
        const opcode = Number(name.slice(1, name.indexOf(':')));
        value = context.functions.serviceBody(type, this.#service(opcode), this, serviceOrdinal(opcode));
      }
      imports[name] = value as WebAssembly.ImportValue;
    }
    const scalars: Record<string, number> = { code: this.code, points: this.image.points, globals: this.#firstGlobal };
    for (const name of translation.globals) {
      let value = scalars[name];
      const index = Number(name.slice(1));
      if (value === undefined) {
        if (name[0] === 's') value = context.functions.signatureOfKey(name.slice(1));
        else if (name[0] === 't') value = this.tables[index].place.constant;
        else if (name[0] === 'g') value = this.globals[index].place.constant;
        else value = this.functions[index].id;
      }
      imports[name] = new WebAssembly.Global({ value: 'i32' }, value);
    }
    return imports;
  }

  #service(opcode: number): Builtin | NativeBody {
    // A user's memory is the kernel's business: memory.size, too, asks it to grow the memory, by nothing.
    if (this.virtual && this.image.privilege === 'user') {
      if (opcode === OP.memory_grow) return 'virtualGrow';
      if (opcode === OP.memory_size) return 'virtualSize';
    }
    return serviceFor(opcode, this, this.#context);
  }

  #evaluate(expression: ConstExpr): bigint {
    return evaluate(expression, this.globals, (index) => this.functions[index].id);
  }

  /** A function as this instance calls it: through a gate when it lives in another address space. */
  #reachable(reference: FunctionRef): FunctionRef {
    return reference.instance && reference.instance.space !== this.space
      ? this.#context.functions.gates.to(reference)
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
      // What is put elsewhere at once is not kept: kernels have an instance for every core.
      const { length } = segment.mode === 'active' && place ? [] : segment.bytes;
      const address = length > 0 ? this.#context.memory.allocate(length) : 0;
      this.#context.memory.u8.set(segment.bytes.subarray(0, length), address);
      this.#data.push({ address, length });
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

  /** What is left of a data segment. */
  data(segment: number): DataBytes {
    return this.#isDropped(segment) ? { address: 0, length: 0 } : this.#data[segment];
  }

  dropData(segment: number): void {
    this.#drop(segment);
  }

  dropElements(segment: number): void {
    this.#drop(this.image.module.data.length + segment);
  }

  /** The data segments are counted first, then the element segments. */
  #drop(segment: number): void {
    this.#context.memory.store32(this.#dropped.address + 4 * segment, 1);
  }

  #isDropped(segment: number): boolean {
    return this.#context.memory.load32(this.#dropped.address + 4 * segment) !== 0;
  }

  /** The table entry that stands for a reference: what this instance can name, whoever finds it there must be able to call. */
  tableEntry(table: TableRef, reference: number): [reference: number, signature: number] {
    if (table.type.element !== FUNCREF || reference === 0) return [reference, 0];
    const { functions } = this.#context;
    const found = functions.byId(reference) as FunctionRef;
    const callable = table.shared || found.instance?.space !== this.space ? functions.gates.to(found) : found;
    return [callable.id, functions.signature(found.type)];
  }

  storeReference(table: TableRef, index: number, reference: number): void {
    const [entry, signature] = this.tableEntry(table, reference);
    table.set(index, entry, signature);
  }

  /** table.init. Throws a TrapRequest. */
  initializeTable(table: TableRef, segment: number, destination: number, source: number, count: number): void {
    const items = this.#isDropped(this.image.module.data.length + segment) ? [] : this.#elements[segment];
    if (source + count > items.length || destination + count > table.length) throw new TrapRequest(CAUSE_TABLE_BOUNDS);
    for (let i = 0; i < count; i++) this.storeReference(table, destination + i, items[source + i]);
  }

  // --- snapshots ------------------------------------------------------------------------------------------------------

  save(images: readonly Image[]): SavedInstance {
    const { image, code, virtual, memory } = this;
    return {
      image: images.indexOf(image),
      code,
      virtual,
      imported: this.functions.slice(0, image.module.importedFunctions).map(({ id }) => id),
      tables: this.tables.map((table) => table.save()),
      globals: this.globals.map(({ place }) => place.constant),
      firstGlobal: this.#firstGlobal,
      dropped: this.#dropped.constant,
      ...(memory ? { memory: { space: memory.space.record, limits: memory.limits } } : {}),
      data: this.#data.map(({ address, length }) => ({ address, length })),
      elements: this.#elements.map((items) => [...items]),
    };
  }

  /** In place of `initialize`. */
  restoreSegments({ data, elements }: SavedInstance): void {
    this.#data.push(...data.map(({ address, length }) => ({ address, length })));
    this.#elements.push(...elements);
  }
}
