// The checks are checked: machines with one fault each, in a table or in the private caches. Every one must be found within a few cases.
import { describe, expect, it } from 'vitest';
import type { PrivateCaches } from '../../../machine/coherence/listener.ts';
import { PROTOCOLS, type ProtocolRow, type ProtocolTable } from '../../../machine/coherence/protocols.ts';
import {
  type EntryName,
  SHARED_TABLES,
  type SharedEventName,
  type SharedRow,
  type SharedTable,
} from '../../../machine/coherence/shared-tables.ts';
import {
  type EventName,
  STATE_E,
  STATE_I,
  STATE_M,
  STATE_S,
  type StateName,
} from '../../../machine/coherence/states.ts';
import { FABRIC_KINDS, INCLUSIONS, type Inclusion, PROTOCOL_NAMES, type Shape } from './machines.ts';
import { type Fault, failureOf, randomCase, shrinkCase } from './random-case.ts';

interface SeededFault extends Fault {
  readonly name: string;
  /** Where the fault exists. */
  readonly protocol?: 'MESI' | 'MOESI';
  readonly inclusion?: readonly (Inclusion | undefined)[];
}

function edited(table: ProtocolTable, state: StateName, event: EventName, row: Partial<ProtocolRow>): ProtocolTable {
  const events = table.rows[state];
  const old = events?.[event];
  if (!old) throw new Error(`${table.name} has no row for ${event} in ${state}`);
  return { name: table.name, rows: { ...table.rows, [state]: { ...events, [event]: { ...old, ...row } } } };
}

/** A fault in the row of a protocol's table; in both protocols unless one is named. */
function inRow(name: string, state: StateName, event: EventName, row: Partial<ProtocolRow>, only?: 'MESI' | 'MOESI') {
  return {
    name: `${only ?? ''} ${state} ${event}: ${name}`.trim(),
    ...(only && { protocol: only }),
    tables: (shape: Shape) => ({ protocol: edited(PROTOCOLS[shape.protocol], state, event, row) }),
  };
}

function inShared(
  name: string,
  inclusion: Inclusion,
  entry: EntryName,
  event: SharedEventName,
  row: Partial<SharedRow>,
) {
  const table: SharedTable = SHARED_TABLES[inclusion];
  const old = table.rows[entry][event];
  if (!old) throw new Error(`${table.name} has no row for ${event} in ${entry}`);
  const rows = { ...table.rows, [entry]: { ...table.rows[entry], [event]: { ...old, ...row } } };
  return {
    name: `${inclusion} ${entry} ${event}: ${name}`,
    inclusion: [inclusion],
    tables: () => ({ shared: { name: table.name, rows } }),
  };
}

/** Private caches that ignore one in `n` of the changes that `which` picks. */
function deaf(n: number, which: (state: number) => boolean): (caches: PrivateCaches) => PrivateCaches {
  return (caches) => {
    let count = 0;
    return {
      state: (core, line) => caches.state(core, line),
      setState: (core, line, state) => {
        if (which(state) && ++count % n === 0) return;
        caches.setState(core, line, state);
      },
    };
  };
}

const FAULTS: readonly SeededFault[] = [
  inRow('keeps its copy', 'S', 'Inv', { next: 'S' }),
  inRow('keeps its copy', 'S', 'GetM', { next: 'S' }),
  inRow('keeps its copy', 'S', 'Recall', { next: 'S' }),
  inRow('is not downgraded', 'E', 'GetS', { next: 'E' }),
  inRow('is not downgraded', 'M', 'GetS', { next: 'M' }),
  inRow('keeps a stale copy', 'M', 'GetM', { next: 'S' }),
  inRow('does not supply', 'M', 'GetM', { actions: ['Ack'] }),
  inRow('does not write back', 'M', 'Replace', { actions: ['Put'] }),
  inRow('does not write back', 'M', 'Recall', { actions: ['Ack'] }),
  inRow('E is granted while others have copies', 'I', 'Load', { next: 'E' }),
  inRow('the copy stays S', 'S', 'Store', { next: 'S' }),
  inRow('memory is not updated', 'M', 'GetS', { actions: ['Data'] }, 'MESI'),
  inRow('gives up the duty to write back', 'M', 'GetS', { next: 'S' }, 'MOESI'),
  inRow('the owner does not supply', 'O', 'GetS', { actions: ['Ack'] }, 'MOESI'),
  inRow('the owner does not supply', 'O', 'GetM', { actions: ['Ack'] }, 'MOESI'),
  inRow('stays owner', 'O', 'Inv', { next: 'O' }, 'MOESI'),
  inRow('does not write back', 'O', 'Replace', { actions: ['Put'] }, 'MOESI'),
  inShared('private copies are not recalled', 'inclusive', 'Clean', 'Replace', { actions: [] }),
  inShared('modified data is dropped', 'inclusive', 'Dirty', 'Replace', { actions: ['Recall'] }),
  inShared('forgets that it is modified', 'inclusive', 'Clean', 'PutDirty', { next: 'Clean' }),
  inShared('keeps a stale line', 'inclusive', 'Clean', 'Probe Inv', { next: 'Clean' }),
  inShared('is not filled', 'inclusive', 'NP', 'Fill', { actions: [], next: 'NP' }),
  inShared('modified data is dropped', 'victim', 'Dirty', 'Replace', { actions: [] }),
  inShared('modified data is passed as clean', 'victim', 'Dirty', 'GetS alone', { actions: ['Data'] }),
  inShared('keeps what a core writes', 'victim', 'Clean', 'GetM', { next: 'Clean' }),
  inShared('keeps a stale line', 'victim', 'Dirty', 'Probe Inv', { next: 'Dirty' }),
  { name: 'private caches that miss invalidations', wrap: deaf(5, (state) => state === STATE_I) },
  { name: 'private caches that miss downgrades', wrap: deaf(5, (state) => state !== STATE_I) },
  {
    name: 'private caches that report M as E',
    wrap: (caches) => ({
      state: (core, line) => (caches.state(core, line) === STATE_M ? STATE_E : caches.state(core, line)),
      setState: (core, line, state) => caches.setState(core, line, state),
    }),
  },
  {
    name: 'private caches that forget copies without notice',
    wrap: (caches) => ({
      state: (core, line) =>
        caches.state(core, line) === STATE_S && (core ^ line) % 8 === 7 ? STATE_I : caches.state(core, line),
      setState: (core, line, state) => caches.setState(core, line, state),
    }),
  },
];

/** Machines on which the fault exists; two nodes of two groups of two cores, with small shared caches. */
function shapesFor({ protocol, inclusion }: SeededFault): Shape[] {
  return (protocol ? [protocol] : PROTOCOL_NAMES).flatMap((name) =>
    (inclusion ?? INCLUSIONS).map((kind, i) => ({
      protocol: name,
      fabric: FABRIC_KINDS[i % FABRIC_KINDS.length]!,
      inclusion: kind,
      nodes: 2,
      groupsPerNode: 2,
      coresPerGroup: 2,
      sharedSets: 2,
      sharedWays: 2,
    })),
  );
}

const CASES = 40;
const STEPS = 400;
const SEED = 11;

describe('a machine in which', () => {
  it.each(FAULTS)('$name: is found', (fault) => {
    const found = shapesFor(fault).map((shape) => {
      for (let number = 0; number < CASES; number++) {
        const failure = failureOf(randomCase(SEED, number, STEPS, 32, shape), fault);
        if (failure) return failure.name;
      }
      return 'nothing';
    });
    // A row may not be reached on each machine (nobody recalls without an inclusive cache); where it is, the fault must show.
    expect(found.some((name) => name !== 'nothing')).toBe(true);
  });
});

it('finds nothing on the same machines without a fault', () => {
  for (const shape of shapesFor({ name: 'none' }))
    for (let number = 0; number < CASES; number++)
      expect(failureOf(randomCase(SEED, number, STEPS, 32, shape))).toBeUndefined();
});

it('shrinks what it finds to a few steps that still fail', () => {
  const fault = inRow('keeps its copy', 'S', 'Inv', { next: 'S' });
  const shape = shapesFor({ name: 'without shared caches', protocol: 'MESI', inclusion: [undefined] })[0]!;
  const failing = Array.from({ length: CASES }, (_, number) => randomCase(SEED, number, STEPS, 32, shape)).find(
    (which) => failureOf(which, fault),
  )!;
  const small = shrinkCase(failing, fault);
  expect(failureOf(small, fault)).toBeDefined();
  // Two readers, and one of them writes.
  expect(small.steps.length).toBeLessThanOrEqual(3);
});

it('names line, cores, states, transaction and cycle', () => {
  const fault = inRow('keeps its copy', 'S', 'Inv', { next: 'S' });
  const shape = shapesFor({ name: 'without shared caches', protocol: 'MESI', inclusion: [undefined] })[0]!;
  const step = { kind: 0, core: 2, line: 3, way: 0, pause: 0 };
  const steps = [step, { ...step, core: 5 }, { ...step, kind: 1 }];
  const failure = failureOf({ shape, lines: 4, sets: 1, ways: 1, steps }, fault);
  expect(failure?.name).toBe('CoherenceViolation');
  expect(failure?.message).toMatch(
    /^coherence is violated on line 3 after Upgrade by core 2 at cycle \d+(\.\d+)?: core 5 has a copy although another unit has the exclusive right. Copies: core 2 M, core 5 S; owner core 2, owner unit 2, exclusive$/,
  );
});
