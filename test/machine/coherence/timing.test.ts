// Times: without contention a transaction takes the sum of the profile's parts, as docs/coherence.md lists them; with contention nobody is
// served sooner; and the bytes on each link are those of the messages that pass it.
import { describe, expect, it } from 'vitest';
import type { MemoryProfile } from '../../../machine/coherence/fabric.ts';
import type { Links } from '../../../machine/interconnect/links.ts';
import { Topology } from '../../../machine/interconnect/topology.ts';
import { CacheModel } from './cache-model.ts';
import { FABRIC_KINDS, machineOf, type Shape } from './machines.ts';

const TICKS = 8;
const LINES_PER_NODE = 8;
/** Late enough that nothing of a preparation is still going on. */
const QUIET = 1e6;

const ONE_NODE: Shape = { protocol: 'MOESI', fabric: 'bus', nodes: 1, groupsPerNode: 1, coresPerGroup: 4 };

function modelOf(profile: MemoryProfile): CacheModel {
  return new CacheModel(profile, { lines: LINES_PER_NODE * profile.topology.nodes, sets: 1, ways: 16 });
}

/** Cycles that an access takes when nothing else happens. */
function cycles(model: CacheModel, core: number, line: number, isStore: boolean): number {
  const begin = Math.max(...model.clocks) + QUIET;
  model.clocks.fill(begin);
  model.access(core, line, isStore, 0);
  return (model.clocks[core]! - begin) / TICKS;
}

/** Bytes by direction that an access sends. */
function traffic(model: CacheModel, core: number, line: number, isStore: boolean): number[] {
  const { links } = model.controller.fabric;
  const directions = Array.from({ length: links.directions }, (_, direction) => direction);
  const before = directions.map((direction) => links.bytes(direction));
  cycles(model, core, line, isStore);
  return directions.map((direction) => links.bytes(direction) - before[direction]!);
}

describe('on a bus', () => {
  it('a miss takes arbitration, snoop, memory or the supplier, and the data phase', () => {
    const model = modelOf(machineOf(ONE_NODE));
    expect(cycles(model, 0, 0, false)).toBe(5 + 7 + 97 + 4);
    expect(cycles(model, 1, 0, false)).toBe(5 + 7 + 11 + 4);
    expect(cycles(model, 2, 0, true)).toBe(5 + 7 + 97 + 4);
    expect(cycles(model, 0, 0, true)).toBe(5 + 7 + 11 + 4);
  });

  it('an upgrade takes arbitration and snoop', () => {
    const model = modelOf(machineOf(ONE_NODE));
    cycles(model, 0, 0, false);
    cycles(model, 1, 0, false);
    expect(cycles(model, 0, 0, true)).toBe(5 + 7);
    expect(cycles(model, 0, 0, true)).toBe(0);
  });

  it('the address phase of one request overlaps with the data phase of another', () => {
    const model = modelOf(machineOf(ONE_NODE));
    model.access(0, 0, false, 0);
    model.access(1, 1, false, 0);
    // The memory controller is busy for 16 cycles with a line; the second request is snooped 12 cycles after the first.
    expect([...model.clocks].slice(0, 2)).toEqual([113 * TICKS, (113 + 16) * TICKS]);
  });
});

/** Five nodes in a ring with links of different length, two cores each; lines of 8 bytes a cycle: 1 cycle without data, 9 with. */
const RING: Shape = { protocol: 'MOESI', fabric: 'directory', nodes: 5, groupsPerNode: 2, coresPerGroup: 1 };

function distanceOf(profile: MemoryProfile): (from: number, to: number, data: boolean) => number {
  const topology = new Topology(profile.topology);
  return (from, to, data) => {
    const way = topology.route(from, to);
    const latencies = way.slice(1).map((_, i) => {
      const { links } = profile.topology;
      return links.find(({ between }) => between.includes(way[i]!) && between.includes(way[i + 1]!))!.latencyCycles;
    });
    return latencies.reduce((sum, latency) => sum + latency, 0) + (from === to ? 0 : data ? 9 : 1);
  };
}

/** Bytes by direction of messages `[from, to, data]`. */
function bytesOf(links: Links, messages: readonly (readonly [number, number, boolean])[]): number[] {
  const bytes = new Array<number>(links.directions).fill(0);
  for (const [from, to, data] of messages) {
    const way = links.topology.route(from, to).slice(1);
    for (const node of way) bytes[links.topology.trees[from]!.through[node]!]! += data ? 72 : 8;
  }
  return bytes;
}

const TRIPLES = [0, 1, 2, 3, 4].flatMap((home) => [0, 1, 3, 4].map((owner) => ({ requester: 2, home, owner })));

describe('with directories', () => {
  const machine = machineOf(RING);
  const way = distanceOf(machine);

  it.each(TRIPLES)('a read by node $requester of a line of node $home, from memory and from node $owner', (where) => {
    const { requester, home, owner } = where;
    const line = home * LINES_PER_NODE + 3;
    const request = 13 + way(requester, home, false) + 23;
    const cold = modelOf(machine);
    expect(cycles(cold, requester * 2, line, false)).toBe(request + 97 + way(home, requester, true) + 19);
    const warm = modelOf(machine);
    cycles(warm, owner * 2 + 1, line, true);
    const { links } = warm.controller.fabric;
    const messages = [
      [requester, home, false],
      [home, owner, false],
      [owner, requester, true],
    ] as const;
    expect(traffic(warm, requester * 2, line, false)).toEqual(bytesOf(links, messages));
    const again = modelOf(machine);
    cycles(again, owner * 2 + 1, line, true);
    const forwarded = way(home, owner, false) + 17 + way(owner, requester, true);
    expect(cycles(again, requester * 2, line, false)).toBe(request + forwarded + 19);
  });

  it('a write waits for the farthest acknowledgement', () => {
    const model = modelOf(machine);
    for (const node of [0, 1, 2, 3, 4]) cycles(model, node * 2, 0, false);
    const request = 13 + way(2, 0, false) + 23;
    const answers = [0, 1, 3, 4].map((node) => way(0, node, false) + 17 + way(node, 2, false));
    const found = cycles(model, 4, 0, true);
    // Two messages to different sharers wait for each other on a link that both take.
    expect(found).toBeGreaterThanOrEqual(request + Math.max(...answers) + 19);
    expect(found).toBeLessThanOrEqual(request + Math.max(...answers) + 19 + 2);
  });

  it('tells the home of evictions, with data when it was modified', () => {
    for (const isStore of [false, true]) {
      const model = modelOf(machine);
      cycles(model, 0, 17, isStore);
      const { links } = model.controller.fabric;
      const before = bytesOf(links, []).map((_, direction) => links.bytes(direction));
      model.evict(0, 17);
      const sent = before.map((bytes, direction) => links.bytes(direction) - bytes);
      expect(sent).toEqual(bytesOf(links, [[0, 2, isStore]]));
    }
  });
});

describe('by broadcast', () => {
  // Messages so short that those of one transaction hardly ever wait for each other.
  const base = machineOf({ ...RING, fabric: 'broadcast' });
  const links = base.topology.links.map((link) => ({ ...link, bytesPerCycle: 4096 }));
  const machine = { ...base, topology: { ...base.topology, links } };
  const latency = distanceOf(machine);
  const way = (from: number, to: number) => latency(from, to, false) - (from === to ? 0 : 1);

  it.each(TRIPLES)('node $requester has a line of node $home when data and all answers have come', (where) => {
    const { requester, home, owner } = where;
    const line = home * LINES_PER_NODE + 3;
    const request = 13 + way(requester, home);
    const answers = [0, 1, 2, 3, 4].map((node) => way(home, node) + 17 + way(node, requester));
    const cold = modelOf(machine);
    const expected = request + Math.max(...answers, 97 + way(home, requester)) + 19;
    const found = cycles(cold, requester * 2, line, false);
    expect(found).toBeGreaterThanOrEqual(expected);
    expect(found).toBeLessThanOrEqual(expected + 2);
    const warm = modelOf(machine);
    cycles(warm, owner * 2 + 1, line, true);
    // Who supplies changes nothing: the farthest answer counts.
    const supplied = cycles(warm, requester * 2, line, false);
    expect(supplied).toBeGreaterThanOrEqual(request + Math.max(...answers) + 19);
    expect(supplied).toBeLessThanOrEqual(request + Math.max(...answers) + 19 + 2);
  });

  it('sends a probe over each link of the tree, and an answer from every node', () => {
    const model = modelOf(machine);
    cycles(model, 1, 8, true);
    const sent = traffic(model, 4, 8, false);
    const answers = [0, 1, 3, 4].map((node) => [node, 2, node === 0] as const);
    const tree = [[1, 0, false] as const, [1, 2, false] as const, [2, 3, false] as const, [0, 4, false] as const];
    expect(sent).toEqual(bytesOf(model.controller.fabric.links, [[2, 1, false], ...tree, ...answers]));
  });
});

describe.each(FABRIC_KINDS)('in a group with a shared cache, over %s', (fabric) => {
  const shape: Shape = { ...RING, fabric, groupsPerNode: 1, coresPerGroup: 4, inclusion: 'inclusive' };

  it('a hit takes its latency, a neighbour the transfer, a miss its lookup more', () => {
    const model = modelOf(machineOf(shape));
    const alone = modelOf(machineOf({ ...shape, inclusion: undefined }));
    expect(cycles(model, 0, 0, false)).toBe(31 + cycles(alone, 0, 0, false));
    expect(cycles(model, 1, 0, false)).toBe(47);
    expect(cycles(model, 2, 0, false)).toBe(31);
    expect(cycles(model, 1, 0, true)).toBe(47);
    expect(cycles(model, 0, 0, false)).toBe(47);
    model.evict(0, 0);
    model.evict(1, 0);
    expect(cycles(model, 3, 0, true)).toBe(31);
  });

  it.each(['inclusive', 'victim'] as const)('lines shared within it cause no traffic outside (%s)', (inclusion) => {
    const model = modelOf(machineOf({ ...shape, inclusion }));
    const far = LINES_PER_NODE * 3;
    cycles(model, 0, far, false);
    const silent = new Array(10).fill(0);
    for (const core of [1, 2, 3, 0, 2, 1])
      for (const isStore of [true, false]) expect(traffic(model, core, far, isStore)).toEqual(silent);
    for (const core of [0, 1, 2, 3]) model.evict(core, far);
    expect(traffic(model, 2, far, true)).toEqual(silent);
  });
});

describe.each(FABRIC_KINDS)('a crowd, over %s', (fabric) => {
  const shapes: Shape[] = [
    { ...RING, fabric },
    { ...RING, fabric, nodes: 1, coresPerGroup: 8 },
    { ...RING, fabric, nodes: 2, coresPerGroup: 4, inclusion: 'victim' },
  ];

  /** When each of the first `count` cores is done that begin together, each with its store to `lineOf(core)`. */
  function crowd(shape: Shape, count: number, lineOf: (core: number) => number): number[] {
    const model = modelOf(machineOf(shape));
    for (let core = 0; core < count; core++) model.access(core, lineOf(core), true, 0);
    return [...model.clocks].slice(0, count);
  }

  it('is never served sooner for being larger, and those before are not made to wait', () => {
    for (const shape of shapes) {
      for (const lineOf of [() => 3, (core: number) => core % LINES_PER_NODE, (core: number) => core % 3]) {
        let before: number[] = [];
        for (let count = 1; count <= 8; count++) {
          const times = crowd(shape, count, lineOf);
          expect(times.slice(0, -1)).toEqual(before);
          expect(Math.max(...times)).toBeGreaterThanOrEqual(Math.max(0, ...before));
          before = times;
        }
      }
    }
  });

  it('gets one line one after the other', () => {
    for (const shape of shapes) {
      const times = crowd(shape, 8, () => 3);
      for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThan(times[i - 1]!);
    }
  });
});

describe.each(['broadcast', 'directory'] as const)('over %s', (fabric) => {
  it('memory farther away is never nearer in time', () => {
    const base = machineOf({ ...RING, fabric });
    const links = base.topology.links.map((link) => ({ ...link, latencyCycles: 40 }));
    const machine = { ...base, topology: { ...base.topology, links } };
    const times = [0, 1, 2, 3, 4].map((home) => ({
      distance: new Topology(machine.topology).distance(0, home),
      time: cycles(modelOf(machine), 0, home * LINES_PER_NODE, false),
    }));
    times.sort((a, b) => a.distance - b.distance);
    for (let i = 1; i < times.length; i++) expect(times[i]!.time).toBeGreaterThanOrEqual(times[i - 1]!.time);
    expect(times.at(-1)!.time).toBeGreaterThan(times[0]!.time);
  });

  it('an access past the caches takes request, memory and response', () => {
    const machine = machineOf({ ...RING, fabric });
    const way = distanceOf(machine);
    const { controller } = modelOf(machine);
    const pa = 64 * (3 * LINES_PER_NODE + 1);
    const data = 12 / 8;
    const there = way(0, 3, false) - 1;
    expect(controller.uncached(0, pa, 4, false, QUIET) - QUIET).toBe((13 + there + 1 + 97 + there + data + 19) * TICKS);
    expect(controller.uncached(0, pa, 4, true, 2 * QUIET) - 2 * QUIET).toBe(
      (13 + there + data + 97 + there + 1 + 19) * TICKS,
    );
  });
});

it('a write-back keeps the memory controller busy, and the evicting core does not wait', () => {
  const base = machineOf({ ...ONE_NODE, fabric: 'directory' });
  const machine = { ...base, memory: { ...base.memory, bytesPerCycle: 0.25 } };
  const model = modelOf(machine);
  cycles(model, 0, 0, true);
  const quiet = cycles(model, 1, 1, false);
  model.clocks.fill(Math.max(...model.clocks) + QUIET);
  const begin = model.clocks[0]!;
  model.evict(0, 0);
  expect(model.clocks[0]).toBe(begin);
  model.access(1, 2, false, 0);
  expect((model.clocks[1]! - begin) / TICKS).toBe(quiet + 64 / 0.25 - 23);
});
