// Intrinsics that are functions of the native helper: parameters go into the callee's frame, the function gets clock and frame, and
// its results are in the frame again. So it can leave like any other code, and resuming it is calling it once more.
import { FRAME_CODE, FRAME_POINT, FRAME_VALUES } from '../state/layout.ts';
import { OP } from '../wasm/opcodes.ts';
import type { FunctionType } from '../wasm/types.ts';
import { directType, RESUMABLE_TYPE } from './host-module.ts';
import { loadOpcode, storeOpcode } from './instruction-emitter.ts';
import { assemble } from './thunk.ts';

/**
 * Exports `direct`; imports `call`, a resumable body, and the globals `code`, its place in the function table, and `number`, which the
 * function finds in FRAME_POINT.
 */
export function nativeModule(type: FunctionType): Uint8Array<ArrayBuffer> {
  const direct = directType(type);
  const clock = type.params.length;
  const frame = clock + 1;
  return assemble(
    [{ name: 'call', type: RESUMABLE_TYPE }],
    ['code', 'number'],
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
          writer.get(frame);
          writer.global(0);
          writer.memory(OP.i32_store, FRAME_CODE);
          writer.get(frame);
          writer.global(1);
          writer.memory(OP.i32_store, FRAME_POINT);
          writer.get(clock);
          writer.get(frame);
          writer.call(0);
          writer.set(clock);
          // When it has left these mean nothing.
          type.results.forEach((result, i) => {
            writer.get(frame);
            writer.memory(loadOpcode(result), FRAME_VALUES + 8 * i);
          });
          writer.get(clock);
        },
      },
    ],
  );
}
