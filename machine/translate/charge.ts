// What instructions cost and when it is charged: once a segment, at its start.
//
// A segment is code that is executed to its end once it is entered: it ends before a loop head, an `else`, the end of a construct
// that is branched to, and after a call or a conditional branch. What a point in the middle of it has been charged too much is
// its remainder, so that the clock is exact there. Locals, constants and structure cost nothing and are not counted: they are
// the operands of a register machine's instructions.
import type { MachineProfile } from '../profile/schema.ts';
import { CLOCK_SHIFT, INSTRUCTIONS_SHIFT, KIND_CALL, TICKS_PER_CYCLE } from '../state/layout.ts';
import { type CostClass, OP, OPCODES } from '../wasm/opcodes.ts';
import type { Flow } from './flow.ts';

/** Cycles of each class of instructions; a load adds the L1's latency, which is included here. */
export type CostModel = Readonly<Record<CostClass, number>>;

/**
 * A scalar in-order core with pipelined units: what an instruction costs is its issue and the part of its latency that code with some
 * independent work does not hide. Integer multiplication, floating point and conversion (3 to 4 cycles of latency, one issued each
 * cycle) cost 2; division is not pipelined; the L1 answers in 2 cycles. Estimates, after the published pipelines of small cores.
 */
export const SCALAR_CORE: CostModel = {
  free: 0,
  simple: 1,
  multiply: 2,
  divide: 12,
  float: 2,
  float_divide: 10,
  convert: 2,
  load: 2,
  store: 1,
  atomic: 20,
  branch: 1,
  call: 2,
  bulk: 4,
};

const costsOfCores = new Map<string, CostModel>();

/** The costs of a profile's cores: instructions by its ratio, loads and atomic operations as it says. One object for equal costs. */
export function coreCosts({ core, l1 }: MachineProfile): CostModel {
  const key = `${core.instructionCostRatio} ${l1.latencyCycles} ${core.atomicCycles}`;
  let costs = costsOfCores.get(key);
  if (!costs) {
    const scaled = Object.entries(SCALAR_CORE).map(([kind, cycles]) => [kind, cycles * core.instructionCostRatio]);
    costs = { ...(Object.fromEntries(scaled) as CostModel), load: l1.latencyCycles, atomic: core.atomicCycles };
    costsOfCores.set(key, costs);
  }
  return costs;
}

const UNCOUNTED: ReadonlySet<number> = new Set<number>([OP.block, OP.loop, OP.else, OP.end, OP.nop]);

/** The addition to the packed clock before each instruction, 0 where no segment starts or where it costs nothing. */
export interface Charges {
  readonly before: bigint[];
  /** Ticks of each instruction, for listings. */
  readonly ticks: Uint16Array;
  /** Ticks and counted instructions of the whole function. */
  readonly totalTicks: number;
  readonly totalInstructions: number;
}

const ticksByOpcode = new WeakMap<CostModel, Int32Array>();

function ticksTable(model: CostModel): Int32Array {
  let table = ticksByOpcode.get(model);
  if (!table) {
    table = new Int32Array(0x10000);
    for (let opcode = 0; opcode < table.length; opcode++) {
      const description = OPCODES[opcode];
      if (description) table[opcode] = Math.round(model[description.cost] * TICKS_PER_CYCLE);
    }
    ticksByOpcode.set(model, table);
  }
  return table;
}

/** Adds up the flow's segments, and sets the remainder of each of its points. */
export function chargeSegments(flow: Flow, model: CostModel): Charges {
  const table = ticksTable(model);
  const count = flow.opcodes.length;
  const before = new Array<bigint>(count).fill(0n);
  const ticks = new Uint16Array(count);
  const pending: { point: number; prefix: number }[] = [];
  let start = 0;
  let total = 0;
  let instructions = 0;
  let accesses = 0;
  let totalTicks = 0;
  let totalInstructions = 0;
  const finish = (next: number) => {
    totalTicks += total;
    totalInstructions += instructions;
    if (total > 0 || instructions > 0) {
      before[start] =
        (BigInt(-total) << BigInt(CLOCK_SHIFT)) +
        (BigInt(instructions) << BigInt(INSTRUCTIONS_SHIFT)) +
        BigInt(accesses);
    }
    for (const { point, prefix } of pending) flow.points[point].remainder = total - prefix;
    pending.length = 0;
    total = 0;
    instructions = 0;
    accesses = 0;
    start = next;
  };
  for (let i = 0; i < count; i++) {
    const opcode = flow.opcodes[i];
    const construct = flow.constructs[i];
    if (opcode === OP.loop && construct?.targeted) finish(i);
    if (opcode === OP.else) finish(i + 1);
    if (opcode === OP.end && (construct?.opcode === OP.if || (construct?.targeted && construct.opcode !== OP.loop)))
      finish(i + 1);
    const point = flow.pointOf[i];
    const isCall = point >= 0 && flow.points[point].kind === KIND_CALL;
    if (point >= 0 && opcode !== OP.loop && !isCall) pending.push({ point, prefix: total });
    for (
      let trap = flow.trapOf[i];
      trap >= 0 && trap < flow.points.length && flow.points[trap].instruction === i;
      trap++
    ) {
      pending.push({ point: trap, prefix: total });
    }
    ticks[i] = table[opcode];
    total += ticks[i];
    if (ticks[i] > 0 && !UNCOUNTED.has(opcode)) instructions++;
    if (OPCODES[opcode]?.access && !isCall) accesses++;
    if (isCall || opcode === OP.br_if || opcode === OP.if) finish(i + 1);
  }
  finish(count);
  return { before, ticks, totalTicks, totalInstructions };
}
