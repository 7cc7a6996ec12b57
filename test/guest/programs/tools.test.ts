// The programs of guest/programs print what the host's tools print, in the C locale, and end with the same status.
import { describe, expect, it } from 'vitest';
import { type Case, onGuest, onHost } from './host-tools.ts';

/** Messages without the line that points to GNU's own help. */
function messages(stderr: Buffer): string {
  return stderr.toString().replace(/^Try .*\n/gm, '');
}

function compare(argv: string[], case_: Case): void {
  const guest = onGuest(argv, case_);
  const host = onHost(argv, case_);
  expect(guest.stdout.toString('latin1')).toBe(host.stdout.toString('latin1'));
  expect(messages(guest.stderr)).toBe(messages(host.stderr));
  expect(guest.status).toBe(host.status);
}

const TEXTS: Case = {
  files: {
    a: 'one two\nthree\n',
    b: `${'x'.repeat(100_000)}\n\n\tno newline  at\vthe end`,
    empty: '',
    bytes: Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) & 0xff),
  },
  stdin: 'in put\n',
};

describe('echo, cat, wc', () => {
  it.each([
    ['echo'],
    ['echo', 'one', 'two  three', ''],
    ['echo', '-n', 'α', 'β'],
    ['echo', '-', '-n'],
    ['cat'],
    ['cat', 'a', 'b', 'bytes'],
    ['cat', 'a', '-', 'empty', 'a'],
    ['cat', 'nofile', 'a'],
    ['cat', '--', 'a'],
    ['cat', '-z'],
    ['wc'],
    ['wc', 'a'],
    ['wc', 'a', 'b', 'bytes', 'empty'],
    ['wc', '-l', 'b'],
    ['wc', '-lw'],
    ['wc', '-c'],
    ['wc', 'a', '-cw'],
    ['wc', '-lc', '-', 'nofile', 'a'],
  ])('%s %s %s %s %s', (...argv) => {
    compare(argv, TEXTS);
  });
});
