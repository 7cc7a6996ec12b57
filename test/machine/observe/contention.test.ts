// Lines that bounce: true and false sharing by the bytes that cores touch, told by transactions of real coherence.
import { describe, expect, it } from 'vitest';
import { REQUEST_GET_M, REQUEST_GET_S, REQUEST_UPGRADE } from '../../../machine/coherence/states.ts';
import { type ContendedLine, Contention } from '../../../machine/observe/contention.ts';
import { TableMachine, transaction } from './observed-machine.ts';

interface Access {
  readonly core: number;
  readonly offset: number;
  readonly write?: boolean;
}

/** Cores take turns on one line; each access is a miss, or an upgrade when the core has a copy. */
function run(accesses: readonly Access[], rounds: number, profile?: string): ContendedLine | undefined {
  const contention = new Contention();
  const machine = new TableMachine(profile, contention);
  let time = 0;
  for (let round = 0; round < rounds; round++) {
    for (const { core, offset, write = true } of accesses) {
      const access = { offset, bytes: 8, address: 0x1040 + offset, site: 100 + core };
      time = machine.touch(core, 65, write ? REQUEST_GET_M : REQUEST_GET_S, time + 8, access);
    }
  }
  return contention.lines()[0];
}

describe('two cores that write', () => {
  it('the same bytes share truly', () => {
    const line = run(
      [
        { core: 0, offset: 8 },
        { core: 3, offset: 8 },
      ],
      10,
    );
    expect(line).toMatchObject({ line: 65, address: 0x1040, transfers: 19, sharing: 'true' });
    expect(line?.pairs).toEqual([
      { from: 0, to: 3, transfers: 10, sameBytes: true },
      { from: 3, to: 0, transfers: 9, sameBytes: true },
    ]);
  });

  it('different bytes share falsely', () => {
    const line = run(
      [
        { core: 0, offset: 0 },
        { core: 1, offset: 24 },
      ],
      4,
    );
    expect(line?.sharing).toBe('false');
    // The very first access found the line in memory: it is not one of a line that moves.
    expect(line?.cores.map(({ core, writes, writtenBytes }) => [core, writes, writtenBytes])).toEqual([
      [0, 3, [{ start: 0, end: 8 }]],
      [1, 4, [{ start: 24, end: 32 }]],
    ]);
    expect(line?.sites.map(({ core, site, write, transactions }) => [core, site, write, transactions])).toEqual([
      [1, 101, true, 4],
      [0, 100, true, 3],
    ]);
  });
});

it('overlapping bytes are the same', () => {
  const line = run(
    [
      { core: 0, offset: 0 },
      { core: 1, offset: 4 },
    ],
    4,
  );
  expect(line?.sharing).toBe('true');
});

it('a reader of what another writes shares truly, readers alone do not move the line', () => {
  const writer = { core: 0, offset: 0 };
  const reader = { core: 2, offset: 0, write: false };
  expect(run([writer, reader], 4)?.sharing).toBe('true');
  expect(run([writer, { ...reader, offset: 32 }], 4)?.sharing).toBe('false');
  // The second reader takes the line from the first, which had it exclusively; then it stays with all.
  const readers = [0, 1, 2, 3].map((core) => ({ core, offset: 8 * core, write: false }));
  expect(run(readers, 1, 'uniform-4')).toBeUndefined();
});

it('both kinds in one line are told apart by pairs', () => {
  const line = run(
    [
      { core: 0, offset: 0 },
      { core: 1, offset: 0 },
      { core: 2, offset: 40 },
    ],
    5,
  );
  expect(line?.sharing).toBe('both');
  expect(line?.pairs.map(({ from, to, sameBytes }) => [from, to, sameBytes])).toEqual([
    [0, 1, true],
    [1, 2, false],
    [2, 0, false],
  ]);
});

it('takes copies that an upgrade takes away for a transfer from the core that had it last', () => {
  const contention = new Contention();
  contention.attach(new TableMachine());
  const upgrade = { line: 3, request: REQUEST_UPGRADE, invalidations: 2 };
  contention.transaction(transaction({ ...upgrade, core: 1 }));
  contention.transaction(transaction({ ...upgrade, core: 0, offset: 8 }));
  expect(contention.lines()).toMatchObject([
    { transfers: 2, invalidations: 4, ticks: 160, pairs: [{ from: 1, to: 0, transfers: 1, sameBytes: false }] },
  ]);
});

it('orders lines by transfers and follows no more than it may', () => {
  const contention = new Contention({ lines: 2 });
  contention.attach(new TableMachine());
  for (const line of [5, 9, 9, 7, 9]) contention.transaction(transaction({ line, request: REQUEST_UPGRADE }));
  expect(contention.lines().map(({ line, transfers }) => [line, transfers])).toEqual([
    [9, 3],
    [5, 1],
  ]);
  expect(contention.untracked).toBe(1);
});

it('leaves out what is no contention', () => {
  const contention = new Contention();
  const machine = new TableMachine('amd-2x2', contention);
  for (let line = 0; line < 50; line++) machine.touch(line % 4, line, REQUEST_GET_M, 1000 * line);
  expect(contention.lines()).toEqual([]);
});

it('sees nothing of the access where no instruction made it', () => {
  const contention = new Contention();
  contention.attach(new TableMachine());
  contention.transaction(transaction({ line: 3, request: REQUEST_UPGRADE, address: -1, bytes: 0, site: 0 }));
  expect(contention.lines()).toMatchObject([{ address: -1, cores: [{ writtenBytes: [] }], sites: [{ site: 0 }] }]);
});

it('a line is called what the guest calls the bytes that the cores touch', () => {
  const contention = new Contention();
  const machine = new TableMachine(undefined, contention);
  const { lineBytes } = machine.profile;
  contention.label(0, 0, 65 * lineBytes + 8, 8, 'queue');
  contention.label(0, 0, 65 * lineBytes + 16, 8, 'untouched');
  let time = 0;
  for (const core of [0, 1, 0]) {
    time = machine.touch(core, 65, REQUEST_GET_M, time + 8, { offset: 8, bytes: 8, address: 0x1048, site: 100 });
  }
  expect(contention.lines()[0]?.labels).toEqual(['queue']);
});
