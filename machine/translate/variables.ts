// The variables of one guest function: its locals, and one variable for each (operand stack position, type) that has to survive
// a point where execution can leave. Both become host locals of the translated bodies and slots of the guest's frame.
import type { ValueType } from '../wasm/types.ts';

export class Variables {
  /** Type of each variable; the guest's own locals (parameters first) come first. */
  readonly types: ValueType[];
  readonly localCount: number;
  readonly #slots = new Map<number, number>();

  constructor(locals: readonly ValueType[]) {
    this.types = [...locals];
    this.localCount = locals.length;
  }

  get count(): number {
    return this.types.length;
  }

  /** The variable that holds a value of `type` at operand stack position `position`. */
  slot(position: number, type: ValueType): number {
    const key = position * 256 + type;
    let variable = this.#slots.get(key);
    if (variable === undefined) {
      variable = this.types.length;
      this.types.push(type);
      this.#slots.set(key, variable);
    }
    return variable;
  }
}

/** A set of variables, as the bits of 32-bit words. */
export class VariableSet {
  words: Uint32Array;

  constructor(words: number | Uint32Array = 0) {
    this.words = typeof words === 'number' ? new Uint32Array(words) : words;
  }

  clone(): VariableSet {
    return new VariableSet(this.words.slice());
  }

  add(variable: number): void {
    const word = variable >>> 5;
    if (word >= this.words.length) {
      const grown = new Uint32Array(word + 1);
      grown.set(this.words);
      this.words = grown;
    }
    this.words[word] |= 1 << (variable & 31);
  }

  remove(variable: number): void {
    const word = variable >>> 5;
    if (word < this.words.length) this.words[word] &= ~(1 << (variable & 31));
  }

  has(variable: number): boolean {
    return ((this.words[variable >>> 5] ?? 0) & (1 << (variable & 31))) !== 0;
  }

  /** Adds all of `other`; returns whether anything was new. */
  unite(other: VariableSet): boolean {
    if (other.words.length > this.words.length) {
      const grown = new Uint32Array(other.words.length);
      grown.set(this.words);
      this.words = grown;
    }
    let changed = 0;
    for (let i = 0; i < other.words.length; i++) {
      const before = this.words[i];
      const after = before | other.words[i];
      changed |= before ^ after;
      this.words[i] = after;
    }
    return changed !== 0;
  }

  /** How many variables are in the set. */
  get size(): number {
    let size = 0;
    for (let word of this.words) {
      for (; word !== 0; word &= word - 1) size++;
    }
    return size;
  }

  /** The variables, ascending. */
  toArray(): number[] {
    const variables: number[] = [];
    for (let i = 0; i < this.words.length; i++) {
      for (let word = this.words[i]; word !== 0; word &= word - 1)
        variables.push(i * 32 + 31 - Math.clz32(word & -word));
    }
    return variables;
  }

  /** Equal sets have equal keys. */
  get key(): string {
    let last = this.words.length;
    while (last > 0 && this.words[last - 1] === 0) last--;
    return this.words.subarray(0, last).join();
  }
}
