// What decoding keeps of a module, and what it refuses: broken bytes, and features that the machine lacks, by name.
import { describe, expect, it } from 'vitest';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import { WasmError } from '../../../machine/wasm/errors.ts';
import { EXTERNREF, F64, FUNCREF, I32, I64 } from '../../../machine/wasm/types.ts';
import { accept, assembleUnchecked, functionOf, moduleOf, refusal, type SectionBytes } from './module-bytes.ts';

const MEMORY: SectionBytes = [5, 1, 0, 1];

describe('a decoded module', () => {
  it('has its parts, imports first', async () => {
    const module = accept(
      await assembleUnchecked(`(module
        (import "env" "f" (func (param i32 i64) (result f64)))
        (import "env" "g" (global i32)) (import "env" "t" (table 1 5 funcref)) (import "env" "m" (memory 1 2 shared))
        (table 3 externref)
        (global (mut i64) (i64.const -1)) (global f64 (f64.const -0)) (global funcref (ref.func 1))
        (func (export "run") (local i32 i32 f64) (nop)) (start 1)
        (elem (global.get 0) 0 1) (elem externref (ref.null extern)) (elem declare func 0)
        (data (i32.const 5) "xy") (data "z"))`),
    );
    expect(module.types[0]).toEqual({ params: [I32, I64], results: [F64] });
    expect(module.imports.map(({ name, kind }) => [name, kind])).toEqual([
      ['f', 'function'],
      ['g', 'global'],
      ['t', 'table'],
      ['m', 'memory'],
    ]);
    expect([module.functions, module.importedFunctions, module.start]).toEqual([[0, 1], 1, 1]);
    expect(module.tables).toEqual([
      { element: FUNCREF, limits: { min: 1, max: 5, shared: false } },
      { element: EXTERNREF, limits: { min: 3, max: undefined, shared: false } },
    ]);
    expect(module.memories).toEqual([{ min: 1, max: 2, shared: true }]);
    expect(module.globals).toEqual([
      { type: { type: I32, mutable: false } },
      { type: { type: I64, mutable: true }, init: { kind: 'const', type: I64, bits: 2n ** 64n - 1n } },
      { type: { type: F64, mutable: false }, init: { kind: 'const', type: F64, bits: 2n ** 63n } },
      { type: { type: FUNCREF, mutable: false }, init: { kind: 'ref.func', index: 1 } },
    ]);
    expect(module.exports).toEqual([{ name: 'run', kind: 'function', index: 1 }]);
    expect(module.elements.map(({ mode, table, items }) => [mode, table, items.length])).toEqual([
      ['active', 0, 2],
      ['passive', 0, 1],
      ['declarative', 0, 1],
    ]);
    expect(module.elements[0]?.offset).toEqual({ kind: 'global', index: 0 });
    expect(module.data.map(({ mode, bytes }) => [mode, [...bytes]])).toEqual([
      ['active', [0x78, 0x79]],
      ['passive', [0x7a]],
    ]);
    const [body] = module.code;
    expect(body?.locals).toEqual([I32, I32, F64]);
    expect([...module.bytes.subarray(body?.start, body?.end)]).toEqual([0x01, 0x0b]);
  });

  it('may be empty, and may be a part of a larger array', () => {
    expect(decodeModule(moduleOf()).types).toEqual([]);
    const bytes = functionOf([0x43, 0, 0, 0x80, 0x3f, 0x1a, 0x0b]);
    const larger = new Uint8Array(bytes.length + 8);
    larger.set(bytes, 5);
    const module = accept(larger.subarray(5, 5 + bytes.length));
    expect(module.code[0]?.end).toBe(bytes.length);
  });

  it('keeps custom sections wherever they are', () => {
    const module = decodeModule(moduleOf([0, 1, 0x61, 7], [1, 0], [0, 0]));
    expect(module.customSections.map(({ name, bytes }) => [name, [...bytes]])).toEqual([
      ['a', [7]],
      ['', []],
    ]);
  });
});

describe('malformed bytes', () => {
  const cases: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(0), 'magic header not detected'],
    ['text', new TextEncoder().encode('(module)'), 'magic header not detected'],
    ['half a preamble', moduleOf().subarray(0, 6), 'unexpected end'],
    ['another version', Uint8Array.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]), 'unknown binary version'],
    ['an unknown section', moduleOf([14, 0]), 'malformed section id 14'],
    ['sections out of order', moduleOf([3, 0], [1, 0]), 'unexpected section 1'],
    ['a section twice', moduleOf([1, 0], [1, 0]), 'unexpected section 1'],
    ['a data count behind the code', moduleOf([10, 0], [12, 0]), 'unexpected section 12'],
    ['a section behind the end', Uint8Array.from([...moduleOf(), 1, 9, 0]), 'unexpected end: length of section 1'],
    ['a section that is too long', moduleOf([1, 0, 0]), 'section size mismatch: section 1'],
    ['a section that is too short', moduleOf([1, 1]), 'length out of bounds'],
    ['a forged count', moduleOf([1, 0xff, 0xff, 0xff, 0xff, 0x0f]), 'length out of bounds'],
    ['a name that is not UTF-8', moduleOf([0, 1, 0xff]), 'malformed UTF-8 encoding'],
    ['an unknown type', moduleOf([1, 1, 0x60, 1, 0x79, 0]), 'malformed value type 0x79'],
    ['limits with unknown flags', moduleOf([5, 1, 0x80, 0, 0]), 'malformed limits flags'],
    ['an unknown mutability', moduleOf([6, 1, 0x7f, 2, 0x41, 0, 0x0b]), 'malformed mutability 2'],
    ['an unknown import', moduleOf([2, 1, 0, 0, 9]), 'malformed import kind 9'],
    ['an unknown element segment', moduleOf([9, 1, 8]), 'malformed element segment kind 8'],
    ['an unknown data segment', moduleOf([11, 1, 3]), 'malformed data segment kind 3'],
    ['functions without code', moduleOf([1, 1, 0x60, 0, 0], [3, 1, 0]), 'function and code section have inconsistent'],
    ['a wrong data count', moduleOf([12, 1]), 'data count and data section have inconsistent lengths'],
    [
      '2^32 locals',
      moduleOf(
        [1, 1, 0x60, 0, 0],
        [3, 1, 0],
        [10, 1, 14, 2, ...Array(2).fill([0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f]).flat(), 0x0b],
      ),
      'too many locals',
    ],
    ['an unknown opcode', functionOf([0x27, 0x0b]), 'illegal opcode 0x27'],
    ['an unknown prefixed opcode', functionOf([0xfc, 0x80, 0x02, 0x0b]), 'illegal opcode 0xfc 0x100'],
    ['code without an end', functionOf([0x01]), 'unexpected end: END opcode expected'],
    ['code behind the end', functionOf([0x0b, 0x0b]), 'junk after the end'],
    ['an else without if', functionOf([0x05, 0x0b]), 'else does not match an if'],
    ['an index of a memory', functionOf([0x3f, 0x01, 0x1a, 0x0b], MEMORY), 'zero byte expected (multi-memory'],
    [
      'memory.init without data count',
      functionOf([0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0, 0x0b], MEMORY),
      'data count section required',
    ],
    ['a fence with an operand', functionOf([0xfe, 3, 1, 0x0b]), 'zero byte expected behind atomic.fence'],
    ['an unknown block type', functionOf([0x02, 0x41, 0x0b, 0x0b]), 'malformed block type 0x41'],
  ];

  it.each(cases)('%s', (_what, bytes, message) => {
    expect(refusal(bytes)).toContain(`malformed: ${message}`);
    expect(WebAssembly.validate(bytes as BufferSource)).toBe(false);
  });

  it('is refused at any length', async () => {
    const bytes = await assembleUnchecked(
      '(module (memory 1) (func (result i32) (i32.load (i32.const 3))) (data (i32.const 0) "x"))',
    );
    for (let length = 0; length < bytes.length; length++) {
      const part = bytes.subarray(0, length);
      expect(refusal(part) === 'accepted').toBe(WebAssembly.validate(part as BufferSource));
    }
  });

  it('says where', () => {
    const bytes = functionOf([0x01, 0x27, 0x0b]);
    expect(() => accept(bytes)).toThrow(new WasmError('malformed', 'illegal opcode 0x27', bytes.length - 2));
  });
});

describe('features and sizes that the machine lacks', () => {
  const TAG = [1, 0, 0];
  const cases: [string, Uint8Array][] = [
    ['component model', Uint8Array.from([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0])],
    ['SIMD', functionOf([0xfd, 0x0c, ...Array(16).fill(0), 0x1a, 0x0b])],
    ['SIMD', moduleOf([1, 1, 0x60, 1, 0x7b, 0])],
    ['SIMD', functionOf([0x02, 0x7b, 0x00, 0x0b, 0x1a, 0x0b])],
    ['relaxed SIMD', functionOf([0xfd, 0x80, 0x02, 0x0b])],
    ['tail calls', functionOf([0x12, 0, 0x0b])],
    ['tail calls', functionOf([0x13, 0, 0, 0x0b])],
    ['exception handling', functionOf([0x06, 0x40, 0x0b, 0x0b])],
    ['exception handling', functionOf([0x1f, 0x40, 0, 0x0b, 0x0b])],
    ['exception handling', functionOf([0x08, 0, 0x0b], [13, ...TAG])],
    ['exception handling', moduleOf([1, 1, 0x60, 0, 0], [2, 1, 0, 0, 4, 0, 0])],
    ['typed function references', functionOf([0x14, 0, 0x0b])],
    ['typed function references', moduleOf([4, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b])],
    ['typed function references', moduleOf([1, 1, 0x60, 1, 0x64, 0x70, 0])],
    ['garbage collection (GC)', moduleOf([1, 1, 0x5f, 0])],
    ['garbage collection (GC)', functionOf([0xfb, 0, 0, 0x0b])],
    ['garbage collection (GC)', functionOf([0xd0, 0x6e, 0x1a, 0x0b])],
    ['multi-memory', moduleOf([5, 2, 0, 1, 0, 1])],
    ['memory64', moduleOf([5, 1, 4, 1])],
    ['custom page sizes', moduleOf([5, 1, 8, 1, 0])],
    ['extended constant expressions', moduleOf([6, 1, 0x7f, 0, 0x41, 0, 0x41, 1, 0x6a, 0x0b])],
    ['wide arithmetic', functionOf([0xfc, 0x13, 0x0b])],
    ['shared-everything threads', functionOf([0xfe, 0x4f, 0, 0x0b])],
    ['stack switching', functionOf([0xe0, 0, 0x0b])],
  ];

  it.each(cases)('%s', (feature, bytes) => {
    expect(refusal(bytes)).toContain(`unsupported: unsupported feature: ${feature}`);
  });

  const locals = (...count: number[]) =>
    moduleOf([1, 1, 0x60, 1, 0x7f, 0], [3, 1, 0], [10, 1, 3 + count.length, 1, ...count, 0x7f, 0x0b]);

  it('more locals than V8 takes, parameters included', () => {
    expect(accept(locals(0xcf, 0x86, 0x03)).code[0]?.locals).toHaveLength(49_999);
    expect(refusal(locals(0xd0, 0x86, 0x03))).toBe(
      'unsupported: unsupported size: 50001 parameters and locals in a function, at most 50000',
    );
    expect(refusal(locals(0xff, 0xff, 0xff, 0xff, 0x0f))).toContain('4294967295 locals in a function');
  });

  it('more parameters than V8 takes', () => {
    const parameters = (count: number) =>
      moduleOf([1, 1, 0x60, (count & 0x7f) | 0x80, count >> 7, ...Array(count).fill(0x7f), 0]);
    expect(refusal(parameters(1000))).toBe('accepted');
    expect(refusal(parameters(1001))).toContain('unsupported size: 1001 parameters of a function');
  });
});
