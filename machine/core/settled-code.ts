// Code whose doings depend on memory, frames and clock alone: it uses no mutable globals that may still change, and calls nothing that is not known. Of a
// core that polls in such code it is known from memory and frames alone that it does nothing else.
//
// A whole function is settled, or only a loop of it that is in no other loop. Code that goes on in such a loop stays in it, or returns from the function.
import { REG_FRAMES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { FRAME_EXAMINED, FRAME_SETTLED } from '../state/parking-layout.ts';
import type { CodeUses, FunctionFacts } from '../translate/code-facts.ts';
import type { FunctionTable } from './function-table.ts';
import type { Instance } from './instance.ts';

export class SettledCode {
  readonly #memory: MachineMemory;
  readonly #functions: FunctionTable;
  /** By place of the function and offset of the loop. */
  readonly #loops = new Map<string, boolean>();

  constructor(memory: MachineMemory, functions: FunctionTable) {
    this.#memory = memory;
    this.#functions = functions;
  }

  /**
   * Whether what goes on at a point of the code at a place of the function table is settled, as long as the function does not return. Notes in the table
   * of frames whether the whole function is.
   */
  examine(code: number, point: number): boolean {
    const instance = this.#functions.instanceOf(code);
    const at = this.#memory.load32(REG_FRAMES) + 4 * code;
    if (!instance) {
      this.#memory.store32(at, this.#memory.load32(at) | FRAME_EXAMINED);
      return false;
    }
    const { image } = instance;
    const index = image.module.importedFunctions + ((code - instance.code) >> 1);
    const facts = image.facts.functionFacts(index) as FunctionFacts;
    const known = this.#memory.load32(at);
    const whole = (known & FRAME_EXAMINED) !== 0 ? (known & FRAME_SETTLED) !== 0 : this.#isSettled(instance, facts);
    this.#memory.store32(at, known | FRAME_EXAMINED | (whole ? FRAME_SETTLED : 0));
    // What calls itself may go on as its caller: see return-to-self.ts.
    if (whole || facts.callees.has(index)) return whole;
    const offset = image.functionInfo(index).offsets[point];
    const loop = facts.loops.find(({ start, end }) => start <= offset && offset < end);
    if (!loop) return false;
    const key = `${code} ${loop.start}`;
    let settled = this.#loops.get(key);
    if (settled === undefined) {
      settled = this.#isSettled(instance, loop);
      this.#loops.set(key, settled);
    }
    return settled;
  }

  /** Built-in functions need not be looked at: those that do anything say so when they are called. */
  #isSettled(instance: Instance, code: CodeUses): boolean {
    const seen = new Set<string>();
    const open: [Instance, CodeUses][] = [[instance, code]];
    for (const [caller, uses] of open) {
      if (uses.indirect || uses.writes.size > 0) return false;
      // In links a start function is the kernel's to run, whenever it likes.
      const { linked } = caller.image;
      for (const global of uses.reads) if (linked || !caller.image.facts.settled.has(global)) return false;
      for (const callee of uses.callees) {
        const target = caller.functions[callee];
        const name = `${target.instance?.code} ${target.index}`;
        if (target.instance === undefined || seen.has(name)) continue;
        seen.add(name);
        const { image } = target.instance;
        open.push([target.instance, image.facts.functionFacts(target.index) as FunctionFacts]);
      }
    }
    return true;
  }
}
