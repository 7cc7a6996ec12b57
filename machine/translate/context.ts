// Everything the two emitters of one guest function need to know, worked out once.
import { ACCESS_ANY, ACCESS_ATOMIC, ACCESS_KERNEL, ACCESS_WRITE, KIND_ACCESS } from '../state/layout.ts';
import { OPCODES } from '../wasm/opcodes.ts';
import type { FunctionBody, FunctionType, Module } from '../wasm/types.ts';
import { type Charges, type CostModel, chargeSegments } from './charge.ts';
import { type Flow, readFlow } from './flow.ts';
import type { HostIndex } from './host-module.ts';
import { OPERAND_TYPES } from './instruction-kinds.ts';
import { solveLiveness } from './liveness.ts';
import { localsOfArithmetic } from './nan.ts';
import { chooseSpillSets, type SpillSets } from './spill-sets.ts';

/** Kernel code may use the privileged intrinsics and pages without the user bit. */
export type Privilege = 'kernel' | 'user';

/** How a module is translated; together with its bytes this determines the host module. */
export interface TranslationOptions {
  /** 'fast' reaches memory through the access filters, 'checked' sends every access through the slow path. */
  readonly mode: 'fast' | 'checked';
  readonly lineBytes: number;
  readonly costs: CostModel;
  /** Privileged code reaches pages that user code must not, through filters of its own. */
  readonly privilege: Privilege;
  /** Globals and tables are in the block of whatever link runs, at distances that are given; otherwise at addresses that are. */
  readonly linked: boolean;
  /** Whether somebody counts tallies: without, they are left out. Moves no cycle and no resume point. */
  readonly tallies: boolean;
}

export interface FunctionContext {
  readonly module: Module;
  readonly host: HostIndex;
  readonly options: TranslationOptions;
  readonly index: number;
  readonly type: FunctionType;
  readonly flow: Flow;
  readonly charges: Charges;
  readonly spills: SpillSets;
  /** Number of the function's first point in the image's table of points. */
  readonly firstPoint: number;
  /** Operand code (OPERAND_TYPES index plus one) of each point. */
  readonly operandOf: Uint8Array;
  /** 1 for each local that may hold a NaN with the host's bits. */
  readonly localsOfArithmetic: Uint8Array;
  /** ACCESS_* bits of each point. */
  readonly accessOf: Uint8Array;
}

function describeAccess(flow: Flow, point: number, privilege: 'user' | 'kernel'): { operand: number; bits: number } {
  const { kind, instruction } = flow.points[point];
  const access = kind === KIND_ACCESS ? OPCODES[flow.opcodes[instruction]]?.access : undefined;
  if (!access) return { operand: 0, bits: 0 };
  const bits =
    Math.log2(access.sizeBytes) |
    ACCESS_ANY |
    (privilege === 'kernel' ? ACCESS_KERNEL : 0) |
    (access.kind === 'load' ? 0 : ACCESS_WRITE) |
    (access.atomic ? ACCESS_ATOMIC : 0);
  return { operand: access.kind === 'load' ? 0 : OPERAND_TYPES.indexOf(access.type) + 1, bits };
}

/** Analyses one of a module's own functions. `firstPoint` numbers its points in the image. */
export function analyseFunction(
  module: Module,
  host: HostIndex,
  options: TranslationOptions,
  index: number,
  firstPoint: number,
): FunctionContext {
  const type = module.types[module.functions[index]];
  const body: FunctionBody = module.code[index - module.importedFunctions];
  const flow = readFlow(module, type, body);
  const charges = chargeSegments(flow, options.costs);
  solveLiveness(flow);
  const spills = chooseSpillSets(flow);
  const operandOf = new Uint8Array(flow.points.length);
  const accessOf = new Uint8Array(flow.points.length);
  for (let point = 0; point < flow.points.length; point++) {
    const { operand, bits } = describeAccess(flow, point, options.privilege);
    operandOf[point] = operand;
    accessOf[point] = bits;
  }
  return {
    module,
    host,
    options,
    index,
    type,
    flow,
    charges,
    spills,
    firstPoint,
    operandOf,
    accessOf,
    localsOfArithmetic: localsOfArithmetic(flow),
  };
}
