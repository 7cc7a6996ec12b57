// From a valid guest module to the host module that V8 compiles, with the tables that go with it.
//
// Each guest function becomes two host functions: a direct body and a resumable one. They are put side by side into the machine's
// function table, at `code + 2 * n` and `code + 2 * n + 1` for the module's n-th own function, so that a function reference is an
// index there and a frame names the code that goes on with it.
import {
  KIND_TRAP,
  MOST_FRAME_BYTES,
  MOST_UNCHECKED_INSTRUCTIONS,
  MOST_UNCHECKED_TICKS,
  POINT_ACCESS,
  POINT_BYTES,
  POINT_CAUSE,
  POINT_KIND,
  POINT_OPERAND,
  POINT_REMAINDER,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import { ByteWriter, PREAMBLE } from '../wasm/encode.ts';
import { tooLarge } from '../wasm/errors.ts';
import { OP } from '../wasm/opcodes.ts';
import { type FunctionType, I32, I64, type Module, type ValueType } from '../wasm/types.ts';
import { CodeWriter } from './code-writer.ts';
import { analyseFunction, type FunctionContext, type TranslationOptions } from './context.ts';
import { DirectBody } from './direct-body.ts';
import { accessHelperType, directType, HostIndex, IMPORT_MODULE, RESUMABLE_TYPE } from './host-module.ts';
import { serviceType, tallyOf } from './instruction-kinds.ts';
import { emitAccessHelper } from './memory-access.ts';
import { declareService } from './references.ts';
import { ResumableBody } from './resumable-body.ts';
import { declareTally } from './tally.ts';

/** What is kept of a function for messages. */
export interface FunctionInfo {
  readonly frameBytes: number;
  /** Byte offset in the guest's module of the instruction at each of the function's points. */
  readonly offsets: Uint32Array;
}

export interface Translation {
  /** The host module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How much of it is bodies of functions, in bytes. */
  readonly codeBytes: number;
  /** Imported functions and globals, in the order of their indices. */
  readonly functions: readonly { readonly name: string; readonly type: FunctionType }[];
  readonly globals: readonly string[];
  /** Descriptors of all resume points and traps, POINT_BYTES each. */
  readonly points: Uint8Array;
  /** The module's own functions. */
  readonly info: readonly FunctionInfo[];
}

const ACCESS_TYPE: FunctionType = { params: [I32, I32, I64, I64], results: [I64] };
const TRAP_TYPE: FunctionType = { params: [I32, I32, I32, I32, I64], results: [] };

/** Translates a module that has been validated. Throws a WasmError 'unsupported' for a function whose frame is too large. */
export function translate(module: Module, options: TranslationOptions): Translation {
  const host = new HostIndex(module);
  host.importFunction('access', ACCESS_TYPE);
  host.importFunction('trap', TRAP_TYPE);
  for (let i = 0; i < module.importedFunctions; i++) {
    host.importFunction(`f${i}`, directType(module.types[module.functions[i]]));
  }
  if (options.tallies && tallyOf(module) >= 0) declareTally(host);
  const contexts: FunctionContext[] = [];
  let firstPoint = 0;
  for (let i = 0; i < module.code.length; i++) {
    const context = analyseFunction(module, host, options, module.importedFunctions + i, firstPoint);
    checkSizes(context);
    contexts.push(context);
    firstPoint += context.flow.points.length;
    declareServices(context);
  }
  const code = new ByteWriter(module.bytes.length * 8);
  for (const context of contexts) emitBodies(context, code);
  emitAccessHelpers(host, options, code);
  const bytes = assemble(module, host, code);
  return {
    bytes,
    codeBytes: code.length,
    functions: host.imports.functions,
    globals: host.imports.globals,
    points: describePoints(contexts, firstPoint),
    info: contexts.map(({ spills, flow }) => ({
      frameBytes: spills.frameBytes,
      offsets: Uint32Array.from(flow.points, (point) => point.offset),
    })),
  };
}

/** Refuses what frames and the packed clock cannot hold. */
function checkSizes({ module, index, spills, charges }: FunctionContext): void {
  const { start } = module.code[index - module.importedFunctions];
  if (spills.frameBytes > MOST_FRAME_BYTES) {
    throw tooLarge(`bytes in the frame of function ${index}`, spills.frameBytes, MOST_FRAME_BYTES, start);
  }
  if (charges.totalInstructions > MOST_UNCHECKED_INSTRUCTIONS) {
    throw tooLarge(`instructions in function ${index}`, charges.totalInstructions, MOST_UNCHECKED_INSTRUCTIONS, start);
  }
  if (charges.totalTicks > MOST_UNCHECKED_TICKS) {
    const cycles = Math.ceil(charges.totalTicks / TICKS_PER_CYCLE);
    throw tooLarge(`cycles in function ${index}`, cycles, MOST_UNCHECKED_TICKS / TICKS_PER_CYCLE, start);
  }
}

/** Imports come before own functions, so they are all declared before the first body is emitted. */
function declareServices({ flow, module, host }: FunctionContext): void {
  for (let i = 0; i < flow.opcodes.length; i++) {
    if (serviceType(module, flow.opcodes[i], flow.a[i])) declareService(module, host, flow.opcodes[i], flow.a[i]);
  }
}

function emitBodies(context: FunctionContext, code: ByteWriter): void {
  for (const Body of [DirectBody, ResumableBody]) {
    const writer = new CodeWriter();
    const body = new Body(context, writer);
    body.emit();
    code.sized(() => {
      writeLocals(code, body.locals.declared);
      code.append(writer);
    });
  }
}

function emitAccessHelpers(host: HostIndex, options: TranslationOptions, code: ByteWriter): void {
  for (const helper of host.accessHelpers) {
    const writer = new CodeWriter(64);
    emitAccessHelper(writer, host, helper, options);
    writer.op(OP.end);
    code.sized(() => {
      writeLocals(code, [I32, I64]);
      code.append(writer);
    });
  }
}

function writeLocals(code: ByteWriter, types: readonly ValueType[]): void {
  const runs: { type: ValueType; count: number }[] = [];
  for (const type of types) {
    const last = runs.at(-1);
    if (last?.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  code.vector(runs, (run) => {
    code.u32(run.count);
    code.u8(run.type);
  });
}

function assemble(module: Module, host: HostIndex, code: ByteWriter): Uint8Array<ArrayBuffer> {
  const own = module.code.length;
  const resumable = host.type(RESUMABLE_TYPE);
  const helpers = host.accessHelpers.map((helper) => host.type(accessHelperType(helper)));
  const direct = module.functions
    .slice(module.importedFunctions)
    .map((type) => host.type(directType(module.types[type])));
  const codeGlobal = host.global('code');
  const { functions, globals } = host.imports;
  const writer = new ByteWriter(code.length + 4096);
  writer.bytes(PREAMBLE);
  const importTypes = functions.map((item) => host.type(item.type));
  writer.section(1, () => writeTypes(writer, host.types));
  writer.section(2, () => {
    writer.u32(2 + functions.length + globals.length);
    const item = (name: string, kind: number) => {
      writer.name(IMPORT_MODULE);
      writer.name(name);
      writer.u8(kind);
    };
    item('memory', 2);
    writer.bytes([0, 0]);
    item('table', 1);
    writer.bytes([0x70, 0, 0]);
    functions.forEach(({ name }, i) => {
      item(name, 0);
      writer.u32(importTypes[i]);
    });
    for (const name of globals) {
      item(name, 3);
      writer.bytes([I32, 0]);
    }
  });
  writer.section(3, () => {
    writer.u32(2 * own + helpers.length);
    for (const type of direct) {
      writer.u32(type);
      writer.u32(resumable);
    }
    for (const type of helpers) writer.u32(type);
  });
  writer.section(7, () => {
    writer.u32(own);
    for (let i = 0; i < own; i++) {
      writer.name(`f${i + module.importedFunctions}`);
      writer.u8(0);
      writer.u32(functions.length + 2 * i);
    }
  });
  writer.section(9, () => {
    writer.bytes([1, 0, OP.global_get]);
    writer.u32(codeGlobal);
    writer.u8(OP.end);
    writer.u32(2 * own);
    for (let i = 0; i < 2 * own; i++) writer.u32(functions.length + i);
  });
  writer.section(10, () => {
    writer.u32(2 * own + helpers.length);
    writer.append(code);
  });
  return writer.finish();
}

function writeTypes(writer: ByteWriter, types: readonly FunctionType[]): void {
  writer.vector(types, (type) => {
    writer.u8(0x60);
    writer.vector(type.params, (param) => writer.u8(param));
    writer.vector(type.results, (result) => writer.u8(result));
  });
}

function describePoints(contexts: readonly FunctionContext[], count: number): Uint8Array {
  const points = new Uint8Array(count * POINT_BYTES);
  const view = new DataView(points.buffer);
  for (const context of contexts) {
    context.flow.points.forEach((point, i) => {
      const at = (context.firstPoint + i) * POINT_BYTES;
      points[at + POINT_KIND] = point.kind;
      points[at + POINT_ACCESS] = context.accessOf[i];
      points[at + POINT_OPERAND] = context.operandOf[i];
      view.setUint16(at + POINT_CAUSE, point.kind === KIND_TRAP ? point.cause : 0, true);
      view.setInt32(at + POINT_REMAINDER, point.remainder, true);
    });
  }
  return points;
}

/** What the translator finds out about one of a module's own functions, again: for listings. */
export function analyse(module: Module, options: TranslationOptions, index: number): FunctionContext {
  return analyseFunction(module, new HostIndex(module), options, index, 0);
}
