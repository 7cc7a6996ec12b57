// Rounds of a broadcast: what they book and count is what the messages would, sent one by one.
import { describe, expect, it } from 'vitest';
import { CONTROL, DATA, type Links } from '../../../machine/interconnect/links.ts';
import { Random } from '../../fuzz/random.ts';
import { machineInLine, TICKS } from './interconnect.ts';

const PROBE = 5 * TICKS;

/** Nodes in a line, joined by links with these bandwidths. */
function line(...bandwidths: number[]) {
  const { origin, links, rounds } = machineInLine(bandwidths, {}, PROBE / TICKS).fabric;
  const directions = Array.from({ length: links.directions }, (_, direction) => direction);
  return { origin, links, rounds: rounds!, directions };
}

describe('a round', () => {
  it('probes once over each link of the tree, and each node answers', () => {
    const { links, rounds, directions } = line(8, 4, 8);
    const toLast = (11 + 12 + 2) * TICKS;
    expect(rounds.all(1, 0, 0, -1)).toBe(toLast + PROBE + (12 + 11 + 10 + 2) * TICKS);
    expect([0, 1, 2, 3].map((node) => rounds.arrival(node))).toEqual([11 * TICKS, 0, 13 * TICKS, toLast]);
    expect(directions.map((direction) => links.messages(direction))).toEqual([0, 1 + 3, 1, 2, 1, 1]);
  });

  it('takes as long as the data where it is the last to arrive', () => {
    const { rounds } = line(8, 4, 8);
    expect(rounds.all(0, 0, 100, 1)).toBe(
      100 + Math.max(11 * TICKS + PROBE + 19 * TICKS, 2 * 33 * TICKS + PROBE + 4 * TICKS),
    );
    const alone = line(1);
    expect(alone.rounds.all(0, 0, 0, 1)).toBe(18 * TICKS + PROBE + 82 * TICKS);
    expect(line(1).rounds.all(1, 1, 0, 1)).toBe(18 * TICKS + PROBE + 18 * TICKS);
  });

  it('counts the bytes of its messages, of any home, requester and supplier', () => {
    const random = new Random(1);
    const { origin, links, rounds, directions } = line(8, 4, 8, 2);
    const nodes = 5;
    const bytes = directions.map(() => 0);
    const add = (from: number, to: number, size: number) => {
      for (const direction of links.directionsOf(from, to)) bytes[direction]! += size;
    };
    for (let i = 0; i < 500; i++) {
      origin.time = i * 1000;
      const home = random.below(nodes);
      const node = random.below(nodes);
      const supplier = random.oneIn(3) ? -1 : random.below(nodes);
      if (supplier >= 0 && random.oneIn(2)) {
        rounds.rest(home, node, rounds.untilAnswer(home, node, 0, supplier), supplier);
      } else {
        rounds.all(home, node, 0, supplier);
      }
      // In a line the tree of a home is every link once, away from it.
      for (let other = 0; other < nodes; other++) {
        if (other !== home) bytes[links.directionsOf(home, other).at(-1)!]! += 8;
        add(other, node, other === supplier ? 72 : 8);
      }
    }
    expect(directions.map((direction) => links.bytes(direction))).toEqual(bytes);
    for (const direction of directions) {
      const perCycle = [8, 4, 8, 2][direction >>> 1]!;
      expect(links.work(direction)).toBe((bytes[direction]! * TICKS) / perCycle);
    }
  });

  it('ends as its messages would end, sent one by one, when it meets others', () => {
    const random = new Random(2);
    const one = line(8, 4, 8);
    const many = line(8, 4, 8);
    const nodes = 4;
    for (let i = 0; i < 2000; i++) {
      const now = i * 64;
      one.origin.time = now;
      many.origin.time = now;
      const from = random.below(nodes);
      const to = random.below(nodes);
      expect(one.links.send(from, to, DATA, 0)).toBe(many.links.send(from, to, DATA, 0));
      const home = random.below(nodes);
      const node = random.below(nodes);
      const supplier = random.below(nodes + 1) - 1;
      const done = one.rounds.all(home, node, 0, supplier);
      const answers = sendProbes(many.links, home, nodes).map((probed, other) =>
        many.links.send(other, node, other === supplier ? DATA : CONTROL, probed + PROBE),
      );
      expect(done).toBe(Math.max(...answers));
    }
  });
});

/** When each node has the probe of a home in a line of equal messages: the head goes on while the rest follows. */
function sendProbes(links: Links, home: number, nodes: number): number[] {
  const arrivals = new Array<number>(nodes).fill(0);
  const longest = new Array<number>(nodes).fill(0);
  for (const step of [-1, 1].flatMap((way) =>
    Array.from({ length: nodes }, (_, i) => [home + way * (i + 1), home + way * i] as const),
  )) {
    const [node, before] = step;
    if (node < 0 || node >= nodes) continue;
    const [direction] = links.directionsOf(before, node);
    const head = links.queues.reserve(
      direction!,
      arrivals[before]! - longest[before]!,
      links.length(direction!, CONTROL),
    );
    longest[node] = Math.max(longest[before]!, links.length(direction!, CONTROL));
    arrivals[node] = head + links.latency(direction!) + longest[node]!;
  }
  return arrivals;
}
