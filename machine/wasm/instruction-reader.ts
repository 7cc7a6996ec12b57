// Reads the instructions of a function's body or of a constant expression one after the other. It checks the binary format and
// refuses unknown instructions; whether indices and types fit is the validator's matter.
//
// Immediates go into fields that the next instruction uses again:
//   label, function, local, global, table, data, element, function_ref   a
//   call_indirect    a = type index, b = table           labels           labels, the default last
//   memory_access    a = alignment exponent, b = offset  block            blockType
//   table_init       a = element segment, b = table      select_types     selectTypes
//   table_copy       a = destination, b = source         i32              a, signed
//   memory_init      a = data segment                    i64              i64, signed
//   ref_type         a = type's byte                     f32, f64         bits: a, i64, unsigned
import { ByteReader } from './byte-reader.ts';
import { malformed, type WasmError } from './errors.ts';
import { MULTI_MEMORY, refuseOpcode, refuseType } from './features.ts';
import { type Immediate, OPCODE_LIMIT, OPCODES } from './opcodes.ts';
import { EXTERNREF, F64, FUNCREF, I32, isReferenceType, type ValueType } from './types.ts';

/** `blockType` of a block without parameters and results. */
export const EMPTY_BLOCK = -64;

const FORMS: readonly Immediate[] = [
  'none',
  'block',
  'label',
  'labels',
  'function',
  'call_indirect',
  'select_types',
  'local',
  'global',
  'table',
  'memory_access',
  'memory',
  'i32',
  'i64',
  'f32',
  'f64',
  'ref_type',
  'function_ref',
  'memory_init',
  'data',
  'memory_copy',
  'table_init',
  'element',
  'table_copy',
  'fence',
];

/** Position of an opcode's immediate in FORMS, plus 1; 0 for what is no instruction. */
const FORM_OF = formOf();

function formOf(): Uint8Array {
  const forms = new Uint8Array(OPCODE_LIMIT);
  for (const opcode of OPCODES) {
    if (opcode) forms[opcode.code] = FORMS.indexOf(opcode.immediate) + 1;
  }
  return forms;
}

export function isValueType(code: number): code is ValueType {
  return (code >= F64 && code <= I32) || code === FUNCREF || code === EXTERNREF;
}

export class InstructionReader {
  /** Number of the instruction, as in OP. */
  opcode = 0;
  /** Byte offset of the instruction; of the first one before next() is called. */
  offset: number;
  a = 0;
  b = 0;
  i64 = 0n;
  readonly labels: number[] = [];
  /** Type index, or a value type's byte as a negative number (-1 is i32), or EMPTY_BLOCK. */
  blockType = EMPTY_BLOCK;
  readonly selectTypes: ValueType[] = [];
  readonly #input: ByteReader;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#input = new ByteReader(bytes, start, end);
    this.offset = start;
  }

  /** Byte offset behind the instruction. */
  get position(): number {
    return this.#input.position;
  }

  /** Whether all instructions were read. */
  get done(): boolean {
    return this.#input.position >= this.#input.end;
  }

  /** Throws a WasmError, `malformed` or `unsupported`. */
  next(): void {
    const input = this.#input;
    this.offset = input.position;
    const byte = input.u8();
    let opcode = byte;
    if (byte >= 0xfb && byte <= 0xfe) {
      const number = input.u32();
      if (number > 0xff) throw refuseOpcode(byte, number, this.offset);
      opcode = (byte << 8) | number;
    }
    this.opcode = opcode;
    const form = FORM_OF[opcode];
    if (form !== 1) this.#immediate(form);
  }

  #immediate(form: number): void {
    const input = this.#input;
    switch (FORMS[form - 1]) {
      case 'label':
      case 'function':
      case 'local':
      case 'global':
      case 'table':
      case 'data':
      case 'element':
      case 'function_ref':
        this.a = input.u32();
        return;
      case 'memory_access':
        this.a = input.u32();
        if (this.a >= 32) throw this.#refuseAlignment();
        this.b = input.u32();
        return;
      case 'call_indirect':
      case 'table_init':
      case 'table_copy':
        this.a = input.u32();
        this.b = input.u32();
        return;
      case 'i32':
        this.a = input.s32();
        return;
      case 'i64':
        this.i64 = input.s64();
        return;
      case 'f32':
        this.a = input.f32();
        return;
      case 'f64':
        this.i64 = input.f64();
        return;
      case 'block':
        this.#block();
        return;
      case 'labels':
        this.#labels();
        return;
      default:
        this.#rare(FORMS[form - 1]);
    }
  }

  #rare(form: Immediate | undefined): void {
    switch (form) {
      case 'memory':
        this.#zero();
        return;
      case 'memory_copy':
        this.#zero();
        this.#zero();
        return;
      case 'memory_init':
        this.a = this.#input.u32();
        this.#zero();
        return;
      case 'fence':
        if (this.#input.u8() !== 0) throw malformed('zero byte expected behind atomic.fence', this.position - 1);
        return;
      case 'ref_type':
        this.a = this.#input.u8();
        if (this.a >= 0x80) throw malformed('malformed reference type of more than one byte', this.position - 1);
        if (!isReferenceType(this.a)) throw refuseType(this.a, this.position - 1, 'reference type');
        return;
      case 'select_types':
        this.#selectTypes();
        return;
      default: {
        const prefix = this.opcode > 0xff ? this.opcode >> 8 : 0;
        throw refuseOpcode(prefix, this.opcode & 0xff, this.offset);
      }
    }
  }

  #refuseAlignment(): WasmError {
    // Multi-memory's accesses with an index have bit 6 set.
    const hint = this.a >= 64 && this.a < 128 ? ` (${MULTI_MEMORY} is not supported)` : '';
    return malformed(`malformed memop flags ${this.a}${hint}`, this.offset);
  }

  /** The index of the only memory, which the format has as a byte and not as a number. */
  #zero(): void {
    if (this.#input.u8() !== 0)
      throw malformed(`zero byte expected (${MULTI_MEMORY} is not supported)`, this.position - 1);
  }

  #block(): void {
    const start = this.position;
    const value = this.#input.s33();
    if (value < 0) {
      const byte = value & 0x7f;
      if (this.position !== start + 1) throw malformed('malformed block type of more than one byte', start);
      if (byte !== 0x40 && !isValueType(byte)) throw refuseType(byte, start, 'block type');
    }
    this.blockType = value;
  }

  #labels(): void {
    const input = this.#input;
    const count = input.count();
    const labels = this.labels;
    labels.length = 0;
    for (let i = 0; i <= count; i++) labels.push(input.u32());
  }

  #selectTypes(): void {
    const input = this.#input;
    const count = input.count();
    this.selectTypes.length = 0;
    for (let i = 0; i < count; i++) {
      const type = input.u8();
      if (!isValueType(type)) throw refuseType(type, this.position - 1);
      this.selectTypes.push(type);
    }
  }
}
