// WebAssembly modules of memory programs: one for each address space, which exports
//   part(core: i32, round: i32, seen: i64) -> i64      goes through the space's operations once; `seen` mixes all that loads have seen
//   run(core: i32, rounds: i32) -> i64                 goes through them so many times
// and imports its memory, the intrinsics, and `part` of the next space.
import { ByteWriter, PREAMBLE } from '../../../machine/wasm/encode.ts';
import { OP } from '../../../machine/wasm/opcodes.ts';
import { I32, I64, SECTION, type ValueType } from '../../../machine/wasm/types.ts';
import { MEMORY_PAGES, type Operation, type Place } from './memory-program.ts';

/** `seen` is rotated by so many bits before what is loaded is added. */
export const ROTATION = 9;

const CORE = 0;
const ROUND = 1;
const SEEN = 2;
const NO_PARAMETERS = 0;
const ADDRESS_PARAMETER = 1;
const PART_TYPE = 2;
const RUN_TYPE = 3;
const TYPES: readonly { readonly params: ValueType[]; readonly results: ValueType[] }[] = [
  { params: [], results: [] },
  { params: [I32], results: [] },
  { params: [I32, I32, I64], results: [I64] },
  { params: [I32, I32], results: [I64] },
];
const IMPORTS = [
  ['machine', 'fence', NO_PARAMETERS],
  ['machine', 'pause', NO_PARAMETERS],
  ['machine', 'prefetch', ADDRESS_PARAMETER],
  ['machine', 'line_zero', ADDRESS_PARAMETER],
  ['next', 'part', PART_TYPE],
] as const;
const [FENCE, PAUSE, PREFETCH, LINE_ZERO, NEXT, PART] = [0, 1, 2, 3, 4, 5];

const LOADS: Readonly<Record<number, number>> = {
  1: OP.i64_load8_u,
  2: OP.i64_load16_u,
  4: OP.i64_load32_u,
  8: OP.i64_load,
};
const STORES: Readonly<Record<number, number>> = {
  1: OP.i64_store8,
  2: OP.i64_store16,
  4: OP.i64_store32,
  8: OP.i64_store,
};
/** By size: from an atomic operation's form for i32 to that for i64. */
const ATOMIC_FORMS: Readonly<Record<number, number>> = { 8: 1, 1: 4, 2: 5, 4: 6 };
const ATOMICS: Readonly<Partial<Record<Operation['kind'], number>>> = {
  'atomic load': OP.i32_atomic_load,
  'atomic store': OP.i32_atomic_store,
  count: OP.i32_atomic_rmw_add,
  add: OP.i32_atomic_rmw_add,
  sub: OP.i32_atomic_rmw_sub,
  and: OP.i32_atomic_rmw_and,
  or: OP.i32_atomic_rmw_or,
  xor: OP.i32_atomic_rmw_xor,
  xchg: OP.i32_atomic_rmw_xchg,
  cmpxchg: OP.i32_atomic_rmw_cmpxchg,
};

class PartWriter {
  readonly #writer: ByteWriter;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  op(code: number, immediate?: number): this {
    this.#writer.opcode(code);
    if (immediate !== undefined) this.#writer.u32(immediate);
    return this;
  }

  constant(value: number): this {
    this.#writer.opcode(OP.i32_const);
    this.#writer.i32(value);
    return this;
  }

  long(value: number): this {
    this.#writer.opcode(OP.i64_const);
    this.#writer.i64(value);
    return this;
  }

  /** The address but for `offset` of it. */
  address({ base, perCore, perRound }: Place, offset = 0): this {
    this.constant(base - offset);
    for (const [local, factor] of [
      [CORE, perCore],
      [ROUND, perRound],
    ] as const) {
      if (factor !== 0) this.op(OP.local_get, local).constant(factor).op(OP.i32_mul).op(OP.i32_add);
    }
    return this;
  }

  /** An access with `offset` of the address as its own. */
  access(code: number, bytes: number, isAtomic: boolean, offset: number): this {
    this.#writer.opcode(code);
    this.#writer.u32(isAtomic ? Math.log2(bytes) : 0);
    this.#writer.u32(offset);
    return this;
  }

  /** What is on the stack has been seen. */
  see(): this {
    return this.op(OP.local_get, SEEN).long(ROTATION).op(OP.i64_rotl).op(OP.i64_add).op(OP.local_set, SEEN);
  }

  /** A value that depends on all that has been seen. */
  value(value: number): this {
    return this.op(OP.local_get, SEEN).long(value).op(OP.i64_add);
  }

  operation(operation: Operation): void {
    const { kind, bytes, at, from, value } = operation;
    const offset = value % 3 === 0 ? at.base : 0;
    const isAtomic = kind !== 'load' && kind !== 'store';
    const code = ATOMICS[kind];
    if (kind === 'load')
      this.address(at, offset)
        .access(LOADS[bytes] as number, bytes, false, offset)
        .see();
    else if (kind === 'store')
      this.address(at, offset)
        .value(value)
        .access(STORES[bytes] as number, bytes, false, offset);
    else if (code !== undefined) {
      this.address(at, offset);
      if (kind === 'count') this.long(value);
      else if (kind !== 'atomic load') this.value(value);
      if (kind === 'cmpxchg') this.value(value - 1);
      this.access(code + (ATOMIC_FORMS[bytes] as number), bytes, isAtomic, offset);
      if (kind === 'count') this.op(OP.drop);
      else if (kind !== 'atomic store') this.see();
    } else if (kind === 'copy') {
      this.address(at)
        .address(from as Place)
        .constant(bytes)
        .op(OP.memory_copy, 0)
        .op(0);
    } else if (kind === 'fill') {
      this.address(at).constant(value).constant(bytes).op(OP.memory_fill, 0);
    } else if (kind === 'line zero' || kind === 'prefetch') {
      this.address(at).op(OP.call, kind === 'prefetch' ? PREFETCH : LINE_ZERO);
    } else if (kind === 'call') {
      this.op(OP.local_get, CORE).op(OP.local_get, ROUND).op(OP.local_get, SEEN).op(OP.call, NEXT);
      this.op(OP.local_set, SEEN);
    } else {
      this.op(OP.call, kind === 'fence' ? FENCE : PAUSE);
    }
  }

  part(operations: readonly Operation[]): void {
    for (const operation of operations) this.operation(operation);
    this.op(OP.local_get, SEEN).op(OP.end);
  }

  run(): void {
    const [rounds, round, seen] = [1, 2, 3];
    this.op(OP.loop);
    this.#writer.u8(0x40);
    this.op(OP.local_get, 0).op(OP.local_get, round).op(OP.local_get, seen).op(OP.call, PART).op(OP.local_set, seen);
    this.op(OP.local_get, round).constant(1).op(OP.i32_add).op(OP.local_tee, round);
    this.op(OP.local_get, rounds).op(OP.i32_lt_u).op(OP.br_if, 0).op(OP.end);
    this.op(OP.local_get, seen).op(OP.end);
  }
}

function writeImports(writer: ByteWriter): void {
  writer.u32(IMPORTS.length + 1);
  for (const [module, name, type] of IMPORTS) {
    writer.name(module);
    writer.name(name);
    writer.u8(0);
    writer.u32(type);
  }
  writer.name('env');
  writer.name('memory');
  writer.bytes([2, 3, MEMORY_PAGES, MEMORY_PAGES]);
}

function writeCode(writer: ByteWriter, operations: readonly Operation[]): void {
  writer.u32(2);
  writer.sized(() => {
    writer.u32(0);
    new PartWriter(writer).part(operations);
  });
  writer.sized(() => {
    writer.vector([I32, I64], (type) => {
      writer.u32(1);
      writer.u8(type);
    });
    new PartWriter(writer).run();
  });
}

/** The module of one address space's operations. */
export function moduleOf(operations: readonly Operation[]): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(PREAMBLE);
  writer.section(SECTION.type, () =>
    writer.vector(TYPES, ({ params, results }) => {
      writer.u8(0x60);
      writer.vector(params, (type) => writer.u8(type));
      writer.vector(results, (type) => writer.u8(type));
    }),
  );
  writer.section(SECTION.import, () => writeImports(writer));
  writer.section(SECTION.function, () => writer.vector([PART_TYPE, RUN_TYPE], (type) => writer.u32(type)));
  writer.section(SECTION.export, () =>
    writer.vector(['part', 'run'], (name, i) => {
      writer.name(name);
      writer.u8(0);
      writer.u32(PART + i);
    }),
  );
  writer.section(SECTION.code, () => writeCode(writer, operations));
  return writer.finish();
}
