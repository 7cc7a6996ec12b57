// Reads the calls in progress from a context's frames.
import { FRAME_CODE, FRAME_LINK, FRAME_POINT } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { FunctionTable } from './function-table.ts';
import type { TrapFrame } from './trap.ts';

/** More calls than anybody reads; the ones in the middle are left out. */
const MOST_FRAMES = 64;

/** The guest's calls, innermost first, of which `top` is the frame; built-in functions are left out. */
export function backtrace(memory: MachineMemory, functions: FunctionTable, top: number): TrapFrame[] {
  const frames: TrapFrame[] = [];
  let address = top;
  for (;;) {
    const code = memory.load32(address + FRAME_CODE);
    const instance = functions.instanceOf(code);
    if (instance && frames.length < MOST_FRAMES) {
      const { image } = instance;
      const index = image.module.importedFunctions + ((code - instance.code) >> 1);
      const point = memory.load32(address + FRAME_POINT);
      frames.push({
        image,
        function: index,
        name: image.functionName(index),
        offset: image.functionInfo(index).offsets[point],
      });
    }
    const link = memory.load32(address + FRAME_LINK);
    if (link === 0) return frames;
    address -= link;
  }
}
