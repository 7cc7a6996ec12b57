// The coherence protocols as plain data: what a private cache does, for each state and event. Native code executes these tables,
// the exhaustive checker explores them, docs/coherence.md shows them. With a shared cache they hold twice: for a core among those of
// its group, and for the group among all.
//
// A transaction is atomic, so there are no transient states: `next` is the state when it is done.
import { EVENTS, NO_ROW } from '../state/coherence-layout.ts';
import { ACTION_BITS, type ActionName, EVENT_NAMES, type EventName, STATE_NAMES, type StateName } from './states.ts';

export interface ProtocolRow {
  readonly actions: readonly ActionName[];
  readonly next: StateName;
  /** In place of `next`, when no other cache has the line. */
  readonly alone?: StateName;
}

/** Every event in every state that the protocol has; events that cannot happen are left out. */
export interface ProtocolTable {
  readonly name: string;
  readonly rows: Readonly<Partial<Record<StateName, Readonly<Partial<Record<EventName, ProtocolRow>>>>>>;
}

/** MESI with cache-to-cache supply from E and M (Illinois); a read of a modified line updates memory. */
export const MESI: ProtocolTable = {
  name: 'MESI',
  rows: {
    I: {
      Load: { actions: ['GetS'], next: 'S', alone: 'E' },
      Store: { actions: ['GetM'], next: 'M' },
      GetS: { actions: ['Ack'], next: 'I' },
      GetM: { actions: ['Ack'], next: 'I' },
      Inv: { actions: ['Ack'], next: 'I' },
    },
    S: {
      Load: { actions: ['Hit'], next: 'S' },
      Store: { actions: ['Upgrade'], next: 'M' },
      Replace: { actions: ['Put'], next: 'I' },
      GetS: { actions: ['Ack'], next: 'S' },
      GetM: { actions: ['Ack'], next: 'I' },
      Inv: { actions: ['Ack'], next: 'I' },
      Recall: { actions: ['Ack'], next: 'I' },
    },
    E: {
      Load: { actions: ['Hit'], next: 'E' },
      Store: { actions: ['Hit'], next: 'M' },
      Replace: { actions: ['Put'], next: 'I' },
      GetS: { actions: ['Data'], next: 'S' },
      GetM: { actions: ['Data'], next: 'I' },
      Inv: { actions: ['Ack'], next: 'I' },
      Recall: { actions: ['Ack'], next: 'I' },
    },
    M: {
      Load: { actions: ['Hit'], next: 'M' },
      Store: { actions: ['Hit'], next: 'M' },
      Replace: { actions: ['Put', 'WriteBack'], next: 'I' },
      GetS: { actions: ['Data', 'WriteBack'], next: 'S' },
      GetM: { actions: ['Data'], next: 'I' },
      Inv: { actions: ['Ack'], next: 'I' },
      Recall: { actions: ['WriteBack'], next: 'I' },
    },
  },
};

/** MOESI: a modified line is shared without updating memory; its owner (O) supplies it and writes it back in the end. */
export const MOESI: ProtocolTable = {
  name: 'MOESI',
  rows: {
    I: MESI.rows.I!,
    S: MESI.rows.S!,
    E: MESI.rows.E!,
    O: {
      Load: { actions: ['Hit'], next: 'O' },
      Store: { actions: ['Upgrade'], next: 'M' },
      Replace: { actions: ['Put', 'WriteBack'], next: 'I' },
      GetS: { actions: ['Data'], next: 'O' },
      GetM: { actions: ['Data'], next: 'I' },
      Inv: { actions: ['Ack'], next: 'I' },
      Recall: { actions: ['WriteBack'], next: 'I' },
    },
    M: {
      ...MESI.rows.M!,
      GetS: { actions: ['Data'], next: 'O' },
    },
  },
};

export const PROTOCOLS = { MESI, MOESI } as const;

/** A table as typed arrays, indexed by state * EVENTS + event. */
export interface CompiledProtocol {
  readonly name: string;
  readonly next: Uint8Array;
  readonly alone: Uint8Array;
  /** ACTION_* bits. */
  readonly actions: Uint8Array;
}

export function compileProtocol({ name, rows }: ProtocolTable): CompiledProtocol {
  const size = STATE_NAMES.length * EVENTS;
  const compiled = {
    name,
    next: new Uint8Array(size).fill(NO_ROW),
    alone: new Uint8Array(size).fill(NO_ROW),
    actions: new Uint8Array(size),
  };
  STATE_NAMES.forEach((state, s) => {
    EVENT_NAMES.forEach((event, e) => {
      const row = rows[state]?.[event];
      if (row === undefined) return;
      const at = s * EVENTS + e;
      compiled.next[at] = STATE_NAMES.indexOf(row.next);
      compiled.alone[at] = STATE_NAMES.indexOf(row.alone ?? row.next);
      for (const action of row.actions) compiled.actions[at]! |= ACTION_BITS[action];
    });
  });
  return compiled;
}
