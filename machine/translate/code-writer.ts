// Writes host instructions: thin names over ByteWriter, and the depth of open host constructs, so that a label can be reached from
// anywhere below it by its absolute index.
import { ByteWriter } from '../wasm/encode.ts';
import { OP } from '../wasm/opcodes.ts';

const VOID = 0x40;

/** An open host construct: the number of constructs around it. */
export type Label = number;

/** The function itself: a branch there returns. */
export const FUNCTION_LABEL: Label = -1;

export class CodeWriter extends ByteWriter {
  /** Host constructs that are open. */
  depth = 0;

  op(opcode: number): void {
    this.opcode(opcode);
  }

  get(local: number): void {
    this.u8(OP.local_get);
    this.u32(local);
  }

  set(local: number): void {
    this.u8(OP.local_set);
    this.u32(local);
  }

  tee(local: number): void {
    this.u8(OP.local_tee);
    this.u32(local);
  }

  global(index: number): void {
    this.u8(OP.global_get);
    this.u32(index);
  }

  int(value: number): void {
    this.u8(OP.i32_const);
    this.i32(value);
  }

  long(value: bigint): void {
    this.u8(OP.i64_const);
    this.i64(value);
  }

  /** A load or store of plain (not atomic) kind, at its natural alignment or less. */
  memory(opcode: number, offset: number, alignment = 0): void {
    this.op(opcode);
    this.u32(alignment);
    this.u32(offset);
  }

  call(index: number): void {
    this.u8(OP.call);
    this.u32(index);
  }

  /** Opens a block, loop or if without parameters and results. */
  open(opcode: number): Label {
    this.u8(opcode);
    this.u8(VOID);
    return this.depth++;
  }

  close(): void {
    this.u8(OP.end);
    this.depth--;
  }

  /** The relative depth of a label that is open. */
  to(label: Label): number {
    return this.depth - 1 - label;
  }

  branch(label: Label): void {
    this.u8(OP.br);
    this.u32(this.to(label));
  }

  branchIf(label: Label): void {
    this.u8(OP.br_if);
    this.u32(this.to(label));
  }

  /** br_table over labels; the last one is the default. */
  branchTable(labels: readonly Label[]): void {
    this.u8(OP.br_table);
    this.u32(labels.length - 1);
    for (const label of labels) this.u32(this.to(label));
  }
}
