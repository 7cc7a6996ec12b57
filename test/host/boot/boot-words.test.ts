// Any program with any arguments comes through the kernel's command line as it was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootWords } from '../../../host/boot/boot-words.ts';

/** What a kernel does with it. */
function decode(text: string): { words: string[]; program: string[] } {
  const words = text === '' ? [] : text.split(' ');
  const dashes = words.indexOf('--');
  const decodeWord = (word: string) => (word === '%' ? '' : decodeURIComponent(word));
  return {
    words: (dashes < 0 ? words : words.slice(0, dashes)).map(decodeWord),
    program: dashes < 0 ? [] : words.slice(dashes + 1).map(decodeWord),
  };
}

test('words that a shell would quote', () => {
  const program = ['sh', '-c', 'echo "a b" | wc -l; echo 100%', ''];
  expect(bootWords({ options: ['locks=big'], exports: ['/tmp/a b'], program })).toBe(
    'locks=big export=/tmp/a%20b -- sh -c echo%20"a%20b"%20|%20wc%20-l;%20echo%20100%25 %',
  );
});

test('every argument comes back, in UTF-8', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (program) => {
      const text = bootWords({ options: ['a=b'], exports: [], program });
      expect(text).toMatch(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/);
      expect(decode(text)).toEqual({ words: ['a=b'], program });
    }),
  );
});
