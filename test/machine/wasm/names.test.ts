// Names of functions and locals, and the source map's address, from custom sections.
import { describe, expect, it } from 'vitest';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import { ByteWriter } from '../../../machine/wasm/encode.ts';
import { decodeDataNames, decodeNames, sourceMappingUrl } from '../../../machine/wasm/names.ts';
import { assembleUnchecked, moduleOf } from './module-bytes.ts';

function custom(name: string, write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  writer.name(name);
  write(writer);
  return moduleOf([0, ...writer.finish()]);
}

describe('names', () => {
  it('of the module, functions and locals are read', async () => {
    const text = '(module $m (func $a (param $x i32) (local $y i32)) (func) (func $c (local i32) (local $z i64)))';
    const names = decodeNames(decodeModule(await assembleUnchecked(text)));
    expect(names.module).toBe('m');
    expect([...names.functions]).toEqual([
      [0, 'a'],
      [2, 'c'],
    ]);
    expect([...(names.locals.get(0) ?? [])]).toEqual([
      [0, 'x'],
      [1, 'y'],
    ]);
    expect(names.locals.get(2)?.get(1)).toBe('z');
  });

  it('are none without the section', () => {
    expect(decodeNames(decodeModule(moduleOf())).functions.size).toBe(0);
  });

  it('are none when the section is malformed', () => {
    const bytes = custom('name', (writer) => writer.bytes([1, 3, 200, 1, 0]));
    expect(decodeNames(decodeModule(bytes))).toEqual({ module: undefined, functions: new Map(), locals: new Map() });
  });

  it('are read beside subsections that are not known', () => {
    const bytes = custom('name', (writer) => writer.bytes([7, 2, 1, 2, 0, 2, 1, 0x6d]));
    expect(decodeNames(decodeModule(bytes)).module).toBe('m');
  });
});

describe('names of data', () => {
  it('are those of globals and data segments', () => {
    const bytes = custom('name', (writer) =>
      writer.bytes([0, 2, 1, 0x6d, 7, 4, 1, 2, 1, 0x67, 9, 7, 2, 0, 1, 0x64, 3, 1, 0x65]),
    );
    const { globals, data } = decodeDataNames(decodeModule(bytes));
    expect([...globals]).toEqual([[2, 'g']]);
    expect([...data]).toEqual([
      [0, 'd'],
      [3, 'e'],
    ]);
  });

  it('are none without the section, or in a malformed one', () => {
    for (const bytes of [moduleOf(), custom('name', (writer) => writer.bytes([7, 200, 1]))]) {
      const { globals, data } = decodeDataNames(decodeModule(bytes));
      expect([globals.size, data.size]).toEqual([0, 0]);
    }
  });
});

describe('the source map', () => {
  it('is where its section says', () => {
    const bytes = custom('sourceMappingURL', (writer) => writer.name('./kernel.wasm.map'));
    expect(sourceMappingUrl(decodeModule(bytes))).toBe('./kernel.wasm.map');
  });

  it('is nowhere without a section, or with a malformed one', () => {
    expect(sourceMappingUrl(decodeModule(moduleOf()))).toBeUndefined();
    expect(sourceMappingUrl(decodeModule(custom('sourceMappingURL', (writer) => writer.u8(9))))).toBeUndefined();
  });
});
