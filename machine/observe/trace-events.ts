// The one list of trace events: kinds, fields with their units, meaning. Every event also has the core it is about, its time (ticks;
// its end, if it takes time) and the request that it belongs to (requests.ts), 0 for none.

/** Units of fields. 'text' and 'i64' are a string and a bigint, all others numbers. */
export type FieldUnit =
  | 'ticks'
  | 'core'
  | 'vector'
  | 'cause'
  | 'reason'
  | 'address'
  | 'line'
  | 'bytes'
  | 'site'
  | 'context'
  | 'number'
  | 'count'
  | 'text'
  | 'i64';

export interface EventKind {
  readonly meaning: string;
  /** In the order in which they are stored; at most FIELDS of them, one text at most. */
  readonly fields: Readonly<Record<string, FieldUnit>>;
}

/** The most fields that an event has, without its text. */
export const FIELDS = 10;

export const TRACE_EVENTS = {
  run: { meaning: 'the core has run, from the start until now', fields: { start: 'ticks' } },
  sleep: {
    meaning:
      'the core has slept, from the start until now: SLEEPS_*, WOKEN_BY_*, the core whose store or IPI it was and when it stored, or -1',
    fields: { start: 'ticks', kind: 'number', reason: 'reason', by: 'core', caused: 'ticks' },
  },
  start: { meaning: 'the core begins to run a function', fields: { name: 'text' } },
  finish: { meaning: 'that function is done', fields: {} },
  stop: { meaning: 'the machine stops at this core: what says why', fields: { what: 'text' } },
  log: { meaning: 'a message of the guest', fields: { text: 'text' } },
  mark: { meaning: 'the guest passes a named place', fields: { value: 'i64', name: 'text' } },
  report: { meaning: 'the guest reports a measured value', fields: { value: 'number', name: 'text' } },
  trap: {
    meaning: 'a trap enters the kernel: TRAP_*, its first operand',
    fields: { cause: 'cause', operand: 'number' },
  },
  interrupt: { meaning: 'an interrupt enters the kernel', fields: { vector: 'vector' } },
  return: { meaning: 'back from the innermost trap or interrupt', fields: {} },
  ipi: {
    meaning: 'an IPI is sent; the target can see it at its arrival',
    fields: { target: 'core', vector: 'vector', arrival: 'ticks' },
  },
  switch: { meaning: 'from one context to another', fields: { from: 'context', to: 'context' } },
  transaction: {
    meaning:
      'a coherence transaction, from the start until now: REQUEST_*, SOURCE_* and who that is, copies invalidated',
    fields: {
      start: 'ticks',
      line: 'line',
      request: 'number',
      source: 'number',
      supplier: 'number',
      invalidations: 'count',
      offset: 'bytes',
      bytes: 'bytes',
      address: 'address',
      site: 'site',
    },
  },
  eviction: { meaning: 'a private line makes room: STATE_*', fields: { line: 'line', state: 'number' } },
} as const satisfies Readonly<Record<string, EventKind>>;

export type TraceKind = keyof typeof TRACE_EVENTS;

export const TRACE_KINDS = Object.keys(TRACE_EVENTS) as readonly TraceKind[];

type FieldValue<Unit> = Unit extends 'text' ? string : Unit extends 'i64' ? bigint : number;

type FieldsOf<Kind extends TraceKind> = {
  readonly [Name in keyof (typeof TRACE_EVENTS)[Kind]['fields']]: FieldValue<
    (typeof TRACE_EVENTS)[Kind]['fields'][Name]
  >;
};

/** One event as it is read from a trace. `requestId`: see requests.ts. */
export type TraceEvent = {
  readonly [Kind in TraceKind]: {
    readonly kind: Kind;
    readonly core: number;
    readonly time: number;
    readonly requestId: number;
    readonly fields: FieldsOf<Kind>;
  };
}[TraceKind];
