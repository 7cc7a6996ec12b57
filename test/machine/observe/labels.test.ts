// Labels against a plain array of names, one for each byte.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Labels } from '../../../machine/observe/labels.ts';

const BYTES = 3 * 4096;

const label = fc.record({
  start: fc.nat(BYTES - 1),
  bytes: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 5000 })),
  name: fc.constantFrom('a', 'b', 'c', ''),
});

test('the last label of a byte is the one that is found, and an overlapped one is gone as a whole', () => {
  fc.assert(
    fc.property(fc.array(label, { maxLength: 30 }), fc.array(label, { minLength: 1, maxLength: 10 }), (made, asked) => {
      const labels = new Labels();
      let model: { start: number; end: number; name: string }[] = [];
      for (const { start, bytes, name } of made) {
        labels.set(start, bytes, name);
        const end = start + bytes;
        model = model.filter((other) => other.end <= start || other.start >= end);
        if (name !== '') model.push({ start, end, name });
      }
      for (const { start, bytes } of asked) {
        const expected = model.filter((other) => other.start < start + bytes && other.end > start);
        expect(labels.between(start, start + bytes)).toEqual(expected.sort((a, b) => a.start - b.start));
      }
    }),
  );
});
