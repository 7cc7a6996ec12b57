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

/** A set of variables, as the bits of 32-bit words. There are many, mostly of one word or two: plain arrays are made much faster than typed ones. */
export class VariableSet {
  /** Signed. */
  words: number[];

  /** Empty, with room for so many words. */
  constructor(words: number | number[] = 0) {
    if (typeof words !== 'number') {
      this.words = words;
      return;
    }
    this.words = [];
    this.#grow(words);
  }

  #grow(count: number): void {
    while (this.words.length < count) this.words.push(0);
  }

  clone(): VariableSet {
    return new VariableSet(this.words.slice());
  }

  add(variable: number): void {
    const word = variable >>> 5;
    this.#grow(word + 1);
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
    this.#grow(other.words.length);
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
    return this.sizeWith(this);
  }

  /** How many variables are in this set or in another. */
  sizeWith(other: VariableSet): number {
    let size = 0;
    for (let i = Math.max(this.words.length, other.words.length) - 1; i >= 0; i--) {
      for (let word = (this.words[i] ?? 0) | (other.words[i] ?? 0); word !== 0; word &= word - 1) size++;
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
    let key = '';
    for (let i = 0; i < last; i++) key += `${this.words[i]},`;
    return key;
  }
}
