// Several observers as one: each call goes to all that want it, in the order of the list.
import type { Observer } from './observer.ts';

type Method = keyof Observer;
type Call = (...args: unknown[]) => void;

/** A record, so that the compiler sees when one is missing. */
const METHODS: Readonly<Record<Method, true>> = {
  attach: true,
  slice: true,
  start: true,
  finish: true,
  stop: true,
  log: true,
  mark: true,
  report: true,
  label: true,
  tally: true,
  trap: true,
  interrupt: true,
  trapReturn: true,
  ipi: true,
  contextSwitch: true,
  sleep: true,
  willWake: true,
  wake: true,
  transaction: true,
  eviction: true,
};

/** Has only the methods that one of the observers has, so that the machine hooks up no more than is asked for. */
export function combineObservers(observers: readonly Observer[]): Observer {
  const combined: Partial<Record<Method, Call>> = {};
  for (const method of Object.keys(METHODS) as Method[]) {
    const calls = observers.flatMap((observer) => {
      const call = observer[method] as Call | undefined;
      return call === undefined ? [] : [call.bind(observer)];
    });
    if (calls.length === 1) combined[method] = calls[0];
    if (calls.length < 2) continue;
    combined[method] = (...args) => {
      for (const call of calls) call(...args);
    };
  }
  return combined;
}
