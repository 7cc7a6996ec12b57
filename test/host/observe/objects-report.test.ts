// Which instances the short report of objects lists, and how it counts them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { objectsTable } from '../../../host/observe/objects-report.ts';
import { Objects } from '../../../machine/index.ts';
import { KERNEL_ADDRESS, TALLY_ACCESS } from '../../../machine/platform.ts';

const TEXTS = { machineText: 'uniform-4', digest: '' };

it('lists the fewest instances that make up 80 % of all uses, and all of them in files', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }), (uses) => {
      const objects = new Objects();
      uses.forEach((count, i) => {
        for (let n = 0; n < count; n++) objects.tally(n % 3, KERNEL_ADDRESS + 8 * i, TALLY_ACCESS, () => undefined);
      });
      const [short, whole] = [true, false].map((isShort) =>
        objectsTable(objects.instances(), { ...TEXTS, isShort }).rows.map((row) => row[2] as number),
      ) as [number[], number[]];
      expect(whole).toEqual([...uses].sort((a, b) => b - a));
      const sum = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
      expect(short).toEqual(whole.slice(0, short.length));
      expect(sum(short)).toBeGreaterThanOrEqual(0.8 * sum(whole));
      expect(sum(short.slice(0, -1))).toBeLessThan(0.8 * sum(whole));
    }),
  );
});
