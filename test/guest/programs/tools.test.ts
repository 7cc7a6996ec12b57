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
    greek: 'α β · x\u00a0y\nγ-δ\u2003',
    bytes: Uint8Array.from({ length: 1000 }, (_, i) => (i * 37) & 0xff),
  },
  stdin: 'in put\n',
};

describe('echo, cat, wc', () => {
  it.each(
    [
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
      ['wc', 'greek'],
      ['wc', '-l', 'b'],
      ['wc', '-lw'],
      ['wc', '-c'],
      ['wc', 'a', '-cw'],
      ['wc', '-lc', '-', 'nofile', 'a'],
    ].map((argv) => [argv.join(' '), argv] as const),
  )('%s', (_, argv) => {
    compare(argv, TEXTS);
  });
});

describe('grep', () => {
  const lines =
    'the end\nThe start\nno\n\na.b\na*b\naab\n  indented\tthe tab\nxyz123\nfoo(bar)\nthe the\n[x]\nlast line without newline: the';
  const files = { a: lines, b: 'nothing here\n', empty: '', long: `${'y'.repeat(200_000)}the\nshort\n` };
  it.each(
    [
      ['grep', 'the', 'a'],
      ['grep', '-i', 'THE', 'a'],
      ['grep', '-c', 'the', 'a', 'b'],
      ['grep', '-n', 'the', 'a', 'b'],
      ['grep', '-vn', 'the', 'a'],
      ['grep', '-v', 'the', 'a', 'b'],
      ['grep', '-l', 'the', 'a', 'b', 'empty', 'long'],
      ['grep', '-q', 'the', 'b'],
      ['grep', '-q', 'the', 'a'],
      ['grep', '-vc', '^$', 'a'],
      ['grep', '^the', 'a'],
      ['grep', 'the$', 'a'],
      ['grep', '^$', 'a'],
      ['grep', '', 'a'],
      ['grep', 'a.b', 'a'],
      ['grep', 'a\\.b', 'a'],
      ['grep', 'a\\*b', 'a'],
      ['grep', 'a*b', 'a'],
      ['grep', '*', 'a'],
      ['grep', '^*b', 'a'],
      ['grep', '[[:digit:]]\\{3\\}', 'a'],
      ['grep', '[^a-z]x', 'a'],
      ['grep', '[]x[]', 'a'],
      ['grep', '\\(the\\).*the', 'a'],
      ['grep', 'foo\\|end', 'a'],
      ['grep', 'a\\+b', 'a'],
      ['grep', '-E', '(foo|xyz)[0-9(]+', 'a'],
      ['grep', '-E', '^(a{2}|  )', 'a'],
      ['grep', '-E', 'x?y+z{0,1}1', 'a'],
      ['grep', '-F', 'a*b', 'a'],
      ['grep', '-F', '(bar)', 'a', 'nofile'],
      ['grep', '-x', 'the end', 'a'],
      ['grep', '-x', 'the', 'a'],
      ['grep', '-w', 'the', 'a'],
      ['grep', '-cw', 't', 'a'],
      ['grep', '-iwE', 't?he |end', 'a'],
      ['grep', '-e', 'end', '-e', 'start', 'a'],
      ['grep', '-h', 'the', 'a', 'b'],
      ['grep', '-H', 'the', 'a'],
      ['grep', 'y*the', 'long'],
      ['grep', '-n', 'short', 'long'],
      ['grep', 'line'],
      ['grep', '-c', 'line', '-'],
      ['grep', 'the', 'nofile'],
      ['grep', '-s', 'the', 'nofile', 'a'],
      ['grep', '\\(', 'a'],
      ['grep', '[a', 'a'],
      ['grep', 'a\\{2', 'a'],
      ['grep', '\\w\\s\\w', 'a'],
    ].map((argv) => [argv.join(' '), argv] as const),
  )('%s', (_, argv) => {
    compare(argv, { files, stdin: 'a line\nnone\nline' });
  });
});

describe('sort', () => {
  const files = {
    a: 'pear 10\napple 9\nfig 100\nApple 9\n\n  blank 3\nfig 100\nb\tx 2\nlast',
    n: '10\n9\n-3\n-10\n0\n00\n1.5\n1.25\n abc\n\n-0\n99999999999999999999999\n99999999999999999999998\n3x\n.5\n-.5\n',
    t: 'b:2:x\na:10:y\nc::z\na:9:w\nd\n',
    sorted: 'a\nb\nb\nc\n',
  };
  it.each(
    [
      ['sort', 'a'],
      ['sort', '-r', 'a'],
      ['sort', '-u', 'a'],
      ['sort', '-f', 'a'],
      ['sort', '-fu', 'a'],
      ['sort', '-n', 'n'],
      ['sort', '-nr', 'n'],
      ['sort', '-nu', 'n'],
      ['sort', '-ns', 'n'],
      ['sort', '-k', '2', 'a'],
      ['sort', '-k2n', 'a'],
      ['sort', '-k', '2,2nr', '-k', '1,1', 'a'],
      ['sort', '-b', 'a'],
      ['sort', '-t', ':', '-k2,2n', 't'],
      ['sort', '-t:', '-k', '3', 't'],
      ['sort', '-t:', '-k', '2.2', 't'],
      ['sort', '-t:', '-k1,1', '-s', 't'],
      ['sort', '-k1.2,1.3', 'a'],
      ['sort', 'a', 't', '-'],
      ['sort', '-c', 'sorted'],
      ['sort', '-cu', 'sorted'],
      ['sort', '-c', 'a'],
      ['sort', 'nofile', 'a'],
      ['sort'],
    ].map((argv) => [argv.join(' '), argv] as const),
  )('%s', (_, argv) => {
    compare(argv, { files, stdin: 'z\ny\nx' });
  });
});

describe('parts of texts', () => {
  const numbers = Array.from({ length: 30 }, (_, i) => `line ${i + 1}\n`).join('');
  const files = {
    n: numbers,
    short: 'a\nb',
    words: 'the cat\nthe cat\nThe cat\na dog\na dog\na dog\nend\n',
    table: 'a:b:c\nd::f\nno delimiter\n:x\n',
    blanks: '\n\n\n',
    empty: '',
  };
  it.each(
    [
      ['head', 'n'],
      ['head', '-n', '3', 'n', 'short', 'nofile', 'empty'],
      ['head', '-3', 'n'],
      ['head', '-c', '10', 'n'],
      ['head', '-n', '0', 'n'],
      ['head', '-n', 'x', 'n'],
      ['head', '-qn1', 'n', 'short'],
      ['head'],
      ['tail', 'n'],
      ['tail', '-n', '3', 'n', 'short', 'empty'],
      ['tail', '-2', 'short'],
      ['tail', '-n', '+28', 'n'],
      ['tail', '-c', '10', 'n'],
      ['tail', '-c', '+250', 'n'],
      ['tail', '-n', '0', 'n'],
      ['tail', '-n', '2', 'blanks'],
      ['tail', '-1', 'short'],
      ['tail', 'nofile'],
      ['tail', '-n1'],
      ['seq', '5'],
      ['seq', '3', '7'],
      ['seq', '10', '-3', '-5'],
      ['seq', '5', '1'],
      ['seq', '-w', '8', '11'],
      ['seq', '-s', ', ', '3'],
      ['seq', '-3'],
      ['seq'],
      ['uniq', 'words'],
      ['uniq', '-c', 'words'],
      ['uniq', '-d', 'words'],
      ['uniq', '-u', 'words'],
      ['uniq', '-ci', 'words'],
      ['uniq', 'empty'],
      ['cut', '-d:', '-f2', 'table'],
      ['cut', '-d:', '-f1,3', 'table'],
      ['cut', '-d:', '-f2-', '-s', 'table'],
      ['cut', '-c1-3,5', 'n', 'short'],
      ['cut', '-c', '-2'],
      ['tr', 'a-z', 'A-Z'],
      ['tr', '-d', 'io'],
      ['tr', '-s', ' '],
      ['tr', '-cs', '[:alpha:]', '\\n'],
      ['tr', '[:lower:]', '[:upper:]'],
      ['tr', 'io', 'x'],
      ['tr', '-d', '\\n'],
      ['tr', '\\151\\n', '1,'],
      ['tr'],
      ['tee', 'out'],
      ['printf', '%5.2d|%-4s|%x\\n', '7', 'ab', '255'],
      ['sleep'],
      ['sleep', 'x'],
      ['kill', '-0', '1', 'x'],
    ].map((argv) => [argv.join(' '), argv] as const),
  )('%s', (_, argv) => {
    if (argv[0] === 'kill' || argv[0] === 'sleep') {
      expect(onGuest(argv, {}).status).toBe(onHost(argv, {}).status);
      return;
    }
    compare(argv, { files, stdin: 'some  lines of input\nwith   iii\nand more' });
  });
});

describe('files', () => {
  const files = {
    a: 'contents of a\n',
    b: 'b\n',
    'd/x': 'x\n',
    'd/sub/y': 'y\n',
    'd/sub/.hidden': '',
    'e/z': 'z',
    'with space': '',
  };
  const list = 'for f in * .* */* */*/*; do [ -f "$f" ] && echo "$f" && cat "$f"; [ -d "$f" ] && echo "$f/"; done 2>&1';
  it.each([
    'ls',
    'ls -a',
    'ls -A d/sub; ls -1 d e a',
    'ls d a nofile b e',
    'ls -d d d/*',
    'cp a c; cp -r d f; cp a b e',
    'cp a b; cp d x; cp nofile x; cp a a',
    'cp -r d e/new; cp -r d e; cp a b nodir',
    'cp a d/sub/../copied; cp a nodir/x',
    'rm a d; rm -r d; rm nofile; rm -f nofile',
    'rm -rf d e nofile; rm -r .; rm',
    'mkdir m; mkdir d; mkdir p/q; mkdir -p p/q/r d/sub; mkdir -p a/b',
    'mv a c; mv c d; mv d/x b; mv nofile x',
    'mv d e; mv a b e; mv e e/d; mv a',
    'mv a b nofile; mv d a',
    'cat a | tee t1 t2 > t3; echo more | tee -a t1',
    'test -f a; echo $?; test -d a; echo $?',
    'for i in 3 1 2; do echo $i; done | sort | head -n 2 | tail -1',
    'cat a b | tr a-z A-Z | grep -c B; seq 100 | grep 7 | wc -l',
    'seq 20 | sort -rn | head -3; ls | grep -v a | sort -r | uniq | cut -c1',
  ])('%s', (line) => {
    const both = ['sh', '-c', `${line}\necho status $?\n${list}`];
    const guest = onGuest(both, { files });
    const host = onHost(both, { files });
    expect(guest.stdout.toString()).toBe(host.stdout.toString());
    expect(messages(guest.stderr)).toBe(messages(host.stderr));
  });

  it('ls -l tells kind, permissions, links, size and time', () => {
    const { stdout } = onGuest(['ls', '-l'], { files: { a: 'abc', 'd/x': '' } });
    expect(stdout.toString()).toBe(
      'total 4\n-rw-r--r-- 1 root root 3 Jan  1 00:00 a\ndrwxr-xr-x 2 root root 0 Jan  1 00:00 d\n',
    );
  });
});

describe('measurements', () => {
  it('time runs a command and tells of it on stderr', () => {
    const { stdout, stderr, status } = onGuest(['time', 'sh', '-c', 'echo out; sleep 1.5; exit 3']);
    expect(stdout.toString()).toBe('out\n');
    expect(stderr.toString()).toMatch(/^\nreal 1\.5\d{5}\nuser 0\.000000\nsys {2}0\.000000\npage faults 0\n$/);
    expect(status).toBe(3);
  });

  it('ps lists processes', () => {
    expect(onGuest(['ps']).stdout.toString().split('\n')[1]).toMatch(/^ +\d+ +1 R +1 +64 +0 +2\.500 test$/);
  });

  it('memclone touches pages', () => {
    const { stdout } = onGuest(['memclone', '-t', '1', '-p', '100']);
    expect(stdout.toString()).toBe(
      'memclone: 1 threads, 100 pages each: mean 1 us, least 1 us, most 1 us, 10 ns a page\n',
    );
  });

  it('pagebench prints one table', () => {
    const rows = onGuest(['pagebench', '-t', '1,1', '-r', '3']).stdout.toString().split('\n');
    expect(rows[0]).toBe('threads  fault ns    map ns protect ns  unmap ns');
    expect(rows[1]).toMatch(/^ {6}1 +62 +62 +1000 +1000$/);
    expect(rows[2]).toBe(rows[1]);
  });
});
