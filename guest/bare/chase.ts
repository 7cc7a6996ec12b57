// A pointer chase by one core through regions of growing size: what a load costs whose address is known only when the one before it is done.
import { arena, arenaBytes, check, core, lineBytes, reportCell, start } from '../lib/bare';
import { cycles } from '../lib/machine';
import { parameter, parameterAt } from '../lib/parameters';
import { followCycle, layCycle } from '../lib/random-cycle';

export { stopOnTrap as trap } from '../lib/bare';

const STEPS: i32 = 100_000;

export function boot(info: usize): void {
  start(info, measure);
}

function measure(): void {
  if (core != 0) return;
  const steps = parameter('steps', STEPS);
  const region = arena(core);
  for (let i = 0; ; i++) {
    const bytes = parameterAt('sizes', i, 0);
    if (bytes == 0) break;
    check(<usize>bytes <= arenaBytes(), 'the region fits into the memory of one node');
    const lines = bytes / lineBytes;
    layCycle(region, lines, lineBytes);
    // Once around, so that the caches hold what fits into them.
    const start = followCycle(region, lines);
    check(start == region, 'the cycle goes through every line');
    const before = cycles();
    const end = followCycle(start, steps);
    reportCell(bytes, 'load', <f64>(cycles() - before) / <f64>steps);
    check(end != 0, 'the cycle never ends');
  }
}
