// How a body leaves: what lives goes into the frame, the frame's head says where to go on. Shared by both bodies of a function.
//
// The `point` local tells why: a point alone is a yield (of a loop head, a function entry or the slow path), `missed(point)` an access
// that the filters did not know, `goesOn(point)` the end of a direct body that has no loops, `calleeLeft(point)` a callee that has left.
import {
  CLOCK_SHIFT,
  FRAME_ADDRESS,
  FRAME_CODE,
  FRAME_LINK,
  FRAME_OPERAND,
  FRAME_POINT,
  KIND_CALL,
  LEFT,
  POINT_BYTES,
  POINT_OPERAND,
  POINT_REMAINDER,
  REG_CLOCK,
  REG_HOST_ADDRESS,
  REG_OPERAND,
  REG_TOP,
} from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { ValueType } from '../wasm/types.ts';
import { type InstructionEmitter, storeOpcode } from './instruction-emitter.ts';
import { OPERAND_TYPES } from './instruction-kinds.ts';

/** Stores the variables of a spill set in the frame. */
export function emitSpills(emitter: InstructionEmitter, variables: readonly number[]): void {
  const { writer, locals, context } = emitter;
  for (const variable of variables) {
    writer.get(locals.frame);
    writer.get(locals.of(variable));
    writer.memory(storeOpcode(context.flow.variables.types[variable]), context.spills.offsets.get(variable) as number);
  }
}

/** Pushes the address of a point's descriptor; `push` pushes the point. */
export function emitDescriptor(emitter: InstructionEmitter, push: () => void): void {
  const { writer, context } = emitter;
  push();
  writer.int(POINT_BYTES);
  writer.op(OP.i32_mul);
  writer.global(context.host.global('points'));
  writer.op(OP.i32_add);
  writer.int(context.firstPoint * POINT_BYTES);
  writer.op(OP.i32_add);
}

/** Pushes, as clock, what the block was charged from the point of the descriptor in `entry` on. */
export function emitRemainder(emitter: InstructionEmitter): void {
  const { writer, locals } = emitter;
  writer.get(locals.entry);
  writer.memory(OP.i64_load32_u, POINT_REMAINDER);
  writer.long(BigInt(CLOCK_SHIFT));
  writer.op(OP.i64_shl);
}

/** Pushes the index of the resumable body in the host's function table. */
export function emitCode(emitter: InstructionEmitter): void {
  const { writer, context } = emitter;
  writer.global(context.host.global('code'));
  writer.int(2 * (context.index - context.module.importedFunctions) + 1);
  writer.op(OP.i32_add);
}

/**
 * Leaves, after the spills. A function that leaves by itself says where the context's frames end and what time it is; one whose
 * callee left links the callee's frame to its own. Falls through where an access missed.
 */
export function emitLeave(emitter: InstructionEmitter, results: readonly ValueType[]): void {
  const { writer, locals, context } = emitter;
  const { points } = context.flow;
  const store = (offset: number, push: () => void) => {
    writer.get(locals.frame);
    push();
    writer.memory(OP.i32_store, offset);
  };
  const register = (opcode: number, address: number, local: number) => {
    writer.int(0);
    writer.get(local);
    writer.memory(opcode, address);
  };
  store(FRAME_CODE, () => emitCode(emitter));
  writer.get(locals.point);
  writer.int(points.length);
  writer.op(OP.i32_lt_u);
  writer.open(OP.if);
  store(FRAME_POINT, () => writer.get(locals.point));
  register(OP.i32_store, REG_TOP, locals.frame);
  register(OP.i64_store, REG_CLOCK, locals.clock);
  emitter.emitLeft(results);
  writer.op(OP.return);
  writer.close();
  if (points.every((point) => point.kind !== KIND_CALL)) return;
  writer.get(locals.point);
  writer.int(emitter.calleeLeft(0));
  writer.op(OP.i32_ge_u);
  writer.open(OP.if);
  store(FRAME_POINT, () => {
    writer.get(locals.point);
    writer.int(emitter.calleeLeft(0));
    writer.op(OP.i32_sub);
  });
  store(context.spills.frameBytes + FRAME_LINK, () => writer.int(context.spills.frameBytes));
  emitter.emitLeft(results);
  writer.op(OP.return);
  writer.close();
}

/** Leaves with the trap in the `point` local. */
export function emitTrap(emitter: InstructionEmitter): void {
  const { writer, locals, context } = emitter;
  emitDescriptor(emitter, () => writer.get(locals.point));
  writer.get(locals.frame);
  emitCode(emitter);
  writer.get(locals.point);
  writer.get(locals.clock);
  writer.call(context.host.imported('trap'));
}

/** Saves an access's address in the frame. */
export function emitSaveAddress(emitter: InstructionEmitter): void {
  const { writer, locals } = emitter;
  writer.get(locals.frame);
  writer.get(locals.address);
  writer.memory(OP.i64_store, FRAME_ADDRESS);
}

/** Saves an access's operand in the frame, if it has one; the descriptor is in `entry`. */
export function emitSaveOperand(emitter: InstructionEmitter): void {
  const { writer, locals, context } = emitter;
  const codes = [...new Set(context.operandOf)].filter((code) => code > 0);
  for (const code of codes) {
    const type = OPERAND_TYPES[code - 1];
    if (codes.length > 1) {
      writer.get(locals.entry);
      writer.memory(OP.i32_load8_u, POINT_OPERAND);
      writer.int(code);
      writer.op(OP.i32_eq);
      writer.open(OP.if);
    }
    writer.get(locals.frame);
    writer.get(locals.operands[code - 1]);
    writer.memory(storeOpcode(type), FRAME_OPERAND);
    if (codes.length > 1) writer.close();
  }
}

/**
 * Calls the slow path for an access whose address and operand are in their locals; the host address is in its local behind it.
 * Leaves, by the point's tail, when the slow path does: that has told the machine the time.
 */
export function emitSlowCall(emitter: InstructionEmitter, point: number): void {
  const { writer, locals, context } = emitter;
  const operand = context.operandOf[point];
  if (operand > 0) {
    writer.int(0);
    writer.get(locals.operands[operand - 1]);
    writer.memory(storeOpcode(OPERAND_TYPES[operand - 1]), REG_OPERAND);
  }
  writer.global(context.host.global('points'));
  writer.int((context.firstPoint + point) * POINT_BYTES);
  writer.op(OP.i32_add);
  writer.get(locals.core);
  writer.get(locals.address);
  writer.get(locals.clock);
  writer.call(context.host.imported('access'));
  writer.tee(locals.clock);
  writer.long(BigInt(LEFT));
  writer.op(OP.i64_eq);
  emitter.setPoint(emitter.missed(point));
  writer.branchIf(emitter.tail(point));
  writer.int(0);
  writer.memory(OP.i32_load, REG_HOST_ADDRESS);
  writer.set(locals.host);
}
