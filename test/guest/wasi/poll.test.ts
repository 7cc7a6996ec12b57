// poll_oneoff: clocks, and descriptors that are ready or not.
import { expect, it } from 'vitest';
import { onShim, type Start } from './runs.ts';
import { type Answer, Script } from './script.ts';

const SUBSCRIPTION = 48;
const EVENT = 32;
const CLOCK = 0;
const READ = 1;
const WRITE = 2;

type Wish =
  | { type: typeof CLOCK; clock?: number; timeout: bigint; absolute?: boolean }
  | { type: typeof READ | typeof WRITE; fd: number };

const timeIn = ({ outs }: Answer) => (outs[0] as Buffer).readBigUInt64LE();

/** Polls once; the events and the nanoseconds that it took on the monotonic clock. */
async function poll(wishes: Wish[], start?: Start) {
  const subscriptions = Buffer.alloc(wishes.length * SUBSCRIPTION);
  for (const [i, wish] of wishes.entries()) {
    const at = i * SUBSCRIPTION;
    subscriptions.writeBigUInt64LE(1000n + BigInt(i), at);
    subscriptions[at + 8] = wish.type;
    if (wish.type !== CLOCK) {
      subscriptions.writeInt32LE(wish.fd, at + 16);
      continue;
    }
    subscriptions.writeUInt32LE(wish.clock ?? 1, at + 16);
    subscriptions.writeBigUInt64LE(wish.timeout, at + 24);
    subscriptions.writeUInt16LE(wish.absolute ? 1 : 0, at + 40);
  }
  const s = new Script();
  s.call('clock_time_get', 1, 0n, s.out(8));
  const { address } = s.data(subscriptions);
  s.call('poll_oneoff', address, s.out(EVENT * wishes.length), wishes.length, s.out(4));
  s.call('clock_time_get', 1, 0n, s.out(8));
  const [before, polled, after] = s.answers(onShim(await s.assemble(), start).stdout) as [Answer, Answer, Answer];
  const [buffer, count] = polled.outs as [Buffer, Buffer];
  const events = Array.from({ length: count.readUInt32LE() }, (_, i) => {
    const at = i * EVENT;
    return {
      wish: Number(buffer.readBigUInt64LE(at)) - 1000,
      errno: buffer.readUInt16LE(at + 8),
      type: buffer[at + 10],
      bytes: Number(buffer.readBigUInt64LE(at + 16)),
      flags: buffer.readUInt16LE(at + 24),
    };
  });
  const waited = timeIn(after) - timeIn(before);
  return { errno: polled.errno, events, waited };
}

it('waits for the first of several clocks', async () => {
  const { events, waited } = await poll([
    { type: CLOCK, timeout: 9_000_000n },
    { type: CLOCK, timeout: 3_000_000n },
    { type: CLOCK, clock: 0, timeout: 3_000_000n },
    { type: CLOCK, timeout: (1n << 64n) - 1n },
  ]);
  expect(events.map(({ wish, errno, type }) => [wish, errno, type])).toEqual([
    [1, 0, CLOCK],
    [2, 0, CLOCK],
  ]);
  expect(waited).toBeGreaterThanOrEqual(3_000_000n);
  expect(waited).toBeLessThan(4_000_000n);
});

it('waits until a time, and not when it is over', async () => {
  const ahead = await poll([{ type: CLOCK, timeout: 5_000_000n, absolute: true }]);
  expect(ahead.events).toMatchObject([{ wish: 0, errno: 0 }]);
  expect(ahead.waited).toBeGreaterThan(4_000_000n);
  expect(ahead.waited).toBeLessThan(6_000_000n);
  const over = await poll([{ type: CLOCK, clock: 0, timeout: 946_684_800_000_000_000n, absolute: true }]);
  expect(over.events).toMatchObject([{ wish: 0, errno: 0 }]);
  expect(over.waited).toBeLessThan(100_000n);
});

it('tells which descriptors are ready, without waiting for clocks', async () => {
  const { events, waited } = await poll(
    [
      { type: CLOCK, timeout: 1_000_000_000n },
      { type: READ, fd: 0 },
      { type: WRITE, fd: 1 },
      { type: READ, fd: 77 },
      { type: READ, fd: -1 },
      { type: CLOCK, timeout: 0n },
    ],
    { stdin: 'input' },
  );
  expect(events).toEqual([
    // The writer has gone, but what it wrote is there.
    { wish: 1, errno: 0, type: READ, bytes: 1, flags: 1 },
    { wish: 2, errno: 0, type: WRITE, bytes: 1, flags: 0 },
    { wish: 3, errno: 8, type: READ, bytes: 0, flags: 0 },
    { wish: 4, errno: 8, type: READ, bytes: 0, flags: 0 },
    { wish: 5, errno: 0, type: CLOCK, bytes: 0, flags: 0 },
  ]);
  expect(waited).toBeLessThan(100_000n);
});

it('refuses no subscriptions, too many, unknown ones, and clocks that stand still meanwhile', async () => {
  expect((await poll([])).errno).toBe(28);
  expect((await poll(Array.from({ length: 257 }, () => ({ type: CLOCK, timeout: 0n })))).errno).toBe(28);
  expect((await poll([{ type: 3 as typeof READ, fd: 0 }])).errno).toBe(28);
  const { events } = await poll([{ type: CLOCK, clock: 2, timeout: 10n }]);
  expect(events).toMatchObject([{ wish: 0, errno: 28 }]);
});
