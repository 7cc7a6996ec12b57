// A litmus program as WebAssembly text: one function for each thread, one that sets the locations up, one that reads them.
//
// Addresses and delays are parameters, so that one module serves all schedules: P0(addresses..., delays...), a delay before each
// operation. A thread's results are its registers. `set` stores a value to every location, `load` only reads them, `state` answers them.
import { type LitmusTest, locationsOf, type Operand, type Operation, registersOf } from './program.ts';

/** How the same program is put into instructions. */
export interface Style {
  /** Loads and stores: plain or sequentially consistent ones; read-modify-writes are atomic anyway. */
  readonly access: 'plain' | 'atomic';
  /** What a thread does while it is delayed. */
  readonly delay: 'work' | 'pause';
  /** The instruction `atomic.fence` or the call `machine.fence`. */
  readonly fence: 'instruction' | 'call';
}

const MEMORY_PAGES = 4;
export const MEMORY_BYTES = MEMORY_PAGES * 65536;

export function moduleText(test: LitmusTest, style: Style): string {
  const addresses = locationsOf(test)
    .map((name) => `(param $${name} i32)`)
    .join(' ');
  const each = (text: (name: string) => string) => locationsOf(test).map(text).join('\n    ');
  return `(module
  (import "env" "memory" (memory ${MEMORY_PAGES} ${MEMORY_PAGES} shared))
  (import "machine" "pause" (func $pause))
  (import "machine" "fence" (func $fence))
${test.threads.map((thread, index) => threadText(thread, index, addresses, style)).join('\n')}
  (func (export "set") ${addresses} (param $value i32)
    ${each((name) => `(i32.store (local.get $${name}) (local.get $value))`)})
  (func (export "load") ${addresses}
    ${each((name) => `(drop (i32.load (local.get $${name})))`)})
  (func (export "state") ${addresses} (result ${locationsOf(test)
    .map(() => 'i32')
    .join(' ')})
    ${each((name) => `(i32.load (local.get $${name}))`)}))
`;
}

function threadText(thread: readonly Operation[], index: number, addresses: string, style: Style): string {
  const registers = registersOf(thread);
  const results = registers.length === 0 ? '' : `(result ${registers.map(() => 'i32').join(' ')})`;
  const lines = thread.flatMap((operation, i) => [delayText(i, style), operationText(operation, style)]);
  return `  (func (export "P${index}") ${addresses} ${thread.map((_, i) => `(param $delay${i} i32)`).join(' ')} ${results}
    ${registers.map((name) => `(local $${name} i32)`).join(' ')}
    ${[...lines, ...registers.map((name) => `(local.get $${name})`)].join('\n    ')})`;
}

function delayText(index: number, style: Style): string {
  const count = `$delay${index}`;
  const rest = style.delay === 'pause' ? '(call $pause)' : '';
  return `(block (loop (br_if 1 (i32.eqz (local.get ${count}))) ${rest}
      (local.set ${count} (i32.sub (local.get ${count}) (i32.const 1))) (br 0)))`;
}

function operandText(operand: Operand): string {
  return typeof operand === 'number' ? `(i32.const ${operand})` : `(local.get $${operand})`;
}

function operationText(operation: Operation, { access, fence }: Style): string {
  const prefix = access === 'atomic' ? 'i32.atomic' : 'i32';
  switch (operation.kind) {
    case 'load':
      return `(local.set $${operation.register} (${prefix}.load (local.get $${operation.location})))`;
    case 'store':
      return `(${prefix}.store (local.get $${operation.location}) ${operandText(operation.value)})`;
    case 'fence':
      return fence === 'call' ? '(call $fence)' : '(atomic.fence)';
    case 'rmw': {
      const operands = [...(operation.expected === undefined ? [] : [operation.expected]), operation.value];
      const update = `i32.atomic.rmw.${operation.update} (local.get $${operation.location})`;
      return `(local.set $${operation.register} (${update} ${operands.map(operandText).join(' ')}))`;
    }
  }
}
