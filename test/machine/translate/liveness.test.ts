// What lives across the resume points of random functions, against a search along all paths; and the spill sets that cover it.
import { describe, expect, it } from 'vitest';
import { KIND_TRAP } from '../../../machine/state/layout.ts';
import { type Flow, readFlow } from '../../../machine/translate/flow.ts';
import { solveLiveness } from '../../../machine/translate/liveness.ts';
import { chooseSpillSets } from '../../../machine/translate/spill-sets.ts';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import type { FunctionBody, FunctionType } from '../../../machine/wasm/types.ts';
import { Choices } from '../../fuzz/choices.ts';
import { generateProgram } from '../../fuzz/program.ts';
import { Random } from '../../fuzz/random.ts';
import { liveLocals } from './liveness-oracle.ts';

const SEED = 77;
const PROGRAMS = 150;
/** The oracle takes time with the square of the function's length. */
const MOST_INSTRUCTIONS = 1500;

function flowsOf(number: number): Flow[] {
  const module = decodeModule(generateProgram(new Choices(new Random(SEED, number))));
  return module.code.map((body: FunctionBody, i) => {
    const type = module.types[module.functions[module.importedFunctions + i] as number] as FunctionType;
    const flow = readFlow(module, type, body);
    solveLiveness(flow);
    return flow;
  });
}

const flows = Array.from({ length: PROGRAMS }, (_, number) => flowsOf(number).map((flow) => ({ flow, number }))).flat();

describe(`the functions of ${PROGRAMS} random programs, seed ${SEED}`, () => {
  it('keep exactly the locals that some path reads before it writes them', () => {
    let points = 0;
    for (const { flow, number } of flows) {
      if (flow.opcodes.length > MOST_INSTRUCTIONS) continue;
      const expected = liveLocals(flow);
      for (let index = 1; index < flow.resumePoints; index++) {
        const point = flow.points[index] as Flow['points'][number];
        const found = point.live.toArray().filter((variable) => variable < flow.variables.localCount);
        expect(found, `program ${number}, point ${index} at ${point.offset}`).toEqual(expected[index]);
        points++;
      }
    }
    expect(points).toBeGreaterThan(1000);
  });

  it('keep the operands below an instruction across its point', () => {
    for (const { flow } of flows) {
      for (const { kind, live, slots } of flow.points) {
        if (kind !== KIND_TRAP) expect(slots.every((slot) => live.has(slot))).toBe(true);
      }
    }
  });

  it('have spill sets that cover every point, in frames with a place for each variable', () => {
    for (const { flow, number } of flows) {
      const { sets, setOf, offsets, frameBytes } = chooseSpillSets(flow);
      expect(sets.length).toBeLessThanOrEqual(6);
      for (let index = 1; index < flow.resumePoints; index++) {
        const set = new Set(sets[setOf[index] as number]);
        const missing = flow.points[index]?.live.toArray().filter((variable) => !set.has(variable));
        expect(missing, `program ${number}, point ${index}`).toEqual([]);
      }
      const places = [...offsets.values()];
      expect(new Set(places).size).toBe(places.length);
      expect(places.every((place) => place % 8 === 0 && place + 8 <= frameBytes)).toBe(true);
      expect(sets.flat().every((variable) => offsets.has(variable))).toBe(true);
      expect(frameBytes % 16).toBe(0);
    }
  });
});
