// Random programs that end: structured modules with nested loops, calls of all kinds, accesses of all widths near the ends of lines
// and pages, bulk memory, tables and traps. Floats are kept free of NaNs, whose bits the standard leaves open. Loops that are not
// counted, and calls, use up the exported global `fuel`.
import { ByteWriter, PREAMBLE } from '../../machine/wasm/encode.ts';
import { OP } from '../../machine/wasm/opcodes.ts';
import { F32, FUNCREF, type FunctionType, I32, I64, SECTION, type ValueType } from '../../machine/wasm/types.ts';
import type { Choices } from './choices.ts';
import { generateBody } from './program-body.ts';
import {
  FUEL,
  HOST_TYPE,
  MEMORY_PAGES,
  NUMBERS,
  PASSIVE_BYTES,
  type Program,
  TABLE_ENTRIES,
  typeIndex,
} from './program-shape.ts';

function randomTypes(choices: Choices, most: number): ValueType[] {
  return Array.from({ length: choices.below(most + 1) }, () => choices.pick(NUMBERS));
}

function writeLimits(writer: ByteWriter, min: number, max: number): void {
  writer.u8(1);
  writer.u32(min);
  writer.u32(max);
}

function writeGlobal(writer: ByteWriter, type: ValueType, index: number): void {
  writer.u8(type);
  writer.u8(1);
  if (type === I32) {
    writer.u8(OP.i32_const);
    writer.i32(index === FUEL ? 0 : index * 77777);
  } else if (type === I64) {
    writer.u8(OP.i64_const);
    writer.i64(index * 123456789123);
  } else if (type === F32) {
    writer.u8(OP.f32_const);
    writer.f32(0x3fc00000);
  } else {
    writer.u8(OP.f64_const);
    writer.f64(0x4004000000000000n);
  }
  writer.u8(OP.end);
}

/** A valid module; its functions are exported as f1, f2, ..., its globals as g0 (the fuel), g1, ..., its memory as `memory`. */
export function generateProgram(choices: Choices): Uint8Array<ArrayBuffer> {
  const count = 1 + choices.below(4);
  const functions = [HOST_TYPE];
  for (let i = 0; i < count; i++) {
    const many = choices.oneIn(16);
    functions.push({ params: randomTypes(choices, many ? 20 : 4), results: randomTypes(choices, many ? 6 : 2) });
  }
  const globals: ValueType[] = [I32, ...randomTypes(choices, 5)];
  const table = Array.from({ length: TABLE_ENTRIES }, (_, i) => (choices.oneIn(6) ? undefined : i % functions.length));
  const types: FunctionType[] = [];
  const program: Program = { types, functions, globals, table };
  const bodies = functions.slice(1).map((type) => generateBody(choices, program, type));
  const seed = choices.below(0x10000);
  const indices = functions.map((type) => typeIndex(types, type));
  const writer = new ByteWriter();
  writer.bytes(PREAMBLE);
  writer.section(SECTION.type, () =>
    writer.vector(types, ({ params, results }) => {
      writer.u8(0x60);
      writer.vector(params, (type) => writer.u8(type));
      writer.vector(results, (type) => writer.u8(type));
    }),
  );
  writer.section(SECTION.import, () =>
    writer.vector(['mix'], (name) => {
      writer.name('host');
      writer.name(name);
      writer.u8(0);
      writer.u32(indices[0] as number);
    }),
  );
  writer.section(SECTION.function, () => writer.vector(indices.slice(1), (index) => writer.u32(index)));
  writer.section(SECTION.table, () =>
    writer.vector([FUNCREF], (type) => {
      writer.u8(type);
      writeLimits(writer, TABLE_ENTRIES, TABLE_ENTRIES + 4);
    }),
  );
  writer.section(SECTION.memory, () => writer.vector([0], () => writeLimits(writer, MEMORY_PAGES, MEMORY_PAGES + 2)));
  writer.section(SECTION.global, () => writer.vector(globals, (type, i) => writeGlobal(writer, type, i)));
  writer.section(SECTION.export, () => writeExports(writer, program));
  writer.section(SECTION.element, () => writeElements(writer, table, functions.length));
  writer.section(SECTION.dataCount, () => writer.u32(2));
  writer.section(SECTION.code, () => writer.vector(bodies, (body) => writer.sized(() => writer.bytes(body))));
  writer.section(SECTION.data, () => writeData(writer, seed));
  return writer.finish();
}

function writeExports(writer: ByteWriter, { functions, globals }: Program): void {
  writer.u32(functions.length + globals.length);
  writer.name('memory');
  writer.u8(2);
  writer.u32(0);
  for (let i = 1; i < functions.length; i++) {
    writer.name(`f${i}`);
    writer.u8(0);
    writer.u32(i);
  }
  for (let i = 0; i < globals.length; i++) {
    writer.name(`g${i}`);
    writer.u8(3);
    writer.u32(i);
  }
}

/** The table's entries, where null ones are left out. */
function writeElements(writer: ByteWriter, table: readonly (number | undefined)[], functions: number): void {
  const entries = [...table.entries()].filter(([, index]) => index !== undefined);
  writer.u32(entries.length + 1);
  // The first one is passive and has all functions, for table.init.
  writer.u32(1);
  writer.u8(0);
  writer.u32(functions);
  for (let i = 0; i < functions; i++) writer.u32(i);
  for (const [place, index] of entries) {
    writer.u32(0);
    writer.u8(OP.i32_const);
    writer.i32(place);
    writer.u8(OP.end);
    writer.u32(1);
    writer.u32(index as number);
  }
}

function writeData(writer: ByteWriter, seed: number): void {
  const bytes = Uint8Array.from({ length: 1024 }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 13) & 0xff);
  writer.u32(2);
  writer.u32(0);
  writer.u8(OP.i32_const);
  writer.i32(65536 - 512);
  writer.u8(OP.end);
  writer.u32(bytes.length);
  writer.bytes(bytes);
  writer.u32(1);
  writer.u32(PASSIVE_BYTES);
  writer.bytes(bytes.subarray(0, PASSIVE_BYTES));
}
