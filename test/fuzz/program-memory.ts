// What random programs do with memory and tables as a whole, and where they access memory: near the ends of lines and pages more
// often than elsewhere, rarely out of bounds.
import { OP } from '../../machine/wasm/opcodes.ts';
import { I32 } from '../../machine/wasm/types.ts';
import type { BodyGenerator } from './program-body.ts';
import { MEMORY_PAGES, PASSIVE_BYTES, TABLE_ENTRIES } from './program-shape.ts';

const MEMORY_BYTES = MEMORY_PAGES * 65536;

/** An i32 between `base` and `base + span` (a power of two) - 1. */
function within(body: BodyGenerator, base: number, span: number): void {
  body.expression(I32);
  body.constant(span - 1);
  body.op(OP.i32_and);
  if (base === 0) return;
  body.constant(base);
  body.op(OP.i32_add);
}

/** Pushes an address; returns the offset that goes with it. */
export function emitAddress(body: BodyGenerator, size: number, atomic: boolean): number {
  const { choices } = body;
  let offset = 0;
  switch (choices.below(8)) {
    case 0:
      within(body, 256, 256);
      break;
    case 1:
    case 2:
      within(body, 64 * choices.below(16) + 56, 16);
      break;
    case 3:
      within(body, 65536 - 8, 16);
      break;
    case 4:
      within(body, 0, MEMORY_BYTES / 2);
      offset = choices.below(200);
      break;
    case 5:
      // Lines of one set of the cache.
      within(body, 0, 16);
      body.constant(12);
      body.op(OP.i32_shl);
      offset = choices.below(128);
      break;
    case 6:
      within(body, 65536 - 512, 512);
      offset = choices.oneIn(2) ? 65536 - 64 : 0;
      break;
    default:
      if (choices.oneIn(20)) {
        body.expression(I32);
        if (choices.oneIn(2)) offset = choices.pick([0xffffffff, 0x80000000, 65535, 131072]);
      } else within(body, MEMORY_BYTES - 64 - size, 64);
  }
  if (!atomic || choices.oneIn(60)) return offset;
  body.constant(-size);
  body.op(OP.i32_and);
  return (offset & -size) >>> 0;
}

/** memory.copy, fill, init, size, grow and data.drop. */
export function emitBulk(body: BodyGenerator): void {
  const { choices } = body;
  const kind = choices.below(8);
  if (kind < 6) {
    within(body, 64 * choices.below(30), 128);
    if (kind < 3) within(body, 64 * choices.below(30) + (choices.oneIn(4) ? 65536 : 0), 128);
    else if (kind < 5) body.expression(I32);
    else within(body, 0, 64);
    if (kind === 5) within(body, 0, 32);
    else if (choices.oneIn(30)) body.expression(I32);
    else within(body, 0, choices.oneIn(4) ? 1024 : 256);
    if (kind < 3) {
      body.op(OP.memory_copy, 0);
      body.writer.u8(0);
    } else if (kind < 5) body.op(OP.memory_fill, 0);
    else {
      body.op(OP.memory_init, 1);
      body.writer.u8(0);
    }
  } else if (kind === 6) {
    body.expression(I32);
    body.constant(1);
    body.op(OP.i32_and);
    body.op(OP.memory_grow, 0);
    body.op(OP.drop);
  } else if (choices.oneIn(10)) {
    body.op(OP.data_drop, PASSIVE_BYTES > 0 ? 1 : 0);
  } else {
    body.op(OP.memory_size, 0);
    body.op(OP.drop);
  }
}

/** Changes the table, or asks it. */
export function emitTable(body: BodyGenerator, functions: number): void {
  const { choices } = body;
  switch (choices.below(6)) {
    case 0:
      within(body, 0, TABLE_ENTRIES);
      body.op(OP.table_get, 0);
      body.op(OP.ref_is_null);
      return body.op(OP.drop);
    case 1:
      within(body, 0, TABLE_ENTRIES);
      body.op(OP.ref_func, choices.below(functions));
      return body.op(OP.table_set, 0);
    case 2:
      body.op(OP.table_size, 0);
      return body.op(OP.drop);
    case 3:
      within(body, 0, TABLE_ENTRIES / 2);
      within(body, 0, TABLE_ENTRIES / 2);
      within(body, 0, TABLE_ENTRIES / 2);
      body.op(OP.table_copy, 0);
      return body.writer.u8(0);
    case 4:
      within(body, 0, TABLE_ENTRIES / 2);
      body.constant(0);
      within(body, 0, 2);
      body.op(OP.table_init, 0);
      return body.writer.u8(0);
    default:
      body.op(OP.ref_func, choices.below(functions));
      within(body, 0, 2);
      body.op(OP.table_grow, 0);
      return body.op(OP.drop);
  }
}
