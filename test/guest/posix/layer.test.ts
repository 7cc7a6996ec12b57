// The layer's parts that no program shows from outside: the heap, locks, words about bytes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compileProgram } from '../../../scripts/program.mjs';
import { World } from './world.ts';

const GUEST = path.resolve(import.meta.dirname, '../../../dist/guest');
const folder = mkdtempSync(path.join(tmpdir(), 'manycore-layer-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Compiles a program that is made of these lines, runs it, and returns what it writes. */
async function output(name: string, source: string, args: string[] = []): Promise<string> {
  writeFileSync(path.join(folder, `${name}.ts`), source);
  const { wasm } = await compileProgram(`${name}.ts`, {
    baseDir: folder,
    options: path.join(GUEST, 'program.json'),
    layerFolder: path.join(GUEST, 'posix'),
  });
  const world = new World();
  world.files.write(`/bin/${name}`, wasm);
  const { status, stdout, stderr } = world.run([name, ...args]);
  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  return stdout.toString();
}

it('the heap never gives the same bytes to two blocks, keeps contents, and uses freed blocks again', async () => {
  const text = await output(
    'heap',
    `import { free, malloc, out, quit, realloc } from 'posix';
const SLOTS: i32 = 200;
const blocks = new StaticArray<usize>(SLOTS);
const sizes = new StaticArray<i32>(SLOTS);
let seed: u32 = 12345;
function random(limit: i32): i32 {
  seed = seed * 1664525 + 1013904223;
  return <i32>((seed >> 8) % <u32>limit);
}
/** Each block is filled with its slot's number: an overlap shows. */
function check(slot: i32, bytes: i32): void {
  for (let i = 0; i < bytes; i++) {
    if (load<u8>(blocks[slot] + i) != <u8>slot) {
      out.text('overlap in slot ').number(slot).line();
      quit(1);
    }
  }
}
export function main(): i32 {
  for (let round = 0; round < 20000; round++) {
    const slot = random(SLOTS);
    const bytes = random(random(16) == 0 ? 20000 : 200);
    if (blocks[slot] == 0 || random(3) == 0) {
      check(slot, blocks[slot] == 0 ? 0 : sizes[slot]);
      free(blocks[slot]);
      blocks[slot] = malloc(bytes);
    } else {
      check(slot, sizes[slot]);
      blocks[slot] = realloc(blocks[slot], bytes);
      check(slot, min(sizes[slot], bytes));
    }
    if (blocks[slot] == 0 || (blocks[slot] & 15) != 0) return 1;
    sizes[slot] = bytes;
    memory.fill(blocks[slot], <u8>slot, bytes);
  }
  // 200 blocks of up to 20,000 bytes: what was freed must have been used again.
  out.number(memory.size() < 200 ? 1 : 0).byte(0x20);
  const one = malloc(1000);
  free(one);
  out.number(malloc(1000) == one ? 1 : 0).byte(0x20);
  // The last block grows in place.
  let last = malloc(100000);
  const before = last;
  for (let i = 0; i < 10; i++) last = realloc(last, 200000 << i);
  out.number(last == before ? 1 : 0).byte(0x20);
  out.number(malloc(0x6000_0000)).byte(0x20).number(realloc(last, 0x6000_0000));
  return 0;
}
`,
  );
  expect(text).toBe('1 1 1 0 0');
});

it('finds, counts and compares bytes at any alignment as one does byte by byte', async () => {
  const text = await output(
    'bytes',
    `import { behindLastByte, compareBytes, countByte, equalBytes, findByte, out } from 'posix';
const a = memory.data(128, 8);
const b = memory.data(128, 8);
let seed: u32 = 1;
function random(limit: i32): i32 {
  seed = seed * 1664525 + 1013904223;
  return <i32>((seed >> 8) % <u32>limit);
}
export function main(): i32 {
  let wrong = 0;
  for (let round = 0; round < 20000; round++) {
    // Bytes that borrow and carry in words: 0, 1, 0x7f, 0x80, 0xff.
    for (let i: usize = 0; i < 64; i++) {
      const byte = random(5);
      const value: u8 = byte == 0 ? 0 : byte == 1 ? 1 : byte == 2 ? 0x7f : byte == 3 ? 0x80 : 0xff;
      store<u8>(a + i, value);
      store<u8>(b + i, random(12) == 0 ? random(256) as u8 : value);
    }
    const from = random(16);
    const to = from + random(40);
    const byte: u8 = load<u8>(a + random(64));
    let first = to;
    let behind = from;
    let count = 0;
    for (let i = to - 1; i >= from; i--) if (load<u8>(a + i) == byte) first = i;
    for (let i = from; i < to; i++) if (load<u8>(a + i) == byte) { behind = i + 1; count++; }
    let order = 0;
    for (let i = from; i < to && order == 0; i++) order = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (findByte(a + from, a + to, byte) != a + first) wrong++;
    if (behindLastByte(a + from, a + to, byte) != a + behind) wrong++;
    if (countByte(a + from, a + to, byte) != count) wrong++;
    if (equalBytes(a + from, b + from, to - from) != (order == 0)) wrong++;
    const found = compareBytes(a + from, to - from, b + from, to - from);
    if ((found < 0) != (order < 0) || (found > 0) != (order > 0)) wrong++;
    if (compareBytes(a + from, to - from, b + from, to - from + 1) >= 0 && order <= 0) wrong++;
  }
  out.number(wrong);
  return 0;
}
`,
  );
  expect(text).toBe('0');
});

it('numbers, strings and bytes come out as they are, in any order and size', async () => {
  const text = await output(
    'text',
    `import { ByteBuffer, Bytes, NOT_A_NUMBER, args, argumentBytes, environmentVariable, out, parseNumber } from 'posix';
export function main(): i32 {
  out.number(i64.MIN_VALUE + 1).byte(0x20).number(i64.MAX_VALUE).byte(0x20).number(0).byte(0x20).padded(-42, 6).line();
  out.text(args()[1]).byte(0x20).bytes(argumentBytes()[1]).byte(0x20).number(args()[1].length).line();
  const home = environmentVariable('HOME');
  out.bytes(home === null ? Bytes.of('?') : home).line(environmentVariable('NOTHING') === null ? ' none' : ' some');
  out.number(parseNumber(Bytes.of('-123'))).byte(0x20).number(parseNumber(Bytes.of('+7')));
  const wrong = ['', '-', '1x', ' 1', '1234567890123456789012'];
  for (let i = 0; i < wrong.length; i++) if (parseNumber(Bytes.of(wrong[i])) != NOT_A_NUMBER) out.text('!');
  out.line();
  const buffer = new ByteBuffer();
  for (let i = 0; i < 5000; i++) buffer.number(i).text('é').byte(0x2c);
  out.number(buffer.length).byte(0x20).number(buffer.view().lastIndexOf(0x2c)).line();
  for (let i = 0; i < 20000; i++) out.text('0123456789');
  return 0;
}
`,
    ['αβ€𝄞'],
  );
  const rows = text.split('\n');
  expect(rows[0]).toBe('-9223372036854775807 9223372036854775807 0    -42');
  expect(rows[1]).toBe('αβ€𝄞 αβ€𝄞 5');
  expect(rows[2]).toBe('/ none');
  expect(rows[3]).toBe('-123 7');
  const bytes = 18_890 + 5000 * 3;
  expect(rows[4]).toBe(`${bytes} ${bytes - 1}`);
  expect(rows[5]).toBe('0123456789'.repeat(20_000));
});
