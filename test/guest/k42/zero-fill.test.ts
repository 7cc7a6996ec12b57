// What K42 says zeroes cost without faults: less than a fault, some time at all, and no frame.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guestFile } from '../../../host/guest-programs.ts';
import { profileNamed } from '../../../machine/index.ts';
import { runGuest } from '../unix/boot.ts';

function microseconds(program: string, pages: number): { time: number; free: number } {
  const { output, errors, reports } = runGuest({
    kernel: 'k42',
    program: [program, '-p', `${pages}`, '-t', '1'],
    files: {
      [`/bin/${program}`]: readFileSync(guestFile(program === 'zerofill' ? 'k42/bin/zerofill' : `bin/${program}`)),
    },
    profile: profileNamed('ibm-s85'),
    cores: 1,
  });
  expect(errors).toBe('');
  return { time: Number(/mean (\d+) us/.exec(output)?.[1]), free: reports.get('kernel.frames.free') ?? 0 };
}

it('zeroes are cheaper than faults, and their frames are given back', () => {
  const few = microseconds('zerofill', 100);
  const many = microseconds('zerofill', 400);
  expect(many.time).toBeGreaterThan(3 * few.time);
  expect(many.time).toBeLessThan(0.8 * microseconds('memclone', 400).time);
  expect(many.free).toBe(few.free);
});
