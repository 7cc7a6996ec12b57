// Random inputs: sort against JavaScript's own, grep against the host's, wc and tail against what they say of themselves.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onGuest, onHost } from './host-tools.ts';

const RUNS = { numRuns: 40 };

const line = fc.string({ unit: fc.constantFrom(...'abcAB01 .-\t'), maxLength: 12 });
const lines = fc.array(line, { maxLength: 60 });

function run(argv: string[], stdin: string): string[] {
  const { stdout, status } = onGuest(argv, { stdin });
  expect(status).toBeLessThan(2);
  return stdout.toString().split('\n').slice(0, -1);
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

it('sort orders lines by their bytes, in both directions, with and without repetitions', () => {
  fc.assert(
    fc.property(lines, fc.boolean(), fc.boolean(), (input, reverse, unique) => {
      const stdin = input.map((text) => `${text}\n`).join('');
      const options = [...(reverse ? ['-r'] : []), ...(unique ? ['-u'] : [])];
      const expected = (unique ? [...new Set(input)] : [...input]).sort(byBytes);
      if (reverse) expected.reverse();
      expect(run(['sort', ...options], stdin)).toEqual(expected);
    }),
    RUNS,
  );
});

it('sort orders numbers by their value, and keeps the order of equal ones with -s', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
  );
  const text = number.filter((value) => !/e/.test(`${value}`)).map((value) => `${value}`);
  fc.assert(
    fc.property(fc.array(text, { maxLength: 60 }), (input) => {
      const numbered = input.map((value, index) => `${value} ${index}`);
      const expected = numbered
        .map((value, index) => ({ value, key: Number(input[index]), index }))
        .sort((a, b) => a.key - b.key || a.index - b.index)
        .map(({ value }) => value);
      expect(run(['sort', '-ns'], numbered.map((value) => `${value}\n`).join(''))).toEqual(expected);
    }),
    RUNS,
  );
});

it('sort with keys is what the host says', () => {
  const key = fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom('', 'n', 'r', 'f', 'b', 'nr'),
    )
    .map(([from, length, letters]) => `-k${from}${letters}${length === 0 ? '' : `,${from + length - 1}`}`);
  fc.assert(
    fc.property(lines, fc.array(key, { minLength: 1, maxLength: 2 }), fc.boolean(), (input, keys, separated) => {
      const stdin = input.join('\n');
      const argv = ['sort', ...(separated ? ['-t', ' '] : []), ...keys];
      expect(run(argv, stdin)).toEqual(onHost(argv, { stdin }).stdout.toString().split('\n').slice(0, -1));
    }),
    { numRuns: 30 },
  );
});

/** Expressions that are regular and mean the same in any implementation; `basic` tells how operators are written. */
function expression(basic: boolean): fc.Arbitrary<string> {
  const slash = basic ? '\\' : '';
  const { whole } = fc.letrec<{ whole: string; part: string; atom: string }>((tie) => ({
    whole: fc.oneof(
      { weight: 4, arbitrary: tie('part') },
      { weight: 1, arbitrary: fc.tuple(tie('part'), tie('part')).map(([a, b]) => `${a}${slash}|${b}`) },
    ),
    part: fc.array(tie('atom'), { minLength: 1, maxLength: 4 }).map((atoms) => atoms.join('')),
    atom: fc
      .tuple(
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom(
            'a',
            'b',
            'A',
            '0',
            ' ',
            '.',
            '\\.',
            '[ab]',
            '[^a]',
            '[a-c0]',
            '[[:upper:]]',
            '[^[:alpha:]]',
            '[]b]',
          ),
          tie('whole').map((inner) => `${slash}(${inner}${slash})`),
        ),
        fc.oneof(
          { weight: 4, arbitrary: fc.constant('') },
          { weight: 1, arbitrary: fc.constantFrom('*', `${slash}+`, `${slash}?`) },
          { weight: 1, arbitrary: fc.constantFrom('2', '1,', '0,2', '1,3').map((n) => `${slash}{${n}${slash}}`) },
        ),
      )
      .map(([atom, repeat]) => atom + repeat),
  }));
  return fc
    .tuple(fc.constantFrom('', '', '^'), whole, fc.constantFrom('', '', '$'))
    .map(([begin, middle, end]) => begin + middle + end);
}

it.each([
  ['basic', true],
  ['extended', false],
] as const)('grep finds what the host finds, for %s expressions', (_, basic) => {
  fc.assert(
    fc.property(
      lines,
      expression(basic),
      fc.constantFrom('-n', '-vn', '-in', '-c', '-xn'),
      (input, pattern, option) => {
        const argv = ['grep', ...(basic ? [] : ['-E']), option, '-e', pattern];
        const stdin = input.join('\n');
        const guest = onGuest(argv, { stdin });
        const host = onHost(argv, { stdin });
        expect(guest.stdout.toString(), pattern).toBe(host.stdout.toString());
        expect(guest.status).toBe(host.status);
      },
    ),
    { numRuns: 60 },
  );
});

it('grep takes no longer for patterns on which backtracking explodes', () => {
  const stdin = `${'a'.repeat(5000)}\n`;
  expect(run(['grep', '-c', '\\(a*\\)*\\(a*\\)*\\(a\\|aa\\)*b'], stdin)).toEqual(['0']);
  expect(run(['grep', '-E', '-c', '(a?){100}a{100}$'], stdin)).toEqual(['1']);
  expect(run(['grep', '-E', '-c', '(a|b)*a(a|b){12}$'], stdin.repeat(3))).toEqual(['3']);
});

it('grep forgets states of its automaton when there are too many, and goes on', () => {
  let seed = 1;
  const bits = Array.from({ length: 3000 }, () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 16) & 1;
  });
  // Each line needs thousands of states.
  const text = [0, 1, 2, 3].map(
    (last) => `${bits.map((bit) => 'ab'[bit]).join('')}${'ab'[last & 1]}aaaaabbbbbb${last}`,
  );
  const stdin = text.map((row) => `${row.slice(0, -1)}\n`).join('');
  const pattern = '(a|b)*a(a|b){11}$';
  const expected = stdin.split('\n').filter((row) => /a[ab]{11}$/.test(row)).length;
  expect(expected).toBe(2);
  expect(run(['grep', '-Ec', pattern], stdin)).toEqual([`${expected}`]);
});

it('wc, head, tail and cat agree on files around the size of their buffers', () => {
  const sizes = fc.constantFrom(0, 1, 7, 8, 9, 32767, 32768, 65535, 65536, 65537, 131072);
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 200 }), fc.boolean(), (size, width, ended) => {
      const body = `${'x'.repeat(width)}\n`.repeat(Math.ceil(size / (width + 1))).slice(0, size);
      const stdin = ended && body !== '' ? `${body.slice(0, -1)}\n` : body;
      expect(onGuest(['cat'], { stdin }).stdout.toString() === stdin).toBe(true);
      const count = stdin.split('\n').length - 1;
      expect(run(['wc', '-lc'], stdin)[0]?.trim().split(/ +/).map(Number)).toEqual([count, stdin.length]);
      const guest = (argv: string[]) => onGuest(argv, { stdin }).stdout.toString();
      expect(guest(['tail', '-n', '2'])).toBe(onHost(['tail', '-n', '2'], { stdin }).stdout.toString());
      expect(guest(['head', '-n', '500'])).toBe(onHost(['head', '-n', '500'], { stdin }).stdout.toString());
    }),
    { numRuns: 20 },
  );
});
