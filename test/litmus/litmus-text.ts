// Reads litmus tests from text, a small relative of the format that the herd and litmus tools use:
//
//   SB "store buffering"
//    P0     | P1     ;
//    x = 1  | y = 1  ;
//    r0 = y | r0 = x ;
//   exists 0:r0=0 /\ 1:r0=0
//   forbidden by SC
//
// Operations: `x = 1`, `x = r0` (store), `r0 = x` (load), `fence`, `r0 = add(x, 1)` and likewise sub, and, or, xor, xchg (read-modify-
// write; the register gets the old value), `r0 = cmpxchg(x, 0, 1)` (location, expected, new). Registers are r and a digit, everything
// else is a location. `#` begins a comment. `forbidden by` lists the models that forbid the outcome (SC, TSO) or says `none`.
import {
  type LitmusTest,
  locationsOf,
  type Model,
  type Operand,
  type Operation,
  registersOf,
  type Term,
  UPDATES,
  type Update,
} from './program.ts';

const REGISTER = /^r\d+$/;
const LOCATION = /^[a-z]\w*$/;

/** All tests of a text. Throws an Error that names the file, the line and what was expected. */
export function parseLitmus(text: string, file: string): LitmusTest[] {
  const lines = text.split('\n').map((line, index) => ({ text: line.replace(/#.*/, '').trim(), number: index + 1 }));
  const tests: LitmusTest[] = [];
  let block: typeof lines = [];
  for (const line of lines.filter(({ text }) => text !== '')) {
    block.push(line);
    if (!line.text.startsWith('forbidden by')) continue;
    tests.push(parseTest(block, file));
    block = [];
  }
  if (block[0]) throw new Error(`${file}:${block[0].number}: this test has no line "forbidden by"`);
  return tests;
}

type Line = { readonly text: string; readonly number: number };

function parseTest(lines: readonly Line[], file: string): LitmusTest {
  const fail = (line: Line, expected: string): never => {
    throw new Error(`${file}:${line.number}: ${expected} is expected, found: ${line.text}`);
  };
  const [first, ...rest] = lines as [Line, ...Line[]];
  const title = /^(\S+) +"(.*)"$/.exec(first.text) ?? fail(first, 'a name and a description in quotes');
  const verdict = rest.pop() as Line;
  const models = verdict.text.replace('forbidden by', '').trim().split(/\s+/);
  const forbiddenBy = models[0] === 'none' ? [] : models;
  if (!forbiddenBy.every((model) => model === 'SC' || model === 'TSO')) fail(verdict, 'SC, TSO or none');
  const exists = rest.pop();
  const condition = /^exists +(.+)$/.exec(exists?.text ?? '') ?? fail(exists ?? first, 'exists and a condition');
  const threads: Operation[][] = [];
  for (const [row, line] of rest.entries()) {
    const cells = line.text.replace(/;$/, '').split('|');
    if (row > 0 && cells.length !== threads.length) fail(line, `a row of ${threads.length} threads`);
    for (const [thread, cell] of cells.entries()) {
      const source = cell.trim();
      if (row === 0) {
        if (source !== `P${thread}`) fail(line, `the heading P${thread}`);
        threads.push([]);
      } else if (source !== '') {
        threads[thread]?.push(parseOperation(source) ?? fail(line, 'a load, store, read-modify-write or fence'));
      }
    }
  }
  const name = title[1] as string;
  const test = { name, description: title[2] as string, threads, forbiddenBy: forbiddenBy as Model[] };
  const terms = (condition[1] as string)
    .split('/\\')
    .map((text) => parseTerm(text.trim()) ?? fail(exists as Line, '0:r0=1 or x=1'));
  const parsed = { ...test, condition: terms };
  for (const term of terms) if (!isKnown(parsed, term)) fail(exists as Line, 'a register or location of the test');
  return parsed;
}

function isKnown(test: LitmusTest, { thread, name }: Term): boolean {
  if (thread === undefined) return locationsOf(test).includes(name);
  return registersOf(test.threads[thread] ?? []).includes(name);
}

function parseTerm(text: string): Term | undefined {
  const match = /^(?:(\d+):)?(\w+) *(!?=) *(\d+)$/.exec(text);
  if (!match) return undefined;
  const [, thread, name, relation, value] = match as unknown as [string, string | undefined, string, string, string];
  return {
    ...(thread === undefined ? {} : { thread: Number(thread) }),
    name,
    equal: relation === '=',
    value: Number(value),
  };
}

function parseOperand(text: string): Operand | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  return REGISTER.test(text) ? text : undefined;
}

function parseOperation(text: string): Operation | undefined {
  if (text === 'fence') return { kind: 'fence' };
  const [left, right] = text.split('=').map((side) => side.trim());
  if (left === undefined || right === undefined) return undefined;
  if (!REGISTER.test(left)) {
    const value = parseOperand(right);
    return LOCATION.test(left) && value !== undefined ? { kind: 'store', location: left, value } : undefined;
  }
  if (!right.includes('(')) return isLocation(right) ? { kind: 'load', location: right, register: left } : undefined;
  return parseUpdate(left, right);
}

function isLocation(name: string | undefined): name is string {
  return name !== undefined && LOCATION.test(name) && !REGISTER.test(name);
}

function parseUpdate(register: string, text: string): Operation | undefined {
  const match = /^(\w+)\(([^()]*)\)$/.exec(text);
  const update = UPDATES.find((name) => name === match?.[1]) as Update | undefined;
  const [location, ...operands] = (match?.[2] ?? '').split(',').map((part) => part.trim());
  const values = operands.map(parseOperand);
  if (!update || !isLocation(location) || values.length !== (update === 'cmpxchg' ? 2 : 1)) return undefined;
  if (values.includes(undefined)) return undefined;
  const value = values[values.length - 1] as Operand;
  const expected = update === 'cmpxchg' ? { expected: values[0] as Operand } : {};
  return { kind: 'rmw', update, location, register, value, ...expected };
}
