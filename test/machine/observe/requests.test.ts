// Requests across cores: what hands them on, and what ends them.
import { expect, it } from 'vitest';
import { Requests } from '../../../machine/observe/requests.ts';

it('begins with a trap, goes on in nested ones and is over with the outermost', () => {
  const requests = new Requests(1);
  expect(requests.current(0)).toBe(0);
  expect(requests.trap(0)).toBe(1);
  expect(requests.trap(0)).toBe(1);
  expect(requests.leave(0)).toBe(1);
  expect(requests.current(0)).toBe(1);
  requests.leave(0);
  expect(requests.current(0)).toBe(0);
  expect(requests.trap(0)).toBe(2);
});

it('follows an IPI to the core that takes it', () => {
  const requests = new Requests(3);
  const fault = requests.trap(0);
  expect(requests.sendIpi(0, 2, 7)).toBe(fault);
  expect(requests.interrupt(1, 7)).not.toBe(fault);
  expect(requests.interrupt(2, 7)).toBe(fault);
  requests.leave(2);
  // Taken once: the next one on that vector is another's.
  expect(requests.interrupt(2, 7)).not.toBe(fault);
});

it('is the first sender’s where an IPI finds its vector pending', () => {
  const requests = new Requests(3);
  const first = requests.trap(0);
  const second = requests.trap(1);
  requests.sendIpi(0, 2, 7);
  requests.sendIpi(1, 2, 7);
  expect(first).not.toBe(second);
  expect(requests.interrupt(2, 7)).toBe(first);
});

it('follows a store to the core that it wakes, until that sleeps again', () => {
  const requests = new Requests(2);
  const call = requests.trap(0);
  expect(requests.willWake(1, 0)).toBe(call);
  // What the writer does until then does not matter.
  requests.leave(0);
  expect(requests.wake(1)).toBe(call);
  expect(requests.trap(1)).toBe(call);
  requests.leave(1);
  expect(requests.current(1)).toBe(call);
  requests.sleep(1);
  expect(requests.current(1)).toBe(0);
});

it('begins where a core without one wakes another', () => {
  const requests = new Requests(2);
  const request = requests.willWake(1, 0);
  expect(request).toBeGreaterThan(0);
  expect(requests.wake(1)).toBe(request);
  requests.sleep(1);
  expect(requests.wake(1)).toBe(0);
});

it('stays with its context across switches and cores', () => {
  const requests = new Requests(2);
  const first = requests.trap(0);
  requests.contextSwitch(0, 10, 20);
  expect(requests.current(0)).toBe(0);
  const second = requests.trap(0);
  requests.contextSwitch(1, 30, 10);
  expect(requests.current(1)).toBe(first);
  requests.contextSwitch(0, 20, 30);
  requests.contextSwitch(0, 30, 20);
  expect([requests.current(0), requests.depth(0)]).toEqual([second, 1]);
});

it('takes a return without its trap for the end of one that was not seen', () => {
  const requests = new Requests(1);
  expect(requests.leave(0)).toBe(0);
  expect(requests.depth(0)).toBe(0);
});
