// What a shared cache does, as plain data: the second table that the controller executes, beside the protocol's.
//
// An entry is NP (not present), Clean, or Dirty: memory is stale, and if no private cache of the group owns the line this entry has
// the only valid data. Whether the group may write without asking others is not the entry's matter but the group's (presence.ts).
import {
  ENTRY_CLEAN,
  ENTRY_DIRTY,
  ENTRY_NOT_PRESENT,
  NO_ROW,
  SHARED_ACTION_ALLOCATE,
  SHARED_ACTION_DATA,
  SHARED_ACTION_FORWARD,
  SHARED_ACTION_PASS_DIRTY,
  SHARED_ACTION_RECALL,
  SHARED_ACTION_WRITE_BACK,
  SHARED_EVENTS,
} from '../state/coherence-layout.ts';

export const ENTRY_NAMES = ['NP', 'Clean', 'Dirty'] as const;
export type EntryName = (typeof ENTRY_NAMES)[number];

/** By SHARED_* of machine/state/coherence-layout.ts. */
export const SHARED_EVENT_NAMES = [
  'GetS',
  'GetS alone',
  'GetM',
  'Fill',
  'Put',
  'PutDirty',
  'WriteBack',
  'Probe, owned',
  'Probe, cleaned',
  'Probe Inv',
  'Replace',
] as const;
export type SharedEventName = (typeof SHARED_EVENT_NAMES)[number];

/** Actions, as bits of a compiled row. */
export const SHARED_ACTION_BITS = {
  Data: SHARED_ACTION_DATA,
  Forward: SHARED_ACTION_FORWARD,
  Allocate: SHARED_ACTION_ALLOCATE,
  WriteBack: SHARED_ACTION_WRITE_BACK,
  Recall: SHARED_ACTION_RECALL,
  PassDirty: SHARED_ACTION_PASS_DIRTY,
} as const;
export type SharedActionName = keyof typeof SHARED_ACTION_BITS;

export interface SharedRow {
  readonly actions: readonly SharedActionName[];
  readonly next: EntryName;
}

export interface SharedTable {
  readonly name: string;
  readonly rows: Readonly<Record<EntryName, Readonly<Partial<Record<SharedEventName, SharedRow>>>>>;
}

const stay = (next: EntryName): SharedRow => ({ actions: [], next });
const data = (next: EntryName): SharedRow => ({ actions: ['Data'], next });

/** Holds every line of its cores' private caches: what it replaces, they lose. */
export const INCLUSIVE: SharedTable = {
  name: 'inclusive',
  rows: {
    NP: {
      Fill: { actions: ['Allocate'], next: 'Clean' },
    },
    Clean: {
      GetS: data('Clean'),
      'GetS alone': data('Clean'),
      GetM: data('Clean'),
      Fill: stay('Clean'),
      Put: stay('Clean'),
      PutDirty: stay('Dirty'),
      WriteBack: stay('Dirty'),
      'Probe, owned': data('Clean'),
      'Probe, cleaned': data('Clean'),
      'Probe Inv': data('NP'),
      Replace: { actions: ['Recall'], next: 'NP' },
    },
    Dirty: {
      GetS: data('Dirty'),
      'GetS alone': data('Dirty'),
      GetM: data('Dirty'),
      Fill: stay('Dirty'),
      Put: stay('Dirty'),
      PutDirty: stay('Dirty'),
      WriteBack: stay('Dirty'),
      'Probe, owned': data('Dirty'),
      'Probe, cleaned': { actions: ['Data', 'WriteBack'], next: 'Clean' },
      'Probe Inv': data('NP'),
      Replace: { actions: ['Recall', 'WriteBack'], next: 'NP' },
    },
  },
};

/** Holds what its cores have evicted or shared with each other; a line that a core gets for itself leaves it. */
export const VICTIM: SharedTable = {
  name: 'victim',
  rows: {
    NP: {
      GetS: { actions: ['Forward'], next: 'NP' },
      GetM: { actions: ['Forward'], next: 'NP' },
      Fill: stay('NP'),
      Put: { actions: ['Allocate'], next: 'Clean' },
      PutDirty: { actions: ['Allocate'], next: 'Dirty' },
      WriteBack: { actions: ['Allocate'], next: 'Dirty' },
      'Probe, owned': { actions: ['Forward'], next: 'NP' },
      'Probe, cleaned': { actions: ['Forward'], next: 'NP' },
      'Probe Inv': { actions: ['Forward'], next: 'NP' },
    },
    Clean: {
      GetS: data('Clean'),
      'GetS alone': data('NP'),
      GetM: data('NP'),
      Put: stay('Clean'),
      PutDirty: stay('Dirty'),
      WriteBack: stay('Dirty'),
      'Probe, owned': data('Clean'),
      'Probe, cleaned': data('Clean'),
      'Probe Inv': data('NP'),
      Replace: stay('NP'),
    },
    Dirty: {
      GetS: data('Dirty'),
      'GetS alone': { actions: ['Data', 'PassDirty'], next: 'NP' },
      GetM: data('NP'),
      Put: stay('Dirty'),
      PutDirty: stay('Dirty'),
      WriteBack: stay('Dirty'),
      'Probe, owned': data('Dirty'),
      'Probe, cleaned': { actions: ['Data', 'WriteBack'], next: 'Clean' },
      'Probe Inv': data('NP'),
      Replace: { actions: ['WriteBack'], next: 'NP' },
    },
  },
};

export const SHARED_TABLES = { inclusive: INCLUSIVE, victim: VICTIM } as const;

/** A table as typed arrays, indexed by entry * SHARED_EVENTS + event. */
export interface CompiledSharedTable {
  readonly name: string;
  readonly next: Uint8Array;
  /** SHARED_ACTION_* bits. */
  readonly actions: Uint8Array;
}

export function compileSharedTable({ name, rows }: SharedTable): CompiledSharedTable {
  const entries = [ENTRY_NOT_PRESENT, ENTRY_CLEAN, ENTRY_DIRTY];
  const compiled = {
    name,
    next: new Uint8Array(entries.length * SHARED_EVENTS).fill(NO_ROW),
    actions: new Uint8Array(entries.length * SHARED_EVENTS),
  };
  for (const entry of entries) {
    SHARED_EVENT_NAMES.forEach((event, e) => {
      const row = rows[ENTRY_NAMES[entry]!][event];
      if (row === undefined) return;
      const at = entry * SHARED_EVENTS + e;
      compiled.next[at] = ENTRY_NAMES.indexOf(row.next);
      for (const action of row.actions) compiled.actions[at]! |= SHARED_ACTION_BITS[action];
    });
  }
  return compiled;
}
