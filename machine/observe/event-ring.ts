// The newest events of a trace, in typed arrays of fixed size: the oldest make room and are counted by kind.
import { TRACE_EVENTS, TRACE_KINDS, type TraceEvent, type TraceKind } from './trace-events.ts';

/** Numbers of the kinds: their places in TRACE_KINDS. */
export const KIND: Readonly<Record<TraceKind, number>> = Object.fromEntries(
  TRACE_KINDS.map((kind, index) => [kind, index]),
) as Record<TraceKind, number>;

/** By kind: names of the fields, without the text; name of the text, if there is one; whether the first field holds 64 bits. */
const NUMBERS = TRACE_KINDS.map((kind) =>
  Object.entries(TRACE_EVENTS[kind].fields).filter(([, unit]) => unit !== 'text'),
);
const TEXT = TRACE_KINDS.map(
  (kind) => Object.entries(TRACE_EVENTS[kind].fields).find(([, unit]) => unit === 'text')?.[0],
);

export class EventRing {
  readonly capacity: number;
  readonly #fields: number;
  readonly #kinds: Uint8Array;
  readonly #cores: Uint8Array;
  readonly #requests: Uint32Array;
  /** The place of an event among those of all rings. */
  readonly #order: Float64Array;
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  /** The same, for fields of 64 bits. */
  readonly #bits: BigInt64Array;
  readonly #texts: string[] = [];
  readonly #dropped = new Float64Array(TRACE_KINDS.length);
  #count = 0;

  /** `fields`: the most that an event of this ring has, without its text. */
  constructor(capacity: number, fields: number) {
    this.capacity = capacity;
    this.#fields = fields;
    this.#kinds = new Uint8Array(capacity);
    this.#cores = new Uint8Array(capacity);
    this.#requests = new Uint32Array(capacity);
    this.#order = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity * fields);
    this.#bits = new BigInt64Array(this.#values.buffer);
  }

  /** Adds an event; returns where its fields go, for `set`. */
  add(kind: number, core: number, time: number, request: number, order: number): number {
    const slot = this.#count++ % this.capacity;
    if (this.#count > this.capacity) this.#dropped[this.#kinds[slot]]++;
    this.#kinds[slot] = kind;
    this.#cores[slot] = core;
    this.#times[slot] = time;
    this.#requests[slot] = request;
    this.#order[slot] = order;
    return slot * this.#fields;
  }

  set(place: number, value: number): void {
    this.#values[place] = value;
  }

  setBits(place: number, value: bigint): void {
    this.#bits[place] = value;
  }

  /** The text of the event whose fields begin at a place. */
  setText(place: number, text: string): void {
    this.#texts[place / this.#fields] = text;
  }

  /** How many events of a kind have made room. */
  dropped(kind: TraceKind): number {
    return this.#dropped[KIND[kind]];
  }

  get length(): number {
    return Math.min(this.#count, this.capacity);
  }

  /** The i-th event, 0 the oldest, and its place among those of all rings. */
  order(i: number): number {
    return this.#order[this.#slot(i)];
  }

  event(i: number): TraceEvent {
    const slot = this.#slot(i);
    const kind = this.#kinds[slot];
    const fields: Record<string, number | bigint | string> = {};
    NUMBERS[kind].forEach(([name, unit], field) => {
      const place = slot * this.#fields + field;
      fields[name] = unit === 'i64' ? this.#bits[place] : this.#values[place];
    });
    const text = TEXT[kind];
    if (text !== undefined) fields[text] = this.#texts[slot] ?? '';
    return {
      kind: TRACE_KINDS[kind],
      core: this.#cores[slot],
      time: this.#times[slot],
      requestId: this.#requests[slot],
      fields,
    } as TraceEvent;
  }

  #slot(i: number): number {
    return this.#count <= this.capacity ? i : (this.#count + i) % this.capacity;
  }
}
