// Litmus programs: a few threads, each a few operations on named locations, and the outcome that is of interest.
//
// Every location starts at 0, every register too. An outcome is the registers of all threads and the final values of all locations.

/** A constant or a register of the same thread. */
export type Operand = number | string;

export type Operation =
  | { readonly kind: 'load'; readonly location: string; readonly register: string }
  | { readonly kind: 'store'; readonly location: string; readonly value: Operand }
  | {
      readonly kind: 'rmw';
      readonly update: Update;
      readonly location: string;
      /** Gets the old value. */
      readonly register: string;
      readonly value: Operand;
      /** Of a compare and exchange alone. */
      readonly expected?: Operand;
    }
  | { readonly kind: 'fence' };

/** How a read-modify-write makes the new value; the names are those of WebAssembly's atomic instructions. */
export type Update = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'xchg' | 'cmpxchg';
export const UPDATES: readonly Update[] = ['add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'];

export type Model = 'SC' | 'TSO';

/** One term of a condition: `1:r0 = 2`, or `x = 2` without a thread for the final value of a location. */
export interface Term {
  readonly thread?: number;
  readonly name: string;
  readonly equal: boolean;
  readonly value: number;
}

export interface LitmusTest {
  readonly name: string;
  readonly description: string;
  readonly threads: readonly (readonly Operation[])[];
  /** The outcome of interest: all terms hold. */
  readonly condition: readonly Term[];
  /** The models that forbid it. */
  readonly forbiddenBy: readonly Model[];
}

/** In order of their first use. */
export const locationsOf = remembered((test: LitmusTest): readonly string[] => {
  const names = test.threads.flat().flatMap((operation) => (operation.kind === 'fence' ? [] : [operation.location]));
  return [...new Set(names)];
});

/** A thread's registers, in order of their first use. */
export const registersOf = remembered((thread: readonly Operation[]): readonly string[] => {
  const names = thread.flatMap((operation) => {
    if (operation.kind === 'fence') return [];
    if (operation.kind === 'load') return [operation.register];
    const read = [operation.value, operation.kind === 'rmw' ? (operation.expected ?? 0) : 0];
    const used = read.filter((operand) => typeof operand === 'string');
    return operation.kind === 'rmw' ? [...used, operation.register] : used;
  });
  return [...new Set(names)];
});

/** The function, which is asked for the same things in every run. */
function remembered<T extends object, Result>(compute: (of: T) => Result): (of: T) => Result {
  const known = new WeakMap<T, Result>();
  return (of) => {
    const result = known.get(of) ?? compute(of);
    known.set(of, result);
    return result;
  };
}

/** The new value of a location: 32 bits, unsigned. */
export function updated(update: Update, old: number, value: number, expected: number): number {
  switch (update) {
    case 'add':
      return (old + value) >>> 0;
    case 'sub':
      return (old - value) >>> 0;
    case 'and':
      return (old & value) >>> 0;
    case 'or':
      return (old | value) >>> 0;
    case 'xor':
      return (old ^ value) >>> 0;
    case 'xchg':
      return value;
    case 'cmpxchg':
      return old === expected ? value : old;
  }
}

/** An outcome: by `thread:register` and by location. */
export type Outcome = ReadonlyMap<string, number>;

export function outcomeOf(
  test: LitmusTest,
  register: (thread: number, name: string) => number,
  location: (name: string) => number,
): Outcome {
  const outcome = new Map<string, number>();
  test.threads.forEach((thread, index) => {
    for (const name of registersOf(thread)) outcome.set(`${index}:${name}`, register(index, name));
  });
  for (const name of locationsOf(test)) outcome.set(name, location(name));
  return outcome;
}

/** The same text for the same outcome: `0:r0=1 1:r0=0 x=1 y=1`. */
export function outcomeText(outcome: Outcome): string {
  return [...outcome].map(([name, value]) => `${name}=${value}`).join(' ');
}

export function satisfies(outcome: Outcome, condition: readonly Term[]): boolean {
  return condition.every(({ thread, name, equal, value }) => {
    const found = outcome.get(thread === undefined ? name : `${thread}:${name}`);
    return (found === value) === equal;
  });
}
