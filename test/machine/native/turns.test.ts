// The order of the cores' turns in windows, by the slices that observers are told of.
import { expect, it } from 'vitest';
import { Machine } from '../../../machine/index.ts';
import { assemble } from '../../host/assemble.ts';

const CORES = 4;
const WINDOW = 10;
const ROUNDS = 300_000;

/** Which core had its turn, turn after turn, while all count in registers. */
async function turns(mode: 'fast' | 'checked'): Promise<number[]> {
  const bytes = await assemble(`(module (func (export "run") (param i32)
    (loop $again (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))`);
  const order: number[] = [];
  const observer = { slice: (core: number) => order.push(core) };
  const machine = new Machine({ cores: CORES, windowCycles: WINDOW, mode, observer });
  const instance = machine.instantiate(machine.load(bytes));
  for (let core = 0; core < CORES; core++) machine.start(core, instance, 'run', [BigInt(ROUNDS)]);
  expect(machine.run().reason).toBe('finished');
  return order;
}

it('gives every core one turn in a window, and no core always the same successor', async () => {
  const order = await turns('fast');
  const windows = Math.floor(order.length / CORES) - 1;
  expect(windows).toBeGreaterThan(50_000);
  const behind = Array.from({ length: CORES }, () => new Array<number>(CORES).fill(0));
  for (let window = 0; window < windows; window++) {
    const inWindow = order.slice(window * CORES, (window + 1) * CORES);
    expect(new Set(inWindow).size).toBe(CORES);
    for (let i = 1; i < CORES; i++) behind[inWindow[i - 1] as number]![inWindow[i] as number]!++;
  }
  // Each of the other three, and nobody, in a quarter of the windows; there were some hundred orders.
  const shares = behind.flatMap((counts, core) => counts.filter((_, other) => other !== core));
  for (const share of shares) {
    expect(share / windows).toBeGreaterThan(0.14);
    expect(share / windows).toBeLessThan(0.36);
  }
  expect(await turns('checked')).toEqual(order);
});
