// Queues: nobody is served before he asks, nothing is served twice, and who asks out of order finds the gaps.
import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../machine/interconnect/origin.ts';
import { type Resources, SLOT_TICKS } from '../../../machine/interconnect/resources.ts';
import { Random } from '../../fuzz/random.ts';
import { machineInLine } from './interconnect.ts';

/** The directions of two links. */
function queue(): { origin: Origin; resources: Resources } {
  const { origin, links } = machineInLine([8, 8]).fabric;
  return { origin, resources: links.queues };
}

describe('a resource', () => {
  it('serves in order what comes in order', () => {
    const { origin, resources } = queue();
    const random = new Random(1);
    let free = 0;
    let now = 1e12;
    for (let i = 0; i < 20_000; i++) {
      now += random.below(60);
      origin.time = now;
      const duration = random.below(50);
      const start = now + resources.reserve(1, 0, duration);
      expect(start).toBe(Math.max(now, free));
      free = start + duration;
    }
  });

  it('lets a request go that lies before one booked for later', () => {
    const { resources } = queue();
    expect(resources.reserve(0, 5000, 40)).toBe(5000);
    expect(resources.reserve(0, 0, 40)).toBe(0);
    expect(resources.reserve(0, 5000, 40)).toBe(5040);
    expect(resources.reserve(2, 5000, 40)).toBe(5000);
  });

  it('does as much work in any time as the time is long, in any order of requests', () => {
    const random = new Random(2);
    for (let round = 0; round < 50; round++) {
      const { origin, resources } = queue();
      origin.time = random.below(1 << 30);
      const duration = 1 + random.below(300);
      const requests = 400;
      const span = random.below(20 * SLOT_TICKS);
      const starts: number[] = [];
      for (let i = 0; i < requests; i++) {
        const at = random.below(span + 1);
        const start = resources.reserve(0, at, duration);
        expect(start).toBeGreaterThanOrEqual(at);
        starts.push(start);
      }
      starts.sort((a, b) => a - b);
      for (let slots = 1; slots < 60; slots++) {
        const begun = starts.filter((start) => start < slots * SLOT_TICKS).length;
        // Who has begun before a time has had all his service but the last before the end of its slot.
        expect((begun - 1) * duration).toBeLessThanOrEqual((slots + 1) * SLOT_TICKS + duration);
      }
      expect(resources.work[0]).toBe(requests * duration);
    }
  });

  it('serves each of a crowd later than the ones before', () => {
    const { resources } = queue();
    for (let i = 0; i < 128; i++) expect(resources.reserve(0, 0, 100)).toBe(i * 100);
  });

  it('finds the same gaps as a search through all slots', () => {
    const random = new Random(3);
    for (let round = 0; round < 9; round++) {
      const { origin, resources } = queue();
      origin.time = 1e9;
      // The oracle: busy-until times of slots since then.
      const slots: number[] = [];
      const base = 1e9 % SLOT_TICKS;
      const serve = (at: number, duration: number): number => {
        let start = -1;
        let from = at + base;
        for (let left = duration; left > 0; ) {
          const slot = Math.floor(from / SLOT_TICKS);
          const end = (slot + 1) * SLOT_TICKS;
          from = Math.max(from, slots[slot] ?? 0);
          if (from < end && start < 0) start = from;
          const done = Math.min(left, end - from);
          if (done > 0) slots[slot] = from + done;
          left -= done;
          from = end;
        }
        return start - base;
      };
      const span = random.pick([1, 10 * SLOT_TICKS, 200 * SLOT_TICKS]);
      const longest = random.pick([30, 300, 3000]);
      for (let i = 0; i < 2000; i++) {
        const at = random.below(span);
        const duration = 1 + random.below(longest);
        // A queue as long as the ring is another matter.
        if (slots.length > 1500) break;
        expect(resources.reserve(2, at, duration)).toBe(serve(at, duration));
      }
    }
  });

  it('remembers a queue of 250,000 cycles', () => {
    const { resources } = queue();
    for (let i = 0; i < 20_000; i++) expect(resources.reserve(0, 0, 100)).toBe(i * 100);
  });

  it('keeps queues over hours of machine time, and over jumps', () => {
    const { origin, resources } = queue();
    const random = new Random(5);
    let now = 0;
    for (let i = 0; i < 2000; i++) {
      now += random.pick([10, 1000, 2 ** 20, 2 ** 29 - 1, 2 ** 29, 2 ** 33 + 17]);
      origin.time = now;
      expect(origin.time).toBe(now);
      expect(resources.reserve(0, 0, 2000)).toBeLessThanOrEqual(2000);
      expect(resources.reserve(0, 0, 500)).toBeGreaterThanOrEqual(2000);
      // A core that is a little behind finds the time before, or waits for all.
      origin.time = now - 100;
      const start = resources.reserve(0, 0, 7);
      if (start >= 100) expect(start).toBeGreaterThanOrEqual(100 + 2500);
      else expect(start).toBeGreaterThanOrEqual(0);
      now += 4000;
    }
  });

  it('treats a past that it has forgotten as free', () => {
    const { origin, resources } = queue();
    origin.time = 1e9;
    resources.reserve(0, 0, 100);
    origin.time = 1000;
    expect(resources.reserve(0, 0, 100)).toBe(0);
    origin.time = 1e9;
    expect(resources.reserve(0, 0, 100)).toBe(100);
  });
});
