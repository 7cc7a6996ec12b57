// Traces as Perfetto reads them: tracks, slices that nest, arrows between the parts of a request.
import { describe, expect, it } from 'vitest';
import { chromeTraceJson } from '../../../host/observe/chrome-trace.ts';
import { GuestSites } from '../../../host/observe/guest-sites.ts';
import { SOURCE_CORE } from '../../../machine/coherence/states.ts';
import { Trace, type TraceOptions, WOKEN_BY_WRITE } from '../../../machine/index.ts';
import { TRAP_PAGE_FAULT, TRAP_SYSCALL, VECTOR_TIMER } from '../../../machine/platform.ts';
import { SLEEPS_MWAIT } from '../../../machine/state/layout.ts';
import { site, TableMachine, transaction } from '../../machine/observe/observed-machine.ts';

interface Event {
  ph: string;
  name: string;
  tid: number;
  ts: number;
  dur: number;
  id: number;
  args: Record<string, unknown>;
}

interface Document {
  traceEvents: Event[];
  otherData: Record<string, unknown>;
}

function traceOf(fill: (trace: Trace) => void, options?: TraceOptions): Document {
  const trace = new Trace(options);
  const machine = new TableMachine();
  machine.sites.set(5, site('push', 31));
  trace.attach(machine);
  fill(trace);
  return JSON.parse([...chromeTraceJson(trace, { title: 'a test', sites: new GuestSites() })].join('')) as Document;
}

const named = ({ traceEvents }: Document, ph: string) => traceEvents.filter((event) => event.ph === ph);

function trackNames({ traceEvents }: Document): Map<number, unknown> {
  const names = traceEvents.filter(({ ph, name }) => ph === 'M' && name === 'thread_name');
  return new Map(names.map(({ tid, args }) => [tid, args.name]));
}

/** On each track, what begins inside a slice ends there. */
function expectNesting({ traceEvents }: Document): void {
  const stacks = new Map<number, number>();
  for (const { ph, tid } of traceEvents.filter(({ ph }) => ph === 'B' || ph === 'E')) {
    const depth = (stacks.get(tid) ?? 0) + (ph === 'B' ? 1 : -1);
    expect(depth).toBeGreaterThanOrEqual(0);
    stacks.set(tid, depth);
  }
  expect([...stacks.values()].filter((depth) => depth !== 0)).toEqual([]);
  const complete = traceEvents.filter(({ ph }) => ph === 'X').sort((a, b) => a.ts - b.ts || b.dur - a.dur);
  const ends = new Map<number, number[]>();
  for (const { tid, ts, dur } of complete) {
    const open = (ends.get(tid) ?? []).filter((end) => end > ts);
    for (const end of open) expect(ts + dur).toBeLessThanOrEqual(end);
    ends.set(tid, [...open, ts + dur]);
  }
}

it('says what was run, the clock and what was dropped', () => {
  const document = traceOf(
    (trace) => {
      for (let i = 0; i < 5; i++) trace.log(0, 8 * i, 'x');
    },
    { events: 3 },
  );
  expect(document.otherData).toMatchObject({ title: 'a test', clockMegahertz: 2800, dropped: { log: 2 } });
  expect(named(document, 'M')[0]).toMatchObject({ name: 'process_name', args: { name: 'a test' } });
  expect([...trackNames(document).values()].slice(0, 4)).toEqual([
    'core 0',
    'core 0 kernel',
    'core 0 memory',
    'core 1',
  ]);
});

it('draws runs, sleeps and what happens in them on the track of the core, in cycles', () => {
  const document = traceOf((trace) => {
    trace.start(1, 0, 'main');
    trace.slice(1, 0, 800);
    trace.mark(1, 400, 'here', 5n);
    trace.report(1, 408, 'speed', 2.5);
    trace.sleep(1, 800, SLEEPS_MWAIT);
    trace.wake(1, 1604, WOKEN_BY_WRITE, 2);
    trace.slice(1, 1604, 1700);
  });
  const track = (event: Event | undefined) => trackNames(document).get(event?.tid ?? -1);
  const complete = named(document, 'X');
  expect(complete.map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
    ['run', 0, 100],
    ['mwait', 100, 100.5],
    ['run', 200.5, 12],
  ]);
  expect(complete.map(track)).toEqual(['core 1', 'core 1', 'core 1']);
  expect(complete[1]?.args).toMatchObject({ wokenBy: 'write', byCore: 2 });
  expect(named(document, 'i').map(({ name, args }) => [name, args.value])).toEqual([
    ['start main', undefined],
    ['here', '5'],
  ]);
  expect(named(document, 'C')).toMatchObject([{ name: 'speed (core 1)', args: { value: 2.5 } }]);
  expectNesting(document);
});

describe('the kernel', () => {
  it('has nested traps, and those of a context where it runs', () => {
    const document = traceOf((trace) => {
      trace.trap(0, 8, TRAP_SYSCALL + 4, 0);
      trace.trap(0, 16, TRAP_PAGE_FAULT, 0x1000);
      trace.contextSwitch(0, 24, 1, 2);
      trace.interrupt(0, 32, VECTOR_TIMER);
      trace.trapReturn(0, 40);
      trace.contextSwitch(3, 48, 3, 1);
      trace.trapReturn(3, 56);
      trace.trapReturn(3, 64);
    });
    const events = document.traceEvents.filter(({ ph }) => ph === 'B' || ph === 'E');
    const tracks = trackNames(document);
    expect(events.map(({ ph, name, tid, ts }) => [ph, name, tracks.get(tid), ts])).toEqual([
      ['B', 'syscall 4', 'core 0 kernel', 1],
      ['B', 'page fault', 'core 0 kernel', 2],
      ['E', undefined, 'core 0 kernel', 3],
      ['E', undefined, 'core 0 kernel', 3],
      ['B', 'timer interrupt', 'core 0 kernel', 4],
      ['E', undefined, 'core 0 kernel', 5],
      ['B', 'syscall 4', 'core 3 kernel', 6],
      ['B', 'page fault', 'core 3 kernel', 6],
      ['E', undefined, 'core 3 kernel', 7],
      ['E', undefined, 'core 3 kernel', 8],
    ]);
    expectNesting(document);
  });

  it('ends with the trace where it is not left, and does not begin where it was not entered', () => {
    const document = traceOf((trace) => {
      trace.trapReturn(0, 8);
      trace.trap(0, 16, TRAP_PAGE_FAULT, 0);
      trace.log(1, 160, 'later');
    });
    expect(named(document, 'E').map(({ ts }) => ts)).toEqual([20]);
    expectNesting(document);
  });
});

describe('arrows', () => {
  it('lead from a fault to the cores that it interrupts', () => {
    const document = traceOf((trace) => {
      trace.slice(0, 0, 800);
      trace.trap(0, 80, TRAP_PAGE_FAULT, 0x1000);
      trace.ipi(0, 160, 1, 9, 400);
      trace.ipi(0, 168, 2, 9, 408);
      trace.interrupt(1, 400, 9);
      trace.interrupt(2, 408, 9);
      trace.interrupt(3, 500, 9);
    });
    const tracks = trackNames(document);
    const flows = document.traceEvents.filter(({ ph }) => 'stf'.includes(ph));
    expect(flows.map(({ ph, id, tid, ts }) => [ph, id, tracks.get(tid), ts])).toEqual([
      ['s', 1, 'core 0 kernel', 10],
      ['t', 1, 'core 0', 20],
      ['t', 1, 'core 1 kernel', 50],
      ['f', 1, 'core 2 kernel', 51],
    ]);
    // Each begins and ends in a slice.
    for (const { tid, ts } of flows) {
      const inside = document.traceEvents.some(
        (event) => event.tid === tid && (event.ph === 'B' || event.ph === 'X') && event.ts <= ts,
      );
      expect(inside).toBe(true);
    }
  });

  it('lead from a store to the core that it wakes', () => {
    const document = traceOf((trace) => {
      trace.slice(2, 0, 800);
      trace.sleep(1, 0, SLEEPS_MWAIT);
      trace.willWake(1, 320, 2);
      trace.wake(1, 400, WOKEN_BY_WRITE, 2);
    });
    const tracks = trackNames(document);
    expect(named(document, 's').map(({ tid, ts }) => [tracks.get(tid), ts])).toEqual([['core 2', 40]]);
    expect(named(document, 'f').map(({ tid, ts }) => [tracks.get(tid), ts])).toEqual([['core 1', 50]]);
  });

  it('are none for a request that stays where it is', () => {
    const document = traceOf((trace) => {
      trace.trap(0, 8, TRAP_PAGE_FAULT, 0);
      trace.trap(0, 16, TRAP_PAGE_FAULT, 0);
    });
    expect(named(document, 's')).toEqual([]);
  });
});

it('draws transactions with their place in the guest, side by side where they overlap', () => {
  const document = traceOf((trace) => {
    const fetch = { core: 1, line: 9, source: SOURCE_CORE, supplier: 3, address: 0x244, offset: 4, bytes: 4, site: 5 };
    trace.transaction?.(transaction({ ...fetch, start: 0, end: 800 }));
    trace.transaction?.(transaction({ ...fetch, start: 400, end: 1200, site: 0, address: -1 }));
    trace.transaction?.(transaction({ ...fetch, start: 800, end: 1000 }));
    trace.eviction?.(1, 800, 7, 4);
  });
  const tracks = trackNames(document);
  const complete = named(document, 'X');
  expect(complete.map(({ name, tid }) => [name, tracks.get(tid)])).toEqual([
    ['GetS', 'core 1 memory'],
    ['GetS', 'core 1 memory 2'],
    ['GetS', 'core 1 memory'],
  ]);
  expect(complete[0]?.args).toEqual({
    line: 9,
    address: '0x244',
    bytes: 4,
    offset: 4,
    from: 'core 3',
    invalidations: 0,
    at: 'push (offset 0x1f)',
  });
  expect(complete[1]?.args).toEqual({ line: 9, from: 'core 3', invalidations: 0 });
  expect(named(document, 'i')).toMatchObject([{ name: 'evict', args: { line: 7, state: 'M' } }]);
  expectNesting(document);
});
