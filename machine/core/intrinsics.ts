// The import module `machine`: what guest code asks of its machine. `log`, `mark`, `report` and `exit` are instruments: they take no
// cycles and change nothing. Also `env.abort`, by which AssemblyScript ends a program.

import { CAUSE_ABORT, CAUSE_MEMORY_BOUNDS, LEAVE_STOP } from '../state/layout.ts';
import { F64, type FunctionType, I32, I64, type ValueType } from '../wasm/types.ts';
import type { CallSite, FunctionRef, GuestMemory } from './external.ts';
import { type FunctionTable, LeaveRequest } from './function-table.ts';
import { TrapRequest } from './trap.ts';

/** What the instruments tell. Cycles are the core's own. */
export interface Instruments {
  log(core: number, cycle: number, text: string): void;
  mark(core: number, cycle: number, name: string, value: bigint): void;
  report(core: number, cycle: number, name: string, value: number): void;
  exit(core: number, cycle: number, code: number): void;
}

const INLINE: readonly (readonly [string, readonly ValueType[]])[] = [
  ['cycles', [I64]],
  ['core_id', [I32]],
  ['core_count', [I32]],
  ['pause', []],
];

function bytesAt(space: GuestMemory | undefined, address: bigint, length: bigint): Uint8Array {
  const start = Number(address);
  const count = Number(length);
  if (!space?.contains(start, count))
    throw new TrapRequest(CAUSE_MEMORY_BOUNDS, `text of ${count} bytes at 0x${start.toString(16)}`);
  return space.read(start, count);
}

/** UTF-8 to text; what is malformed becomes U+FFFD. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++];
    const more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : -1;
    let code = more <= 0 ? first : first & (0x3f >> more);
    let valid = more >= 0 && i + more <= bytes.length;
    for (let k = 0; valid && k < more; k++) {
      const next = bytes[i + k];
      if ((next & 0xc0) !== 0x80) valid = false;
      code = (code << 6) | (next & 0x3f);
    }
    if (valid) i += more;
    text += valid && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

/** An AssemblyScript string: UTF-16, its length in bytes in the word before it. */
function scriptText(space: GuestMemory | undefined, address: bigint): string {
  const start = Number(address);
  if (start < 4 || !space?.contains(start - 4, 4)) return '';
  const word = space.read(start - 4, 4);
  const length = word[0] | (word[1] << 8) | (word[2] << 16) | (word[3] << 24);
  if (length < 0 || !space.contains(start, length)) return '';
  const bytes = space.read(start, length);
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8));
  return text;
}

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
    instruments.log(core, cycle, textOf(bytesAt(space, address, length)));
  });
  define('mark', [I32, I32, I64], ([address, length, value], { core, cycle, space }) => {
    instruments.mark(core, cycle, textOf(bytesAt(space, address, length)), BigInt.asIntN(64, value));
  });
  define('report', [I32, I32, F64], ([address, length, bits], { core, cycle, space }) => {
    const value = new Float64Array(BigUint64Array.of(bits).buffer)[0];
    instruments.report(core, cycle, textOf(bytesAt(space, address, length)), value);
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
