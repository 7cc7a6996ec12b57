// All outcomes that a memory model allows a litmus program, by searching every state that it can reach.
//
// SC: threads take turns, one operation at a time, on one memory (Lamport 1979). TSO: each thread has a FIFO store buffer that it
// reads first and that drains at any time; fences and read-modify-writes wait until it is empty (Owens, Sarkar and Sewell 2009).
import {
  type LitmusTest,
  locationsOf,
  type Model,
  type Operand,
  type Operation,
  type Outcome,
  outcomeOf,
  outcomeText,
  updated,
} from './program.ts';

interface Thread {
  readonly next: number;
  readonly registers: Readonly<Record<string, number>>;
  /** Stores that memory has not seen, oldest first; empty under SC. */
  readonly buffer: readonly { readonly location: string; readonly value: number }[];
}

interface State {
  readonly threads: readonly Thread[];
  readonly memory: Readonly<Record<string, number>>;
}

/** The outcomes by their text. */
export function allowedOutcomes(test: LitmusTest, model: Model): Map<string, Outcome> {
  const memory = Object.fromEntries(locationsOf(test).map((name) => [name, 0]));
  const start: State = { threads: test.threads.map(() => ({ next: 0, registers: {}, buffer: [] })), memory };
  const seen = new Set<string>();
  const found = new Map<string, Outcome>();
  const pending = [start];
  for (let state = pending.pop(); state; state = pending.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const next = successors(test, state, model);
    pending.push(...next);
    if (next.length === 0) {
      const { threads, memory } = state;
      const outcome = outcomeOf(
        test,
        (thread, name) => threads[thread]?.registers[name] ?? 0,
        (name) => memory[name] ?? 0,
      );
      found.set(outcomeText(outcome), outcome);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The states that one step of any thread leads to; none when all are done. */
function successors(test: LitmusTest, state: State, model: Model): State[] {
  const next: State[] = [];
  state.threads.forEach((thread, index) => {
    const operation = test.threads[index]?.[thread.next];
    const after = operation && step(operation, thread, state.memory, model);
    if (after) next.push(replaced(state, index, after.thread, after.memory));
    const [oldest, ...younger] = thread.buffer;
    if (oldest) {
      const memory = { ...state.memory, [oldest.location]: oldest.value };
      next.push(replaced(state, index, { ...thread, buffer: younger }, memory));
    }
  });
  return next;
}

function replaced(state: State, index: number, thread: Thread, memory: State['memory']): State {
  return { threads: state.threads.map((other, i) => (i === index ? thread : other)), memory };
}

function operandValue(operand: Operand, { registers }: Thread): number {
  return typeof operand === 'number' ? operand : (registers[operand] ?? 0);
}

/** What one operation does; undefined while it must wait for the thread's store buffer. */
function step(operation: Operation, thread: Thread, memory: State['memory'], model: Model) {
  const done = { ...thread, next: thread.next + 1 };
  const withRegister = (name: string, value: number) => ({
    ...done,
    registers: { ...thread.registers, [name]: value },
  });
  switch (operation.kind) {
    case 'load': {
      const own = thread.buffer.findLast(({ location }) => location === operation.location);
      return { thread: withRegister(operation.register, own?.value ?? memory[operation.location] ?? 0), memory };
    }
    case 'store': {
      const { location } = operation;
      const value = operandValue(operation.value, thread);
      if (model === 'SC') return { thread: done, memory: { ...memory, [location]: value } };
      return { thread: { ...done, buffer: [...thread.buffer, { location, value }] }, memory };
    }
    case 'fence':
      return thread.buffer.length > 0 ? undefined : { thread: done, memory };
    case 'rmw': {
      if (thread.buffer.length > 0) return undefined;
      const old = memory[operation.location] ?? 0;
      const expected = operandValue(operation.expected ?? 0, thread);
      const value = updated(operation.update, old, operandValue(operation.value, thread), expected);
      return { thread: withRegister(operation.register, old), memory: { ...memory, [operation.location]: value } };
    }
  }
}
