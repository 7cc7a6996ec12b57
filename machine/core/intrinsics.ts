// The import module `machine`: what guest code asks of its machine. `log`, `mark`, `report`, `save`, `label`, `tally` and `exit` are instruments:
// they take no cycles beyond their call, `tally` not even that, and change nothing. Also `env.abort`, by which AssemblyScript ends a program.

import { CAUSE_ABORT, LEAVE_STOP } from '../state/layout.ts';
import { F64, type FunctionType, I32, I64, type ValueType } from '../wasm/types.ts';
import type { CallSite, FunctionRef, GuestMemory } from './external.ts';
import { type FunctionTable, LeaveRequest } from './function-table.ts';
import { bytesAt, scriptText, textAt } from './guest-text.ts';
import { type TrapFrame, TrapRequest } from './trap.ts';

/** What the instruments tell. Cycles are the core's own. */
export interface Instruments {
  log(core: number, cycle: number, text: string): void;
  mark(core: number, cycle: number, name: string, value: bigint): void;
  report(core: number, cycle: number, name: string, value: number): void;
  save(core: number, cycle: number, name: string, bytes: Uint8Array): void;
  /** What lies at a physical address is called so. */
  label(core: number, cycle: number, physical: number, bytes: number, name: string): void;
  /** Something happened to the object at a virtual address. Without a time: it takes none, and is no place where the clock is exact. */
  tally(core: number, object: number, event: number, space: GuestMemory | undefined): void;
  /** To a stream of the console. */
  write(core: number, cycle: number, stream: number, bytes: Uint8Array): void;
  /** A context's calls in progress, innermost first. */
  calls(core: number, cycle: number, context: number, frames: readonly TrapFrame[]): void;
  exit(core: number, cycle: number, code: number): void;
}

const INLINE: readonly (readonly [string, readonly ValueType[]])[] = [
  ['cycles', [I64]],
  ['core_id', [I32]],
  ['core_count', [I32]],
  ['pause', []],
];

function signature(params: ValueType[]): FunctionType {
  return { params, results: [] };
}

/** The modules `machine` and `env` as a guest imports them. */
export function intrinsics(
  functions: FunctionTable,
  instruments: Instruments,
): Record<'machine' | 'env', Record<string, FunctionRef>> {
  const machine: Record<string, FunctionRef> = {};
  for (const [name, results] of INLINE) machine[name] = functions.inline({ params: [], results: [...results] }, name);
  const define = (name: string, params: ValueType[], call: (args: bigint[], site: CallSite) => void) => {
    machine[name] = functions.host(
      {
        type: signature(params),
        call: (args, site) => {
          call(args, site);
          return [];
        },
      },
      `machine.${name}`,
    );
  };
  define('log', [I32, I32], ([address, length], { core, cycle, space }) => {
    instruments.log(core, cycle, textAt(space, address, length));
  });
  define('mark', [I32, I32, I64], ([address, length, value], { core, cycle, space }) => {
    instruments.mark(core, cycle, textAt(space, address, length), BigInt.asIntN(64, value));
  });
  define('report', [I32, I32, F64], ([address, length, bits], { core, cycle, space }) => {
    const value = new Float64Array(BigUint64Array.of(bits).buffer)[0];
    instruments.report(core, cycle, textAt(space, address, length), value);
  });
  define('save', [I32, I32, I32, I32], ([name, nameBytes, address, length], { core, cycle, space }) => {
    instruments.save(core, cycle, textAt(space, name, nameBytes), bytesAt(space, address, length));
  });
  define('label', [I32, I32, I32, I32], ([address, length, name, nameBytes], { core, cycle, space }) => {
    const physical = space?.physical?.(Number(address));
    if (physical !== undefined) {
      instruments.label(core, cycle, physical, Number(length), textAt(space, name, nameBytes));
    }
  });
  // Who calls it directly does not come here: see machine/translate/tally.ts.
  define('tally', [I32, I32], ([object, event], { core, space }) => {
    instruments.tally(core, Number(object), Number(event), space);
  });
  define('exit', [I32], ([code], { core, cycle }) => {
    instruments.exit(core, cycle, Number(BigInt.asIntN(32, code)));
    throw new LeaveRequest(LEAVE_STOP);
  });
  const abort = functions.host(
    {
      type: signature([I32, I32, I32, I32]),
      call: ([message, file, line, column], { space }) => {
        const where = `${scriptText(space, file)}:${line}:${column}`;
        throw new TrapRequest(CAUSE_ABORT, `${scriptText(space, message) || 'aborted'} at ${where}`);
      },
    },
    'env.abort',
  );
  return { machine, env: { abort } };
}
