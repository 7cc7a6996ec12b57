// The event queue against a plain list: any sequence of scheduling, cancelling, taking, saving and restoring.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventQueue, type TimedEvent } from '../../../machine/time/event-queue.ts';

type Step =
  | { readonly do: 'schedule'; readonly time: number }
  | { readonly do: 'cancel'; readonly pick: number }
  | { readonly do: 'take'; readonly now: number }
  | { readonly do: 'save' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('schedule' as const), time: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('take' as const), now: fc.nat(25) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
);

/** The contract, said with a sorted list. */
class Model {
  scheduled = 0;
  events: TimedEvent<string>[] = [];

  schedule(time: number): number {
    const order = ++this.scheduled;
    this.events.push({ time, order, what: `event ${order}` });
    this.events.sort((a, b) => a.time - b.time || a.order - b.order);
    return order;
  }

  cancel(order: number): boolean {
    const before = this.events.length;
    this.events = this.events.filter((event) => event.order !== order);
    return this.events.length < before;
  }

  take(now: number): TimedEvent<string> | undefined {
    return this.events.length > 0 && (this.events[0] as TimedEvent<string>).time <= now
      ? this.events.shift()
      : undefined;
  }
}

it('does what a sorted list does', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const model = new Model();
      let queue = new EventQueue<string>();
      for (const one of steps) {
        if (one.do === 'schedule') {
          expect(queue.schedule(one.time, `event ${model.scheduled + 1}`)).toBe(model.schedule(one.time));
        } else if (one.do === 'cancel') {
          expect(queue.cancel(one.pick)).toBe(model.cancel(one.pick));
        } else if (one.do === 'take') {
          const taken = queue.take(one.now);
          expect(taken && { time: taken.time, order: taken.order, what: taken.what }).toEqual(model.take(one.now));
        } else {
          const saved = JSON.parse(JSON.stringify(queue.save()));
          queue = new EventQueue<string>();
          queue.schedule(3, 'gone');
          queue.restore(saved);
        }
        expect(queue.size).toBe(model.events.length);
        expect(queue.nextTime).toBe(model.events[0]?.time ?? Number.POSITIVE_INFINITY);
      }
    }),
  );
});

it('has nothing to take when it is empty', () => {
  const queue = new EventQueue<string>();
  expect(queue.take(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  expect(queue.cancel(1)).toBe(false);
});
