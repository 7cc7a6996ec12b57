// Recorded events: in order, with what they were told, runs put together, the newest in memory of fixed size.
import { describe, expect, it } from 'vitest';
import { REQUEST_GET_M, SOURCE_CORE } from '../../../machine/coherence/states.ts';
import { Trace, type TraceOptions } from '../../../machine/observe/trace.ts';
import { FIELDS, TRACE_EVENTS } from '../../../machine/observe/trace-events.ts';
import { TRAP_PAGE_FAULT, WOKEN_BY_WRITE } from '../../../machine/platform.ts';
import { SLEEPS_MWAIT } from '../../../machine/state/layout.ts';
import { TableMachine, transaction } from './observed-machine.ts';

function traceOf(options?: TraceOptions): Trace {
  const trace = new Trace(options);
  trace.attach(new TableMachine());
  return trace;
}

const kinds = (trace: Trace) => [...trace.events()].map(({ kind, core, time }) => [kind, core, time]);

it('keeps each event with its fields', () => {
  const trace = traceOf();
  trace.start(1, 8, 'main');
  trace.log(1, 16, 'hello');
  trace.mark(1, 24, 'here', -(1n << 62n));
  trace.report(1, 32, 'speed', 0.5);
  trace.trap(1, 40, TRAP_PAGE_FAULT, 0xffff_f000);
  trace.ipi(1, 48, 2, 7, 88);
  trace.trapReturn(1, 56);
  trace.contextSwitch(1, 64, 5, 6);
  trace.interrupt(2, 88, 7);
  trace.sleep(3, 0, SLEEPS_MWAIT);
  trace.willWake(3, 90, 2);
  trace.wake(3, 96, WOKEN_BY_WRITE, 2);
  trace.finish(1, 104);
  trace.stop(1, 104, 'exit 3');
  const at = (core: number, time: number, requestId: number) => ({ core, time, requestId });
  expect([...trace.events()]).toEqual([
    { kind: 'start', ...at(1, 8, 0), fields: { name: 'main' } },
    { kind: 'log', ...at(1, 16, 0), fields: { text: 'hello' } },
    { kind: 'mark', ...at(1, 24, 0), fields: { name: 'here', value: -(1n << 62n) } },
    { kind: 'report', ...at(1, 32, 0), fields: { name: 'speed', value: 0.5 } },
    { kind: 'trap', ...at(1, 40, 1), fields: { cause: TRAP_PAGE_FAULT, operand: 0xffff_f000 } },
    { kind: 'ipi', ...at(1, 48, 1), fields: { target: 2, vector: 7, arrival: 88 } },
    { kind: 'return', ...at(1, 56, 1), fields: {} },
    { kind: 'switch', ...at(1, 64, 0), fields: { from: 5, to: 6 } },
    { kind: 'interrupt', ...at(2, 88, 1), fields: { vector: 7 } },
    {
      kind: 'sleep',
      ...at(3, 96, 1),
      fields: { start: 0, kind: SLEEPS_MWAIT, reason: WOKEN_BY_WRITE, by: 2, caused: 90 },
    },
    { kind: 'finish', ...at(1, 104, 0), fields: {} },
    { kind: 'stop', ...at(1, 104, 0), fields: { what: 'exit 3' } },
  ]);
});

it('keeps transactions and evictions among the others', () => {
  const trace = traceOf();
  const told = { core: 2, line: 77, request: REQUEST_GET_M, start: 8, end: 80, source: SOURCE_CORE, supplier: 1 };
  const access = { invalidations: 1, offset: 12, bytes: 8, address: 4940, site: 99 };
  trace.log(2, 8, 'before');
  trace.transaction?.(transaction({ ...told, ...access }));
  trace.eviction?.(2, 88, 78, 4);
  trace.log(2, 96, 'after');
  const { core: _, end: __, ...rest } = told;
  expect([...trace.events()].slice(1, 3)).toEqual([
    { kind: 'transaction', core: 2, time: 80, requestId: 0, fields: { ...rest, ...access } },
    { kind: 'eviction', core: 2, time: 88, requestId: 0, fields: { line: 78, state: 4 } },
  ]);
  expect(kinds(trace).map(([kind]) => kind)).toEqual(['log', 'transaction', 'eviction', 'log']);
});

it('records no transactions when it is told so', () => {
  const trace = new Trace({ memoryEvents: 0 });
  expect([trace.transaction, trace.eviction]).toEqual([undefined, undefined]);
});

describe('runs', () => {
  const windows = [
    [0, 320],
    [320, 648],
    [648, 900],
  ] as const;

  it('are put together while the core does not sleep', () => {
    const trace = traceOf();
    for (const [start, end] of windows) trace.slice(0, start, end);
    // The window in which a core falls asleep is told after that.
    trace.sleep(0, 950, SLEEPS_MWAIT);
    trace.slice(0, 900, 950);
    trace.wake(0, 2000, WOKEN_BY_WRITE, 1);
    trace.slice(0, 2000, 2100);
    const runs = [...trace.events()].flatMap((event) =>
      event.kind === 'run' ? [[event.fields.start, event.time]] : [],
    );
    expect(runs).toEqual([
      [0, 900],
      [900, 950],
      [2000, 2100],
    ]);
  });

  it('are one for each window when that is asked for', () => {
    const trace = traceOf({ windows: true });
    for (const [start, end] of windows) trace.slice(1, start, end);
    expect(kinds(trace)).toEqual(windows.map(([, end]) => ['run', 1, end]));
  });

  it('in progress are read and go on', () => {
    const trace = traceOf();
    trace.slice(0, 0, 100);
    expect(kinds(trace)).toEqual([['run', 0, 100]]);
    trace.slice(0, 100, 200);
    expect([...trace.events()]).toEqual([{ kind: 'run', core: 0, time: 200, requestId: 0, fields: { start: 0 } }]);
  });
});

it('keeps the newest events and counts what made room', () => {
  const trace = traceOf({ events: 4, memoryEvents: 2 });
  for (let i = 0; i < 5; i++) trace.transaction?.(transaction({ end: i }));
  trace.start(0, 0, 'main');
  for (let i = 1; i <= 5; i++) trace.log(0, i, `message ${i}`);
  expect(kinds(trace)).toEqual([
    ['transaction', 0, 3],
    ['transaction', 0, 4],
    ['log', 0, 2],
    ['log', 0, 3],
    ['log', 0, 4],
    ['log', 0, 5],
  ]);
  const texts = [...trace.events()].flatMap((event) => (event.kind === 'log' ? [event.fields.text] : []));
  expect(texts).toEqual(['message 2', 'message 3', 'message 4', 'message 5']);
  expect([...trace.dropped]).toEqual([
    ['start', 1],
    ['log', 1],
    ['transaction', 3],
  ]);
});

it('belongs to one machine', () => {
  const trace = new Trace();
  expect(() => trace.machine).toThrow('belongs to no machine');
  trace.attach(new TableMachine());
  expect(() => trace.attach(new TableMachine())).toThrow('belongs to a machine already');
});

it('lists no event with more fields than it stores', () => {
  for (const { fields } of Object.values(TRACE_EVENTS)) {
    const units = Object.values(fields) as string[];
    expect(units.filter((unit) => unit !== 'text').length).toBeLessThanOrEqual(FIELDS);
    expect(units.filter((unit) => unit === 'text').length).toBeLessThanOrEqual(1);
    // Fields of 64 bits come first, where the recorder puts them.
    expect(units.indexOf('i64')).toBeLessThanOrEqual(0);
  }
});
