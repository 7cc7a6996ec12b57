// Small host modules, one a signature, that give the calling convention of direct bodies to what is not a translated function:
//
//   builtin   calls JavaScript with the address of the callee's frame, in which parameters and results are
//   gate      calls a guest function that lives in another address space
//   inline    a few intrinsics that are only a load or two
import {
  CLOCK_SHIFT,
  CODE_BUILTIN,
  CORE_ID,
  CORE_SPACE,
  FRAME_CODE,
  FRAME_LINK,
  FRAME_POINT,
  FRAME_VALUES,
  LEFT,
  REG_CLOCK,
  REG_CORE,
  REG_CORE_COUNT,
  REG_PAUSE_CLOCK,
  REG_TICK_LENGTH,
  REG_TIME_END,
  REG_TOP,
  TICKS_PER_CYCLE,
} from '../state/layout.ts';
import { CORE_EFFECTS, CORE_PAUSES, REG_BEGUN } from '../state/parking-layout.ts';
import { PREAMBLE } from '../wasm/encode.ts';
import { OP } from '../wasm/opcodes.ts';
import { type FunctionType, I32, I64, type ValueType } from '../wasm/types.ts';
import { CodeWriter } from './code-writer.ts';
import { directType, IMPORT_MODULE, RESUMABLE_TYPE } from './host-module.ts';
import { loadOpcode, storeOpcode } from './instruction-emitter.ts';
import { emitZero } from './operand-stack.ts';

interface ImportedFunction {
  readonly name: string;
  readonly type: FunctionType;
}

interface OwnFunction {
  readonly name: string;
  readonly type: FunctionType;
  readonly locals: readonly ValueType[];
  readonly emit: (writer: CodeWriter) => void;
}

/** Assembles a module that imports memory, functions and i32 globals, and exports all its own functions. */
export function assemble(
  imports: readonly ImportedFunction[],
  globals: readonly string[],
  functions: readonly OwnFunction[],
): Uint8Array<ArrayBuffer> {
  const writer = new CodeWriter();
  writer.bytes(PREAMBLE);
  const all = [...imports, ...functions];
  writer.section(1, () =>
    writer.vector(all, ({ type }) => {
      writer.u8(0x60);
      writer.vector(type.params, (param) => writer.u8(param));
      writer.vector(type.results, (result) => writer.u8(result));
    }),
  );
  writer.section(2, () => {
    writer.u32(1 + imports.length + globals.length);
    const item = (name: string, ...description: number[]) => {
      writer.name(IMPORT_MODULE);
      writer.name(name);
      writer.bytes(description);
    };
    item('memory', 2, 0, 0);
    imports.forEach(({ name }, i) => item(name, 0, i));
    for (const name of globals) item(name, 3, I32, 0);
  });
  writer.section(3, () => writer.vector(functions, (_, i) => writer.u32(imports.length + i)));
  writer.section(7, () =>
    writer.vector(functions, ({ name }, i) => {
      writer.name(name);
      writer.u8(0);
      writer.u32(imports.length + i);
    }),
  );
  writer.section(10, () =>
    writer.vector(functions, ({ locals, emit }) =>
      writer.sized(() => {
        writer.vector(locals, (type) => writer.bytes([1, type]));
        emit(writer);
        writer.op(OP.end);
      }),
    ),
  );
  return writer.finish();
}

function emitLeft(writer: CodeWriter, results: readonly ValueType[]): void {
  for (const type of results) emitZero(writer, type);
  writer.long(BigInt(LEFT));
}

/** The running core does what cannot be known from memory and frames: see machine/native/polling.ts. */
function emitEffect(writer: CodeWriter): void {
  writer.int(0);
  writer.memory(OP.i32_load, REG_CORE);
  writer.int(1);
  writer.memory(OP.i32_store, CORE_EFFECTS);
}

/** Stores the host local `clock` in a register. */
function emitClock(writer: CodeWriter, clock: number, register: number): void {
  writer.int(0);
  writer.get(clock);
  writer.memory(OP.i64_store, register);
}

/** Leaves until the next window: the function with the name `number` goes on with the frame. */
function emitDefer(writer: CodeWriter, clock: number, frame: number): void {
  writer.get(frame);
  writer.int(CODE_BUILTIN);
  writer.memory(OP.i32_store, FRAME_CODE);
  writer.get(frame);
  writer.global(0);
  writer.memory(OP.i32_store, FRAME_POINT);
  writer.int(0);
  writer.get(frame);
  writer.memory(OP.i32_store, REG_TOP);
  emitClock(writer, clock, REG_CLOCK);
}

/**
 * Exports `direct`; imports `call`: (frame) -> 0 when it is done, else it has left; and the global `number`, its name among the resumptions. What others
 * may see of it belongs to a window, so that it is not called by a core whose window is over.
 */
export function builtinModule(type: FunctionType): Uint8Array<ArrayBuffer> {
  const direct = directType(type);
  const clock = type.params.length;
  const frame = clock + 1;
  return assemble(
    [{ name: 'call', type: { params: [I32], results: [I32] } }],
    ['number'],
    [
      {
        name: 'direct',
        type: direct,
        locals: [],
        emit: (writer) => {
          type.params.forEach((param, i) => {
            writer.get(frame);
            writer.get(i);
            writer.memory(storeOpcode(param), FRAME_VALUES + 8 * i);
          });
          writer.get(clock);
          writer.long(0n);
          writer.op(OP.i64_lt_s);
          writer.open(OP.if);
          emitDefer(writer, clock, frame);
          emitLeft(writer, direct.results.slice(0, -1));
          writer.op(OP.return);
          writer.close();
          emitEffect(writer);
          emitClock(writer, clock, REG_BEGUN);
          emitClock(writer, clock, REG_CLOCK);
          writer.get(frame);
          writer.call(0);
          writer.open(OP.if);
          emitLeft(writer, direct.results.slice(0, -1));
          writer.op(OP.return);
          writer.close();
          type.results.forEach((result, i) => {
            writer.get(frame);
            writer.memory(loadOpcode(result), FRAME_VALUES + 8 * i);
          });
          writer.int(0);
          writer.memory(OP.i64_load, REG_CLOCK);
        },
      },
    ],
  );
}

/** Size of a gate's own frame. */
export function gateFrameBytes(type: FunctionType): number {
  return (FRAME_VALUES + 8 * Math.max(type.params.length, type.results.length) + 15) & ~15;
}

/** Exports `direct` and `resume`; imports `target` (a direct body), `switchSpace`, and the globals `space` and `code` (of `resume`). */
export function gateModule(type: FunctionType): Uint8Array<ArrayBuffer> {
  const direct = directType(type);
  const results = direct.results.slice(0, -1);
  const clock = type.params.length;
  const frame = clock + 1;
  const core = clock + 2;
  const saved = clock + 3;
  const firstResult = clock + 4;
  const frameBytes = gateFrameBytes(type);
  const emitCall = (writer: CodeWriter, offset: number) => {
    type.params.forEach((_, i) => {
      writer.get(i);
    });
    writer.get(clock);
    writer.get(frame);
    writer.int(offset);
    writer.op(OP.i32_add);
    writer.call(0);
  };
  return assemble(
    [
      { name: 'target', type: direct },
      { name: 'switchSpace', type: { params: [I32], results: [] } },
    ],
    ['space', 'code'],
    [
      {
        name: 'direct',
        type: direct,
        locals: [I32, I32, ...results],
        emit: (writer) => {
          writer.int(0);
          writer.memory(OP.i32_load, REG_CORE);
          writer.tee(core);
          writer.memory(OP.i32_load, CORE_SPACE);
          writer.tee(saved);
          writer.global(0);
          writer.op(OP.i32_eq);
          writer.open(OP.if);
          emitCall(writer, 0);
          writer.op(OP.return);
          writer.close();
          writer.global(0);
          writer.call(1);
          emitCall(writer, frameBytes);
          writer.set(clock);
          for (let i = results.length - 1; i >= 0; i--) writer.set(firstResult + i);
          writer.get(clock);
          writer.long(BigInt(LEFT));
          writer.op(OP.i64_eq);
          writer.open(OP.if);
          writer.get(frame);
          writer.global(1);
          writer.memory(OP.i32_store, FRAME_CODE);
          writer.get(frame);
          writer.get(saved);
          writer.memory(OP.i32_store, FRAME_POINT);
          writer.get(frame);
          writer.int(frameBytes);
          writer.memory(OP.i32_store, frameBytes + FRAME_LINK);
          emitLeft(writer, results);
          writer.op(OP.return);
          writer.close();
          writer.get(saved);
          writer.call(1);
          results.forEach((_, i) => {
            writer.get(firstResult + i);
          });
          writer.get(clock);
        },
      },
      {
        name: 'resume',
        type: RESUMABLE_TYPE,
        locals: [],
        emit: (writer) => {
          results.forEach((_, i) => {
            writer.get(1);
            writer.get(1);
            writer.memory(OP.i64_load, frameBytes + FRAME_VALUES + 8 * i);
            writer.memory(OP.i64_store, FRAME_VALUES + 8 * i);
          });
          writer.get(1);
          writer.memory(OP.i32_load, FRAME_POINT);
          writer.call(1);
          writer.get(0);
        },
      },
    ],
  );
}

type Inline = readonly [readonly ValueType[], (writer: CodeWriter) => void];

/** Intrinsics without parameters that need no JavaScript: [results, body]; host local 0 is the clock. */
const INLINE: ReadonlyMap<string, Inline> = new Map<string, Inline>([
  [
    'cycles',
    [
      [I64],
      (writer) => {
        emitEffect(writer);
        writer.int(0);
        writer.memory(OP.i64_load, REG_TIME_END);
        writer.get(0);
        writer.long(BigInt(CLOCK_SHIFT));
        writer.op(OP.i64_shr_s);
        writer.int(0);
        writer.memory(OP.i64_load, REG_TICK_LENGTH);
        writer.op(OP.i64_mul);
        writer.long(16n);
        writer.op(OP.i64_shr_s);
        writer.op(OP.i64_sub);
        writer.long(BigInt(Math.log2(TICKS_PER_CYCLE)));
        writer.op(OP.i64_shr_u);
      },
    ],
  ],
  [
    'core_id',
    [
      [I32],
      (writer) => {
        writer.int(0);
        writer.memory(OP.i32_load, REG_CORE);
        writer.memory(OP.i32_load, CORE_ID);
      },
    ],
  ],
  [
    'core_count',
    [
      [I32],
      (writer) => {
        writer.int(0);
        writer.memory(OP.i32_load, REG_CORE_COUNT);
      },
    ],
  ],
]);

/** Whether an intrinsic is a few host instructions. */
export function isInline(name: string): boolean {
  return name === 'pause' || INLINE.has(name);
}

/** A module that exports the intrinsic as `direct`; that of `pause` imports `look`, the native helper's `pauseInSight`. */
export function inlineModule(name: string): Uint8Array<ArrayBuffer> {
  if (name === 'pause') return pauseModule();
  const [results, emit] = INLINE.get(name) as Inline;
  return assemble(
    [],
    [],
    [
      {
        name: 'direct',
        type: directType({ params: [], results: [...results] }),
        locals: [],
        emit: (writer) => {
          emit(writer);
          writer.get(0);
        },
      },
    ],
  );
}

/** `pause`, as `direct`: takes its time, and lets now and then be looked at who calls it. Imports `look`, the native helper's. */
function pauseModule(): Uint8Array<ArrayBuffer> {
  const [clock, frame, core, pauses] = [0, 1, 2, 3];
  const type = directType({ params: [], results: [] });
  return assemble(
    [{ name: 'look', type }],
    [],
    [
      {
        name: 'direct',
        type,
        locals: [I32, I32],
        emit: (writer) => {
          writer.get(clock);
          writer.int(0);
          writer.memory(OP.i64_load, REG_PAUSE_CLOCK);
          writer.op(OP.i64_sub);
          writer.set(clock);
          writer.int(0);
          writer.memory(OP.i32_load, REG_CORE);
          writer.tee(core);
          writer.get(core);
          writer.memory(OP.i32_load, CORE_PAUSES);
          writer.int(1);
          writer.op(OP.i32_sub);
          writer.tee(pauses);
          writer.memory(OP.i32_store, CORE_PAUSES);
          writer.get(pauses);
          writer.op(OP.i32_eqz);
          writer.open(OP.if);
          writer.get(clock);
          writer.get(frame);
          writer.call(0);
          writer.op(OP.return);
          writer.close();
          writer.get(clock);
        },
      },
    ],
  );
}
