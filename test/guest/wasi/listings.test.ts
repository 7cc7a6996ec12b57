// fd_readdir: a directory is listed whole and without repetition, whatever buffers and cookies the program has.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onNode, onShim } from './runs.ts';
import { type Answer, Script } from './script.ts';

const HERE = 4;

interface Entry {
  next: bigint;
  type: number;
  name: string;
}

/** The entries of a buffer; the last one only if all of it is there. */
function entriesIn({ outs: [buffer, used] }: Answer): Entry[] {
  const entries: Entry[] = [];
  const bytes = (buffer as Buffer).subarray(0, (used as Buffer).readUInt32LE());
  for (let at = 0; at + 24 <= bytes.length; ) {
    const end = at + 24 + bytes.readUInt32LE(at + 16);
    if (end > bytes.length) break;
    const name = bytes.toString('utf8', at + 24, end);
    entries.push({ next: bytes.readBigUInt64LE(at), type: bytes[at + 20] as number, name });
    at = end;
  }
  return entries;
}

function filesOf(names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, '']));
}

const names = (entries: Entry[]) => entries.map(({ name, type }) => `${name} ${type}`).sort();

async function list(files: Record<string, string>, bytes: number, cookies: (number | bigint)[]): Promise<Entry[][]> {
  const s = new Script();
  for (const cookie of cookies) s.call('fd_readdir', HERE, s.out(bytes), bytes, BigInt(cookie), s.out(4));
  return s.answers(onShim(await s.assemble(), { files }).stdout).map(entriesIn);
}

it('lists what Node lists, and the two names of directories', async () => {
  const files = filesOf(['a', 'täü', 'n'.repeat(255), 'd/']);
  const s = new Script();
  s.call('fd_readdir', HERE, s.out(800), 800, 0n, s.out(4));
  const wasm = await s.assemble();
  const [shim] = s.answers(onShim(wasm, { files }).stdout);
  const [node] = s.answers(onNode(wasm, { files }).stdout);
  expect(names(entriesIn(shim as Answer))).toEqual(
    names([...entriesIn(node as Answer), { next: 0n, type: 3, name: '.' }, { next: 0n, type: 3, name: '..' }]),
  );
});

it('goes on at any cookie, forwards and backwards', async () => {
  const files = filesOf(Array.from({ length: 200 }, (_, i) => `file-${i}-${'x'.repeat(i % 40)}`));
  const [all] = (await list(files, 16384, [0])) as [Entry[]];
  expect(all.length).toBe(202);
  expect(all.map(({ next }) => Number(next))).toEqual(all.map((_, i) => i + 1));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(210), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 24, max: 900 }),
      async (cookies, bytes) => {
        for (const [i, entries] of (await list(files, bytes, cookies)).entries()) {
          const from = cookies[i] as number;
          expect(entries).toEqual(all.slice(from, from + entries.length));
          // There is no room for the next one, if there is one.
          const used = entries.reduce((sum, { name }) => sum + 24 + Buffer.byteLength(name), 0);
          const following = all[from + entries.length];
          if (following) expect(used + 24 + following.name.length).toBeGreaterThan(bytes);
        }
      },
    ),
    { numRuns: 15 },
  );
});

it('fills the buffer with the part of an entry that fits', async () => {
  const s = new Script();
  for (const bytes of [0, 1, 7, 8, 17, 20, 23, 24, 25]) s.call('fd_readdir', HERE, s.out(32), bytes, 2n, s.out(4));
  s.call('fd_readdir', HERE, s.out(32), 32, 2n, s.out(4));
  const answers = s.answers(onShim(await s.assemble(), { files: { abcdefgh: '' } }).stdout);
  const whole = answers.pop()?.outs[0] as Buffer;
  expect(whole.toString('latin1', 24)).toBe('abcdefgh');
  for (const {
    outs: [buffer, used],
  } of answers) {
    const bytes = (used as Buffer).readUInt32LE();
    expect(buffer).toEqual(Buffer.concat([whole.subarray(0, bytes), Buffer.alloc(32 - bytes)]));
  }
  expect(answers.map(({ outs }) => outs[1]?.readUInt32LE())).toEqual([0, 1, 7, 8, 17, 20, 23, 24, 25]);
});

it('keeps listings of several descriptors apart, and loses none when files go away meanwhile', async () => {
  const count = 120;
  const files = filesOf(Array.from({ length: count }, (_, i) => `file-${i}`));
  const s = new Script();
  const other = s.out(4);
  s.call('path_open', HERE, 0, s.data('.'), 2, (1n << 14n) | 2n, 0n, 0, other);
  const reads: number[] = [];
  // Each listing takes a few at a time; what the first has told is removed.
  for (let i = 0, read = 1; i < count; i += 4, read += 6) {
    s.call('fd_readdir', HERE, s.out(128), 128, BigInt(i), s.out(4));
    s.call('fd_readdir', s.word(other), s.out(128), 128, BigInt(i), s.out(4));
    reads.push(read, read + 1);
    for (let k = 0; k < 4; k++) s.call('path_unlink_file', HERE, s.data(`file-${i + k - 2}`));
  }
  const answers = s.answers(onShim(await s.assemble(), { files }).stdout);
  const first = reads.filter((_, i) => i % 2 === 0).flatMap((at) => entriesIn(answers[at] as Answer).slice(0, 4));
  expect(new Set(first.map(({ name }) => name)).size).toBe(first.length);
  expect(first.map(({ name }) => name)).toEqual([
    '.',
    '..',
    ...Array.from({ length: first.length - 2 }, (_, i) => `file-${i}`),
  ]);
});

it('says where there is no directory', async () => {
  const s = new Script();
  for (const fd of [1, 77, -1]) s.call('fd_readdir', fd, s.out(32), 32, 0n, s.out(4));
  expect(s.answers(onShim(await s.assemble()).stdout).map(({ errno }) => errno)).toEqual([54, 8, 8]);
});
