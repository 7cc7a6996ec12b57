// Messages over links: latency, length, queues, traffic.
import { expect, it } from 'vitest';
import { CONTROL, DATA, type Links } from '../../../machine/interconnect/links.ts';
import { machineInLine, TICKS } from './interconnect.ts';

/** A line of four nodes; the middle link is half as fast. */
function line(): Links {
  return machineInLine([8, 4, 8]).fabric.links;
}

it('takes the latency of each link, and the length on the slowest one', () => {
  expect(line().send(0, 1, CONTROL, 0)).toBe((10 + 1) * TICKS);
  expect(line().send(0, 3, CONTROL, 0)).toBe((10 + 11 + 12 + 2) * TICKS);
  expect(line().send(3, 0, DATA, 100)).toBe(100 + (10 + 11 + 12 + 18) * TICKS);
  expect(line().sendBytes(0, 3, 24, 0)).toBe((10 + 11 + 12 + 8) * TICKS);
  expect(line().send(2, 2, DATA, 7)).toBe(7);
});

it('counts bytes and messages for each direction', () => {
  const links = line();
  links.send(0, 2, DATA, 0);
  links.send(2, 0, CONTROL, 0);
  links.sendBytes(1, 2, 4, 0);
  links.send(1, 1, DATA, 0);
  expect([0, 1, 2, 3, 4, 5].map((direction) => links.bytes(direction))).toEqual([72, 8, 84, 8, 0, 0]);
  expect([0, 1, 2, 3, 4, 5].map((direction) => links.messages(direction))).toEqual([1, 1, 2, 1, 0, 0]);
});

it('lets messages of one direction wait for each other, and not for the other direction', () => {
  const links = line();
  const alone = links.send(0, 1, DATA, 0);
  expect(links.send(0, 1, DATA, 0)).toBe(alone + 9 * TICKS);
  expect(links.send(1, 0, DATA, 0)).toBe(alone);
});

it('adds up how long each direction was busy', () => {
  const links = line();
  links.send(0, 2, DATA, 0);
  links.sendBytes(1, 2, 8, 0);
  expect([0, 1, 2, 3, 4].map((direction) => links.work(direction))).toEqual([9, 0, 18 + 4, 0, 0].map((n) => n * TICKS));
});

it('deals the lines of memory to the nodes in equal shares', () => {
  const homesOf = (bandwidths: number[], lines: number[]): number[] => {
    const homes: number[] = [];
    const machine = machineInLine(bandwidths);
    machine.listener = { transaction: ({ supplier }) => homes.push(supplier) };
    for (const number of lines) machine.uncached(0, number * 64, 4, false, 0);
    return homes;
  };
  expect(homesOf([8, 4, 8], [0, 249, 250, 999, 5000])).toEqual([0, 0, 1, 3, 3]);
  expect(homesOf([8, 4], [333, 334, 666, 667, 2 ** 26 - 1])).toEqual([0, 1, 1, 2, 2]);
  expect(homesOf([], [1e6])).toEqual([0]);
});
