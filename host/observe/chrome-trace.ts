// A trace in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing load.
//
// One microsecond of the viewer is one cycle of the machine's reference clock; the clock is in the file's metadata. Each core has three
// tracks: what it does (run, halt, mwait ...), its kernel (traps and interrupts, nested), its memory (coherence transactions). Arrows
// (flow events) join the parts of one request across cores: an IPI with its interrupt, a store with the core that it wakes.
import {
  interruptName,
  type ObservedMachine,
  requestName,
  sleepName,
  sourceName,
  stateName,
  TICKS_PER_CYCLE,
  type Trace,
  type TraceEvent,
  trapName,
  WOKEN_BY_WRITE,
  wakeName,
} from '../../machine/index.ts';
import type { GuestSites } from './guest-sites.ts';

export interface ChromeTraceTexts {
  readonly title: string;
  readonly sites: GuestSites;
}

interface ChromeEvent {
  readonly ph: string;
  readonly name?: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly s?: string;
  readonly bp?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

const PID = 1;
const CORE_TRACK = 0;
const KERNEL_TRACK = 1;
/** The first of a core's memory tracks: transactions that overlap in time take one each. */
const MEMORY_TRACK = 2;
const TRACKS_PER_CORE = 64;
/** An IPI is drawn one cycle long, so that an arrow can start in it. */
const POINT_CYCLES = 1;

function track(core: number, index: number): number {
  return 1 + core * TRACKS_PER_CORE + index;
}

/** The file, in pieces. */
export function* chromeTraceJson(trace: Trace, texts: ChromeTraceTexts): Generator<string> {
  const writer = new ChromeTraceWriter(trace.machine, texts);
  yield '{"displayTimeUnit":"ns","traceEvents":[\n';
  yield JSON.stringify({ ph: 'M', name: 'process_name', pid: PID, tid: 0, args: { name: texts.title } });
  for (const event of trace.events()) {
    for (const chrome of writer.convert(event)) yield `,\n${JSON.stringify(chrome)}`;
  }
  for (const chrome of writer.end()) yield `,\n${JSON.stringify(chrome)}`;
  const metadata = {
    title: texts.title,
    unit: 'one microsecond of this file is one cycle',
    clockMegahertz: trace.machine.profile.clockMegahertz,
    dropped: Object.fromEntries(trace.dropped),
    droppedMeaning: 'events of these kinds that were older than what the trace keeps',
  };
  yield `\n],"otherData":${JSON.stringify(metadata)}}\n`;
}

interface OpenSlice {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Where a request shows up. */
interface Anchor {
  readonly tid: number;
  readonly ts: number;
}

class ChromeTraceWriter {
  readonly #machine: ObservedMachine;
  readonly #sites: GuestSites;
  /** By core: open traps and interrupts of the running context; by context: those of contexts that run nowhere. */
  readonly #open: OpenSlice[][];
  readonly #switchedOut = new Map<number, OpenSlice[]>();
  /** By core: when each memory track is free again. */
  readonly #memoryTracks: number[][];
  readonly #anchors = new Map<number, Anchor[]>();
  #latest = 0;

  constructor(machine: ObservedMachine, { sites }: ChromeTraceTexts) {
    this.#machine = machine;
    this.#sites = sites;
    this.#open = Array.from({ length: machine.coreCount }, () => []);
    this.#memoryTracks = this.#open.map(() => []);
  }

  convert(event: TraceEvent): ChromeEvent[] {
    const { core } = event;
    const ts = event.time / TICKS_PER_CYCLE;
    if (ts > this.#latest) this.#latest = ts;
    const request = event.requestId > 0 ? { requestId: event.requestId } : {};
    const tid = track(core, CORE_TRACK);
    switch (event.kind) {
      case 'run':
        return [complete('run', tid, event.fields.start, event.time, request)];
      case 'sleep':
        return this.#sleep(event, request);
      case 'trap': {
        const operand = `0x${event.fields.operand.toString(16)}`;
        return [this.#enter(event, trapName(event.fields.cause), { operand, ...request })];
      }
      case 'interrupt':
        return [this.#enter(event, interruptName(event.fields.vector), request)];
      case 'return':
        return this.#leave(core, ts);
      case 'ipi':
        return this.#ipi(event, request);
      case 'switch':
        return this.#switch(core, ts, event.fields.from, event.fields.to);
      case 'transaction':
        return [this.#transaction(event, request)];
      case 'eviction': {
        const args = { line: event.fields.line, state: stateName(event.fields.state), ...request };
        return [instant('evict', track(core, MEMORY_TRACK), ts, args)];
      }
      case 'report':
        // A counter: the viewer draws its values over time.
        return [
          {
            ph: 'C',
            name: `${event.fields.name} (core ${core})`,
            pid: PID,
            tid,
            ts,
            args: { value: event.fields.value },
          },
        ];
      case 'mark':
        return [instant(event.fields.name, tid, ts, { value: event.fields.value.toString(), ...request })];
      case 'log':
        return [instant('log', tid, ts, { text: event.fields.text, ...request })];
      case 'start':
        return [instant(`start ${event.fields.name}`, tid, ts, {})];
      case 'finish':
        return [instant('finish', tid, ts, {})];
      case 'stop':
        return [{ ...instant('stop', tid, ts, { what: event.fields.what, ...request }), s: 'g' }];
    }
  }

  /** Closes what is open, draws the requests' arrows and names the tracks. */
  end(): ChromeEvent[] {
    const events = this.#open.flatMap((slices, core) => slices.map(() => close(core, this.#latest)));
    const requests = [...this.#anchors].sort(([a], [b]) => a - b);
    for (const [id, anchors] of requests) events.push(...arrows(id, anchors));
    this.#open.forEach((_, core) => {
      const names = [`core ${core}`, `core ${core} kernel`];
      const memory = this.#memoryTracks[core]?.length ?? 0;
      for (let i = 0; i < Math.max(memory, 1); i++) names.push(`core ${core} memory${i === 0 ? '' : ` ${i + 1}`}`);
      for (const [index, name] of names.entries()) {
        const tid = track(core, index);
        events.push({ ph: 'M', name: 'thread_name', pid: PID, tid, args: { name } });
        events.push({ ph: 'M', name: 'thread_sort_index', pid: PID, tid, args: { sort_index: tid } });
      }
    });
    return events;
  }

  #enter(event: TraceEvent, name: string, args: OpenSlice['args']): ChromeEvent {
    this.#open[event.core]?.push({ name, args });
    const tid = track(event.core, KERNEL_TRACK);
    this.#anchor(event.requestId, tid, event.time / TICKS_PER_CYCLE);
    return open(event.core, event.time / TICKS_PER_CYCLE, { name, args });
  }

  #leave(core: number, ts: number): ChromeEvent[] {
    // A trace may begin in the middle of a trap.
    return this.#open[core]?.pop() ? [close(core, ts)] : [];
  }

  /** Open slices go with their context. */
  #switch(core: number, ts: number, from: number, to: number): ChromeEvent[] {
    const left = this.#open[core] ?? [];
    const entered = this.#switchedOut.get(to) ?? [];
    this.#switchedOut.delete(to);
    if (from !== 0) this.#switchedOut.set(from, left);
    this.#open[core] = entered;
    return [
      ...left.map(() => close(core, ts)),
      instant(`context ${from} to ${to}`, track(core, CORE_TRACK), ts, {}),
      ...entered.map((slice) => open(core, ts, slice)),
    ];
  }

  #sleep({ core, time, requestId, fields }: Extract<TraceEvent, { kind: 'sleep' }>, request: object): ChromeEvent[] {
    const { start, kind, reason, by, caused } = fields;
    const tid = track(core, CORE_TRACK);
    const ts = time / TICKS_PER_CYCLE;
    if (reason === WOKEN_BY_WRITE && caused >= 0) {
      this.#anchor(requestId, track(by, CORE_TRACK), caused / TICKS_PER_CYCLE);
      this.#anchor(requestId, tid, ts);
    }
    const woken = { wokenBy: wakeName(reason), ...(by < 0 ? {} : { byCore: by }) };
    return [complete(sleepName(kind), tid, start, time, { ...woken, ...request })];
  }

  #ipi({ core, time, requestId, fields }: Extract<TraceEvent, { kind: 'ipi' }>, request: object): ChromeEvent[] {
    const { target, vector, arrival } = fields;
    const tid = track(core, CORE_TRACK);
    this.#anchor(requestId, tid, time / TICKS_PER_CYCLE);
    const args = { vector, arrivesAt: arrival / TICKS_PER_CYCLE, ...request };
    return [complete(`IPI to core ${target}`, tid, time, time + POINT_CYCLES * TICKS_PER_CYCLE, args)];
  }

  #transaction({ core, time, fields }: Extract<TraceEvent, { kind: 'transaction' }>, request: object): ChromeEvent {
    const { start, line, source, supplier, invalidations, offset, bytes, address, site } = fields;
    const free = this.#memoryTracks[core] as number[];
    let index = free.findIndex((until) => until <= start);
    if (index < 0) index = free.length;
    free[index] = time;
    const place = this.#machine.site(site);
    const args = {
      line,
      ...(address < 0 ? {} : { address: `0x${address.toString(16)}`, bytes, offset }),
      from: sourceName(source, supplier),
      invalidations,
      ...(place ? { at: this.#sites.text(place) } : {}),
      ...request,
    };
    const lane = Math.min(MEMORY_TRACK + index, TRACKS_PER_CORE - 1);
    return complete(requestName(fields.request), track(core, lane), start, time, args);
  }

  #anchor(request: number, tid: number, ts: number): void {
    const anchors = this.#anchors.get(request) ?? [];
    this.#anchors.set(request, anchors);
    // More on one track is no news: arrows lead elsewhere.
    if (anchors.at(-1)?.tid !== tid) anchors.push({ tid, ts });
  }
}

function complete(name: string, tid: number, start: number, end: number, args: ChromeEvent['args']): ChromeEvent {
  const ts = start / TICKS_PER_CYCLE;
  return { ph: 'X', name, pid: PID, tid, ts, dur: (end - start) / TICKS_PER_CYCLE, args: args ?? {} };
}

function instant(name: string, tid: number, ts: number, args: ChromeEvent['args']): ChromeEvent {
  return { ph: 'i', name, pid: PID, tid, ts, s: 't', args: args ?? {} };
}

function open(core: number, ts: number, { name, args }: OpenSlice): ChromeEvent {
  return { ph: 'B', name, pid: PID, tid: track(core, KERNEL_TRACK), ts, args };
}

function close(core: number, ts: number): ChromeEvent {
  return { ph: 'E', pid: PID, tid: track(core, KERNEL_TRACK), ts };
}

/** A request that stays on one track needs none. */
function arrows(id: number, anchors: readonly Anchor[]): ChromeEvent[] {
  if (anchors.length < 2) return [];
  return anchors.map(({ tid, ts }, i) => {
    const ph = i === 0 ? 's' : i === anchors.length - 1 ? 'f' : 't';
    return { ph, name: 'request', cat: 'request', id, pid: PID, tid, ts, bp: 'e' };
  });
}
