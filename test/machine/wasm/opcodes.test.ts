// The opcode table against V8: operand types, result types, alignments and immediates of every instruction that has them in the table.

import { expect, it } from 'vitest';
import wabt from 'wabt';
import { decodeModule } from '../../../machine/wasm/decode.ts';
import { InstructionReader } from '../../../machine/wasm/instruction-reader.ts';
import { OP, OPCODES, type Opcode } from '../../../machine/wasm/opcodes.ts';
import { F32, F64, I32, I64, type ValueType } from '../../../machine/wasm/types.ts';
import { validateModule } from '../../../machine/wasm/validate.ts';
import { allInstructions, monomorphic } from '../../fuzz/corpus.ts';

const accepts = (opcode: Opcode) => WebAssembly.validate(allInstructions([opcode]));

it('has every instruction once, under its number', () => {
  const opcodes = OPCODES.filter((opcode) => opcode !== undefined);
  expect(opcodes).toHaveLength(Object.keys(OP).length);
  expect(opcodes.filter((opcode) => OPCODES[opcode.code] !== opcode)).toEqual([]);
});

it.each(monomorphic().map((opcode) => [opcode.name, opcode]))('says what %s takes and gives', (_name, opcode) => {
  expect(accepts(opcode)).toBe(true);
  validateModule(decodeModule(allInstructions([opcode])));
  const others = (type: ValueType): ValueType[] => ([I32, I64, F32, F64] as const).filter((other) => other !== type);
  opcode.pops?.forEach((type, i) => {
    for (const other of others(type)) expect(accepts({ ...opcode, pops: opcode.pops?.with(i, other) })).toBe(false);
  });
  opcode.pushes?.forEach((type, i) => {
    for (const other of others(type)) expect(accepts({ ...opcode, pushes: opcode.pushes?.with(i, other) })).toBe(false);
  });
  if (opcode.access) {
    const { access } = opcode;
    // V8 takes alignments up to the natural one.
    const sizeBytes = (access.sizeBytes * 2) as typeof access.sizeBytes;
    expect(accepts({ ...opcode, access: { ...access, sizeBytes } })).toBe(false);
  }
});

it('names instructions as the text format does', async () => {
  const { readWasm } = await wabt();
  const wrong = monomorphic().filter((opcode) => {
    const module = readWasm(allInstructions([opcode]), { threads: true });
    const text = module.toText({ foldExprs: false, inlineExport: false });
    module.destroy();
    return !text.split(/[\s()]+/).includes(opcode.name);
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

it('says of accesses what their names say', () => {
  for (const { name, access } of OPCODES.filter((opcode) => opcode?.access !== undefined) as Opcode[]) {
    const { sizeBytes, signed, atomic, kind, operation } = access!;
    const width = /(?:load|store|rmw|wait)(8|16|32|64)/.exec(name)?.[1] ?? (/^[if](32|64)/.exec(name)?.[1] || '32');
    expect([name, sizeBytes * 8]).toEqual([name, Number(width)]);
    expect([name, atomic]).toEqual([name, name.includes('atomic')]);
    if (signed) expect(name).toMatch(/_s$/);
    if (/_s$/.test(name)) expect(signed).toBe(true);
    if (kind === 'rmw' || kind === 'cmpxchg') expect(name).toMatch(new RegExp(`\\.${operation}(_u)?$`));
  }
});

it('reads the immediates of each form', () => {
  const reader = new InstructionReader(
    Uint8Array.from([
      ...[0x02, 0x40, 0x03, 0x7f, 0x04, 0x05, 0x0e, 0x02, 0x01, 0x02, 0x00, 0x11, 0x03, 0x01, 0x1c, 0x01, 0x7e],
      ...[
        0x28, 0x02, 0x90, 0x01, 0x41, 0x7f, 0x42, 0x80, 0x01, 0x43, 0, 0, 0xc0, 0xff, 0x44, 1, 0, 0, 0, 0, 0, 0, 0x80,
      ],
      ...[0xd0, 0x6f, 0xfc, 0x0c, 0x04, 0x05, 0xfc, 0x0e, 0x06, 0x07, 0xfe, 0x11, 0x03, 0x08, 0x0b],
    ]),
    0,
    55,
  );
  const next = () => {
    reader.next();
    return OPCODES[reader.opcode]?.name;
  };
  expect([next(), reader.blockType]).toEqual(['block', -64]);
  expect([next(), reader.blockType]).toEqual(['loop', -1]);
  expect([next(), reader.blockType]).toEqual(['if', 5]);
  expect([next(), reader.labels]).toEqual(['br_table', [1, 2, 0]]);
  expect([next(), reader.a, reader.b]).toEqual(['call_indirect', 3, 1]);
  expect([next(), reader.selectTypes]).toEqual(['select', [I64]]);
  expect([next(), reader.a, reader.b]).toEqual(['i32.load', 2, 144]);
  expect([next(), reader.a]).toEqual(['i32.const', -1]);
  expect([next(), reader.i64]).toEqual(['i64.const', 128n]);
  expect([next(), reader.a]).toEqual(['f32.const', 0xffc0_0000]);
  expect([next(), reader.i64]).toEqual(['f64.const', 0x8000_0000_0000_0001n]);
  expect([next(), reader.a]).toEqual(['ref.null', 0x6f]);
  expect([next(), reader.a, reader.b]).toEqual(['table.init', 4, 5]);
  expect([next(), reader.a, reader.b]).toEqual(['table.copy', 6, 7]);
  expect([next(), reader.a, reader.b]).toEqual(['i64.atomic.load', 3, 8]);
  expect([next(), reader.done]).toEqual(['end', true]);
});
