// All counters of a machine, each with unit and description, for the run and for the guest's regions.
import { expect, it } from 'vitest';
import { REQUEST_GET_M, REQUEST_GET_S } from '../../../machine/coherence/states.ts';
import { COUNTERS } from '../../../machine/observe/counter-list.ts';
import { type CounterRegion, Counters } from '../../../machine/observe/counters.ts';
import { PROFILE_NAMES } from '../../../machine/profile/shipped.ts';
import { TableMachine } from './observed-machine.ts';

function value(region: CounterRegion | undefined, of: string, counter: string): number | undefined {
  return region?.values.find((entry) => entry.of === of && entry.counter === counter)?.value;
}

it('counts transactions where they happen', () => {
  const counters = new Counters();
  const machine = new TableMachine('amd-2x2', counters);
  machine.touch(0, 1, REQUEST_GET_M, 0);
  machine.touch(3, 1, REQUEST_GET_M, 10_000);
  machine.touch(0, 2, REQUEST_GET_S, 20_000);
  machine.cycles[3] = 77;
  const [run] = counters.regions();
  expect(value(run, 'core 0', 'memoryFetches')).toBe(2);
  expect(value(run, 'core 3', 'coherenceMisses')).toBe(1);
  expect(value(run, 'core 0', 'invalidations')).toBe(1);
  expect([value(run, 'core 3', 'cycles'), value(run, 'core 3', 'instructions')]).toEqual([77, 154]);
  expect(value(run, 'link 0 to 1', 'bytes')).toBeGreaterThan(0);
  expect(value(run, 'link 0 to 1', 'messages')).toBeGreaterThan(0);
  expect(value(run, 'M GetM', 'times')).toBe(1);
  const memory = run?.values.filter(({ scope, counter }) => scope === 'memory' && counter === 'busyCycles') ?? [];
  expect(memory.length).toBe(2);
  expect(memory.reduce((sum, entry) => sum + entry.value, 0)).toBeGreaterThan(0);
});

it('counts what only observers are told', () => {
  const counters = new Counters();
  new TableMachine('amd-2x2', counters);
  counters.trap(1);
  counters.interrupt(1);
  counters.ipi(1);
  counters.ipi(1);
  counters.contextSwitch(1);
  counters.sleep(1, 800);
  counters.wake(1, 8800);
  counters.wake(2, 9000);
  const [run] = counters.regions();
  const names = ['traps', 'interrupts', 'ipisSent', 'contextSwitches', 'sleeps', 'sleepCycles'];
  expect(names.map((name) => value(run, 'core 1', name))).toEqual([1, 1, 2, 1, 1, 1000]);
  expect(value(run, 'core 2', 'sleepCycles')).toBe(0);
});

it.each(PROFILE_NAMES.filter((name) => !name.includes('N')))('describes every counter of %s', (name) => {
  const counters = new Counters();
  const machine = new TableMachine(name, counters);
  const [run] = counters.regions();
  const { profile } = machine;
  const { kind } = profile.coherence.fabric;
  const scopes = new Set(run?.values.map(({ scope }) => scope));
  expect(scopes.has('sharedCache')).toBe(profile.shared !== undefined);
  expect(scopes.has('link')).toBe(profile.topology.links.length > 0);
  expect([scopes.has('bus'), scopes.has('directory')]).toEqual([kind === 'bus', kind === 'directory']);
  const l2 = run?.values.some(({ counter }) => counter === 'l2Hits');
  expect(l2).toBe(profile.l2 !== undefined);
  expect(run?.values.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
  expect(run?.values.filter(({ unit, description }) => unit.length === 0 || description.length === 0)).toEqual([]);
});

it('sums up what happens between the marks of a region', () => {
  const counters = new Counters();
  const machine = new TableMachine('amd-2x2', counters);
  const spend = (cycles: number) => {
    machine.cycles[0] = (machine.cycles[0] as number) + cycles;
  };
  const mark = (name: string) => counters.mark(0, 0, name);
  spend(1);
  mark('sort begin');
  spend(10);
  mark('sort end');
  spend(100);
  mark('sort begin');
  // On another core, at the same time.
  mark('sort begin');
  spend(1000);
  mark('sort end');
  spend(10_000);
  mark('sort end');
  mark('sort end');
  mark('elsewhere');
  mark('open begin');
  const regions = counters.regions();
  expect(regions.map(({ name, entries }) => [name, entries])).toEqual([
    ['run', 1],
    ['sort', 3],
  ]);
  expect(regions.map((region) => value(region, 'core 0', 'cycles'))).toEqual([11_111, 11_010]);
});

it('has a unit and a description for each in the list', () => {
  for (const [scope, list] of Object.entries(COUNTERS)) {
    for (const [name, { unit, description }] of Object.entries(list)) {
      expect([unit.length > 0, description.length > 0], `${scope} ${name}`).toEqual([true, true]);
    }
  }
});
