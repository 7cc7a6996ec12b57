// The native part of coherence (machine/native/coherence), made for a machine: an instance of its module over a memory of its own.
import type { NativeSharedCaches } from '../cache/shared-cache.ts';
import type { NativeInterconnect } from '../interconnect/native-interconnect.ts';
import { coherenceModuleBytes } from '../native/bytes.ts';
import * as layout from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import type { CoherenceConstants } from './coherence-places.ts';
import { ENTRY_NAMES, SHARED_EVENT_NAMES } from './shared-tables.ts';
import { EVENT_NAMES, STATE_NAMES } from './states.ts';

/** What native code calls while somebody listens (HOOK_*). Times are absolute, in ticks. */
export interface CoherenceHooks extends Record<string, WebAssembly.ImportValue> {
  lost(core: number, line: number, by: number, time: number): void;
  taken(line: number, core: number, time: number): void;
  transaction(core: number, line: number, request: number, start: number, end: number): void;
  evicted(core: number, line: number, state: number, time: number): void;
  moved(line: number, from: number, to: number): void;
  before(core: number, line: number, request: number, now: number): void;
  after(core: number, line: number, request: number, now: number, end: number): void;
  gone(core: number, line: number, state: number, now: number): void;
}

/** How it reaches the private caches where nobody has connected it with them directly. */
export interface CacheCalls extends Record<string, WebAssembly.ImportValue> {
  state(core: number, line: number): number;
  setState(core: number, line: number, state: number): void;
}

/** Its exports. Cores and lines are numbers, times absolute ticks. */
export interface NativeCoherence extends NativeInterconnect, NativeSharedCaches {
  transactAt(core: number, line: number, request: number, now: number): number;
  evictAt(core: number, line: number, state: number, now: number): void;
  uncachedAt(core: number, physical: number, bytes: number, write: boolean, now: number): number;
  /** State in which a core's private hierarchy has a line, or, while it gives that up in an exchange, had it. */
  privateState(core: number, line: number): number;
  /** For native code: times are BigInts to JavaScript. */
  readonly transact: WebAssembly.ImportValue;
  readonly exchange: WebAssembly.ImportValue;
  readonly evict: WebAssembly.ImportValue;
  readonly expect: WebAssembly.ImportValue;
  /** What stands in the table of calls at first. */
  readonly hostState: unknown;
  readonly hostSetState: unknown;
}

/** The last module that was compiled: machines are often made of one profile, one after the other. */
let latest: { readonly key: string; readonly module: WebAssembly.Module } | undefined;

function compile(constants: CoherenceConstants): WebAssembly.Module {
  const key = JSON.stringify(constants);
  if (latest?.key !== key) latest = { key, module: new WebAssembly.Module(coherenceModuleBytes(constants)) };
  return latest.module;
}

/** Returns the instance's exports and the table of the functions by which it reaches private caches: CALL_*. */
export function instantiateCoherence(
  constants: CoherenceConstants,
  { memory }: CoherenceMemory,
  hooks: CoherenceHooks,
  caches: CacheCalls,
): { native: NativeCoherence; calls: WebAssembly.Table } {
  const calls = new WebAssembly.Table({ element: 'anyfunc', initial: layout.CALLS });
  const host = { ...hooks, broken };
  const instance = new WebAssembly.Instance(compile(constants), { env: { memory, table: calls }, host, caches });
  return { native: instance.exports as unknown as NativeCoherence, calls };
}

/** Caches and presence map differ, or a table has no row for what happened: the machine has an error. */
function broken(what: number, first: number, second: number): never {
  throw new Error(
    {
      [layout.BROKEN_HAS_COPY]: `core ${first} asks to read line ${second}, of which it has a copy: its caches and the presence map differ`,
      [layout.BROKEN_NO_COPY]: `core ${first} gives up line ${second}, of which it has no copy: its caches and the presence map differ`,
      [layout.BROKEN_NO_ROW]: `the protocol has no row for ${EVENT_NAMES[second]} in state ${STATE_NAMES[first]}`,
      [layout.BROKEN_NO_SHARED_ROW]: `the table of the shared caches has no row for ${SHARED_EVENT_NAMES[second]} in state ${ENTRY_NAMES[first]}`,
      [layout.BROKEN_SUPPLIES_NOTHING]: `the owner of line ${first}, core ${second}, does not supply it`,
      [layout.BROKEN_NOT_SHARED]: `line ${first} is not in the shared cache`,
    }[what],
  );
}
