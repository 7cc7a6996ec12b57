// Rules of validation that the official suite covers too, by their messages, and work that must stay bounded.
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../machine/wasm/encode.ts';
import { OP } from '../../../machine/wasm/opcodes.ts';
import { I32 } from '../../../machine/wasm/types.ts';
import { functionOf, moduleOf, refusal, type SectionBytes } from './module-bytes.ts';

const MEMORY: SectionBytes = [5, 1, 0, 1];
const TABLES: SectionBytes = [4, 2, 0x70, 0, 1, 0x6f, 0, 1];
const drop = (...code: number[]) => functionOf([...code, 0x1a, 0x0b]);

describe('code is invalid', () => {
  const cases: [string, Uint8Array, string][] = [
    [
      'an operand of another type',
      drop(0x41, 0, 0x42, 0, 0x6a),
      'type mismatch: i32.add expects i32, found i64 in function 0',
    ],
    ['a missing operand', drop(0x41, 0, 0x6a), 'type mismatch: i32.add expects i32, found nothing'],
    [
      'an operand of the block around',
      functionOf([0x41, 0, 0x02, 0x40, 0x1a, 0x0b, 0x0b]),
      'drop expects a value, found nothing',
    ],
    ['values left at the end', functionOf([0x41, 0, 0x0b]), 'type mismatch: 1 values more than its results'],
    ['a result that only one branch has', drop(0x41, 0, 0x04, 0x7f, 0x41, 0, 0x0b), 'an if without else must have'],
    ['targets of different arity', drop(0x02, 0x7f, 0x41, 0, 0x41, 0, 0x0e, 1, 0, 1, 0x0b), 'br_table targets differ'],
    ['an unknown label', functionOf([0x0c, 1, 0x0b]), 'unknown label 1'],
    ['an unknown local', drop(0x20, 0), 'unknown local 0'],
    ['an unknown function', functionOf([0x10, 1, 0x0b]), 'unknown function 1'],
    ['an unknown type', functionOf([0x02, 1, 0x0b, 0x0b]), 'unknown type 1'],
    ['an unknown global', drop(0x23, 0), 'unknown global 0'],
    ['an unknown table', drop(0xfc, 0x10, 0), 'unknown table 0'],
    ['an unknown memory', drop(0x3f, 0), 'unknown memory 0'],
    ['an unknown data segment', functionOf([0xfc, 9, 0, 0x0b], [12, 0]), 'unknown data segment 0'],
    ['an unknown element segment', functionOf([0xfc, 13, 0, 0x0b]), 'unknown elem segment 0'],
    [
      'a constant that is set',
      functionOf([0x41, 0, 0x24, 0, 0x0b], [6, 1, 0x7f, 0, 0x41, 0, 0x0b]),
      'global is immutable',
    ],
    [
      'a select of references',
      drop(0xd0, 0x70, 0xd0, 0x70, 0x41, 0, 0x1b),
      'select of references needs a written type',
    ],
    ['a select of two types', drop(0x41, 0, 0x42, 0, 0x41, 0, 0x1b), 'type mismatch: select of i32 and i64'],
    [
      'a select of a reference and anything',
      drop(0x00, 0xd0, 0x70, 0x41, 0, 0x1b),
      'select of references needs a written type',
    ],
    [
      'the type that a select of anything has',
      drop(0x00, 0x42, 0, 0x41, 0, 0x1b, 0x45),
      'i32.eqz expects i32, found i64',
    ],
    ['a select with two written types', drop(0x00, 0x1c, 2, 0x7f, 0x7f), 'invalid result arity'],
    ['ref.is_null of a number', drop(0x41, 0, 0xd1), 'ref.is_null expects a reference, found i32'],
    ['an undeclared reference', drop(0xd2, 0), 'undeclared function reference to function 0'],
    [
      'a call through externref',
      functionOf([0x41, 0, 0x11, 0, 1, 0x0b], TABLES),
      'call_indirect through a table of externref',
    ],
    [
      'a copy between types',
      functionOf([0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 14, 0, 1, 0x0b], TABLES),
      'table of funcref from externref',
    ],
  ];

  it.each(cases)('with %s', (_what, bytes, message) => {
    expect(refusal(bytes)).toContain('invalid: ');
    expect(refusal(bytes)).toContain(message);
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(false);
  });

  it('with an alignment above the natural one, and an atomic one below', () => {
    const load = (...code: number[]) => functionOf([0x41, 0, ...code, 0, 0x1a, 0x0b], MEMORY);
    expect(refusal(load(0x28, 2))).toBe('accepted');
    expect(refusal(load(0x28, 3))).toContain('invalid: alignment must not be larger than natural: i32.load with 2^3');
    expect(refusal(load(0x28, 0x42))).toContain('malformed: malformed memop flags 66 (multi-memory is not supported)');
    expect(refusal(load(0xfe, 0x10, 2))).toBe('accepted');
    expect(refusal(load(0xfe, 0x10, 1))).toContain('invalid: atomic accesses must have natural alignment');
  });
});

describe('a module is invalid', () => {
  const global = (...init: number[]): SectionBytes => [6, 1, 0x7f, 0, ...init, 0x0b];
  const cases: [string, Uint8Array, string][] = [
    ['a function of an unknown type', moduleOf([3, 1, 0], [10, 1, 2, 0, 0x0b]), 'unknown type 0 of function 0'],
    ['a memory above 4 GiB', moduleOf([5, 1, 0, 0x81, 0x80, 0x04]), 'memory size must be at most 65536 pages'],
    ['limits upside down', moduleOf([5, 1, 1, 2, 1]), 'size minimum must not be greater than maximum'],
    ['a shared memory without maximum', moduleOf([5, 1, 2, 1]), 'shared memory must have a maximum'],
    ['no value in a constant expression', moduleOf(global()), 'leaves 0 values'],
    ['two values in a constant expression', moduleOf(global(0x41, 0, 0x41, 0)), 'leaves 2 values'],
    ['another instruction in one', moduleOf(global(0x01)), 'constant expression required'],
    ['a value of another type in one', moduleOf(global(0x42, 0)), 'global 0 expects i32, found i64'],
    ['an unknown global in one', moduleOf(global(0x23, 0x05)), 'unknown global 5 in global 0'],
    ['an own global in one', moduleOf(global(0x23, 0)), 'a constant expression may use imported globals only'],
    ['a mutable global in one', moduleOf([2, 1, 0, 0, 3, 0x7f, 1], global(0x23, 0)), 'global 0 in global 1 is mutable'],
    ['an export of nothing', moduleOf([7, 1, 1, 0x61, 2, 0]), 'unknown memory 0 in export "a"'],
    ['two exports of a name', moduleOf(MEMORY, [7, 2, 1, 0x61, 2, 0, 1, 0x61, 2, 0]), 'duplicate export name "a"'],
    ['an unknown start function', moduleOf([8, 0]), 'unknown function 0 as start function'],
    [
      'a start function with parameters',
      moduleOf([1, 1, 0x60, 1, 0x7f, 0], [2, 1, 0, 0, 0, 0], [8, 0]),
      'must have no parameters',
    ],
    ['elements without a table', moduleOf([9, 1, 0, 0x41, 0, 0x0b, 0]), 'unknown table 0 in elem segment 0'],
    [
      'elements of another type',
      moduleOf(TABLES, [9, 1, 6, 1, 0x41, 0, 0x0b, 0x70, 0]),
      'funcref for a table of externref',
    ],
    ['an element that is no function', moduleOf(TABLES, [9, 1, 1, 0, 1, 7]), 'unknown function 7 in elem segment 0'],
    ['data without a memory', moduleOf([11, 1, 0, 0x41, 0, 0x0b, 0]), 'unknown memory 0 in data segment 0'],
    [
      'data for a second memory',
      moduleOf(MEMORY, [11, 1, 2, 1, 0x41, 0, 0x0b, 0]),
      'unknown memory 1 in data segment 0',
    ],
  ];

  it.each(cases)('with %s', (_what, bytes, message) => {
    expect(refusal(bytes)).toContain('invalid: ');
    expect(refusal(bytes)).toContain(message);
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(false);
  });
});

describe('work is bounded', () => {
  const timeOf = (bytes: Uint8Array): number => {
    const start = performance.now();
    refusal(bytes);
    return performance.now() - start;
  };

  it('for many functions with many locals', () => {
    const writer = new ByteWriter();
    const count = 5000;
    const bodies = new Array(count).fill([1, 0xd0, 0x86, 0x03, 0x7f, 0x0b]);
    writer.vector(bodies, (body) => writer.sized(() => writer.bytes(body)));
    const bytes = moduleOf(
      [1, 1, 0x60, 0, 0],
      [3, (count & 0x7f) | 0x80, count >> 7, ...Array(count).fill(0)],
      [10, ...writer.finish()],
    );
    expect(refusal(bytes)).toBe('accepted');
    expect(timeOf(bytes)).toBeLessThan(3000);
  });

  it('for calls with a thousand results each', () => {
    const writer = new ByteWriter();
    writer.vector([0, 1], (index) => {
      writer.sized(() => {
        writer.u8(0);
        if (index === 1) for (let i = 0; i < 20_000; i++) writer.bytes([OP.call, 0]);
        writer.bytes([OP.unreachable, OP.end]);
      });
    });
    const type = [0x60, 0, 0xe8, 0x07, ...Array(1000).fill(I32)];
    const bytes = moduleOf([1, 2, ...type, 0x60, 0, 0], [3, 2, 0, 1], [10, ...writer.finish()]);
    expect(refusal(bytes)).toContain('unsupported size: 1000001 operands on the stack');
    expect(timeOf(bytes)).toBeLessThan(3000);
  });

  it('for a br_table with many targets of many values', () => {
    const writer = new ByteWriter();
    writer.vector([0], () => {
      writer.sized(() => {
        writer.bytes([0, OP.unreachable, OP.br_table]);
        writer.vector(new Array(65_520).fill(0), () => writer.u32(0));
        writer.bytes([0, OP.end]);
      });
    });
    const type = [0x60, 0, 0xe8, 0x07, ...Array(1000).fill(I32)];
    const bytes = moduleOf([1, 1, ...type], [3, 1, 0], [10, ...writer.finish()]);
    expect(refusal(bytes)).toBe('accepted');
    expect(timeOf(bytes)).toBeLessThan(3000);
  });

  it('for blocks nested deeply', () => {
    const depth = 100_000;
    const code = [...new Array(depth).fill([OP.block, 0x40]).flat(), ...new Array(depth + 1).fill(OP.end)];
    expect(refusal(functionOf(code))).toBe('accepted');
  });
});
