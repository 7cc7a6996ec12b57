// Several observers as one.
import { expect, it } from 'vitest';
import type { Observer } from '../../../machine/observe/observer.ts';
import { combineObservers } from '../../../machine/observe/observers.ts';

class Listener implements Observer {
  readonly heard: string[] = [];

  log(core: number, time: number, text: string): void {
    this.heard.push(`${core} ${time} ${text}`);
  }
}

class Marks extends Listener {
  mark(core: number, _time: number, name: string, value: bigint): void {
    this.heard.push(`${core} ${name} ${value}`);
  }
}

it('tells each what it listens to, in order, and asks for no more than that', () => {
  const order: string[] = [];
  const [a, b] = [new Listener(), new Marks()];
  const last: Observer = { log: () => order.push(...a.heard, ...b.heard) };
  const all = combineObservers([a, b, last]);
  all.log?.(1, 8, 'hello');
  all.mark?.(2, 8, 'here', 5n);
  expect(a.heard).toEqual(['1 8 hello']);
  expect(b.heard).toEqual(['1 8 hello', '2 here 5']);
  expect(order).toEqual(['1 8 hello', '1 8 hello']);
  expect(Object.keys(all).sort()).toEqual(['log', 'mark']);
});
