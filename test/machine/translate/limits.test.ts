// What a translation refuses because frames or the packed clock could not hold it.
import { expect, it } from 'vitest';
import { Machine } from '../../../machine/index.ts';
import { ByteWriter, PREAMBLE } from '../../../machine/wasm/encode.ts';
import { OP } from '../../../machine/wasm/opcodes.ts';

/** A module whose one function, exported as `f`, negates its parameter `count` times. */
function straightCode(count: number): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(PREAMBLE);
  writer.section(1, () => writer.bytes([1, 0x60, 1, 0x7f, 1, 0x7f]));
  writer.section(3, () => writer.bytes([1, 0]));
  writer.section(7, () => {
    writer.u32(1);
    writer.name('f');
    writer.bytes([0, 0]);
  });
  writer.section(10, () => {
    writer.u32(1);
    writer.sized(() => {
      writer.bytes([0, OP.local_get, 0]);
      for (let i = 0; i < count; i++) writer.u8(OP.i32_eqz);
      writer.u8(OP.end);
    });
  });
  return writer.finish();
}

it('counts straight code exactly up to the limit, and refuses more', () => {
  const machine = new Machine();
  const instance = machine.instantiate(machine.load(straightCode(393_216)));
  expect(machine.invoke(instance, 'f', [0n])).toEqual([0n]);
  expect(machine.core(0).instructions).toBe(393_216);
  expect(machine.core(0).cycles).toBe(393_216);
  expect(() => machine.load(straightCode(393_217))).toThrow('393217 instructions in function 0, at most 393216');
});
