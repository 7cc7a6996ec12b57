// `machine.tally` in generated code: nothing where nobody counts, else a call of the host's that can neither leave nor take time.
import { REG_CORE } from '../state/layout.ts';
import { CORE_EFFECTS } from '../state/parking-layout.ts';
import { OP } from '../wasm/opcodes.ts';
import { type FunctionType, I32 } from '../wasm/types.ts';
import type { HostIndex } from './host-module.ts';
import type { InstructionEmitter } from './instruction-emitter.ts';

const TYPE: FunctionType = { params: [I32, I32], results: [] };

/** To be called before bodies are emitted, where tallies are counted. */
export function declareTally(host: HostIndex): void {
  host.importFunction('tally', TYPE);
}

/** Takes object and event from the operand stack. */
export function emitTally({ context, stack, writer }: InstructionEmitter): void {
  if (!context.options.tallies) {
    stack.drop();
    stack.drop();
    return;
  }
  stack.load(2);
  writer.call(context.host.imported('tally'));
  stack.pop(2);
  // Who polls and tallies in every round is not parked, so that every round is counted: see machine/native/polling.ts.
  writer.int(0);
  writer.memory(OP.i32_load, REG_CORE);
  writer.int(1);
  writer.memory(OP.i32_store, CORE_EFFECTS);
}
