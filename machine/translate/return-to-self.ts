// A function that calls itself and was entered by the dispatcher: when it is done, and its caller is the function itself, it goes on as
// that. So what recursion left at the end of a window unwinds without the dispatcher, whose calls the host predicts badly there.
//
// A resumable body is called by the dispatcher or by the direct body of the same frame. REG_TOP tells which: the dispatcher sets it to
// the frame that it enters, and this code to the one that it goes on with.
import { FRAME_CODE, FRAME_LINK, FRAME_POINT, REG_LIMIT, REG_TOP } from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { Label } from './code-writer.ts';
import type { FunctionContext } from './context.ts';
import type { InstructionEmitter } from './instruction-emitter.ts';
import { emitCode } from './leaving.ts';

export function callsItself({ flow, index }: FunctionContext): boolean {
  return flow.opcodes.some((opcode, i) => opcode === OP.call && flow.a[i] === index);
}

/** Pushes whether the dispatcher has entered the frame. */
export function emitIsEntered({ writer, locals }: InstructionEmitter): void {
  writer.int(0);
  writer.memory(OP.i32_load, REG_TOP);
  writer.get(locals.frame);
  writer.op(OP.i32_eq);
}

/** Says that the dispatcher has entered the frame that `push` pushes. */
export function emitEntered({ writer }: InstructionEmitter, push: () => void): void {
  writer.int(0);
  push();
  writer.memory(OP.i32_store, REG_TOP);
}

/** Behind the stores of the results of a frame that the dispatcher has entered; falls through where the caller is another function. */
export function emitReturnToSelf(emitter: InstructionEmitter, dispatch: Label): void {
  const { writer, locals } = emitter;
  writer.get(locals.frame);
  writer.memory(OP.i32_load, FRAME_LINK);
  writer.tee(locals.entry);
  writer.open(OP.if);
  writer.get(locals.frame);
  writer.get(locals.entry);
  writer.op(OP.i32_sub);
  writer.tee(locals.host);
  writer.memory(OP.i32_load, FRAME_CODE);
  emitCode(emitter);
  writer.op(OP.i32_eq);
  writer.open(OP.if);
  // What may nest from here on is what could from the callee's frame.
  writer.int(0);
  writer.int(0);
  writer.memory(OP.i32_load, REG_LIMIT);
  writer.get(locals.entry);
  writer.op(OP.i32_sub);
  writer.memory(OP.i32_store, REG_LIMIT);
  writer.get(locals.host);
  writer.set(locals.frame);
  emitEntered(emitter, () => writer.get(locals.frame));
  writer.get(locals.frame);
  writer.memory(OP.i32_load, FRAME_POINT);
  writer.set(locals.resume);
  writer.branch(dispatch);
  writer.close();
  writer.close();
}
