// Random edits of a module: of its bytes, of its sections, and of its instructions. Each returns the module unchanged where it
// does not apply.
import { ByteWriter } from '../../machine/wasm/encode.ts';
import { type Immediate, OP, OPCODES, type Opcode } from '../../machine/wasm/opcodes.ts';
import { SECTION } from '../../machine/wasm/types.ts';
import { ANY_TYPES } from './corpus.ts';
import {
  type Body,
  concatenate,
  joinSections,
  replaceCode,
  type Section,
  splitCode,
  splitSections,
} from './module-parts.ts';
import type { Random } from './random.ts';

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Bytes that mean something somewhere: types, blocks, prefixes, ends of LEB128 numbers. */
const TELLING = [
  0, 1, 2, 3, 4, 0x0b, 0x40, 0x41, 0x60, 0x6f, 0x70, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xd2, 0xfc, 0xfd, 0xfe, 0xff,
];
const INSTRUCTIONS = OPCODES.filter((opcode): opcode is Opcode => opcode !== undefined);
const STRUCTURAL = INSTRUCTIONS.filter((opcode) => opcode.pops === undefined);

function byte(random: Random): number {
  return random.oneIn(2) ? random.pick(TELLING) : random.below(256);
}

const changeByte: Mutation = (bytes, random) => {
  const result = bytes.slice();
  const position = random.below(bytes.length);
  result[position] = random.oneIn(3) ? (bytes[position] as number) ^ (1 << random.below(8)) : byte(random);
  return result;
};

const nudgeByte: Mutation = (bytes, random) => {
  const result = bytes.slice();
  const position = random.below(bytes.length);
  result[position] = (bytes[position] as number) + (random.oneIn(2) ? 1 : -1);
  return result;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, random.below(bytes.length));

/** Takes away some bytes, puts in some, or repeats some. */
const editRange: Mutation = (bytes, random) => {
  const start = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, start + random.below(6));
  const middle = random.pick([
    new Uint8Array(0),
    Uint8Array.from({ length: 1 + random.below(4) }, () => byte(random)),
    concatenate(bytes.subarray(start, end), bytes.subarray(start, end)),
  ]);
  return concatenate(bytes.subarray(0, start), middle, bytes.subarray(end));
};

/** A byte that may be a LEB128 number becomes one of more bytes, with unused bits that may or may not be right. */
const stretchByte: Mutation = (bytes, random) => {
  const position = random.below(bytes.length);
  const value = bytes[position] as number;
  const last = random.pick([0, 0, 0x01, 0x07, 0x08, 0x0f, 0x10, 0x70, 0x78, 0x7e, 0x7f]);
  const middle = new Array(random.pick([0, 1, 3, 3, 4, 8, 8, 9])).fill(random.pick([0x80, 0xff]));
  return concatenate(bytes.subarray(0, position), [value | 0x80], middle, [last], bytes.subarray(position + 1));
};

/** One of the above inside a section, whose size is then right again. */
const editSection: Mutation = (bytes, random) => {
  const sections = splitSections(bytes);
  if (!sections || sections.length === 0) return bytes;
  const index = random.below(sections.length);
  const section = sections[index] as Section;
  if (section.contents.length === 0) return bytes;
  const edit = random.pick([changeByte, nudgeByte, editRange, editRange, stretchByte]);
  sections[index] = { id: section.id, contents: edit(section.contents, random) };
  return joinSections(sections);
};

/** Swaps, drops, repeats or renumbers sections. */
const moveSections: Mutation = (bytes, random) => {
  const sections = splitSections(bytes);
  if (!sections || sections.length === 0) return bytes;
  const index = random.below(sections.length);
  const other = random.below(sections.length);
  const section = sections[index] as Section;
  switch (random.below(4)) {
    case 0:
      sections[index] = sections[other] as Section;
      sections[other] = section;
      break;
    case 1:
      sections.splice(index, 1);
      break;
    case 2:
      sections.splice(other, 0, section);
      break;
    default:
      sections[index] = { id: random.below(16), contents: section.contents };
  }
  return joinSections(sections);
};

/** An edit of the instructions of one function. */
function editBody(edit: (instructions: Uint8Array[], random: Random) => Uint8Array[]): Mutation {
  return (bytes, random) => {
    const sections = splitSections(bytes);
    const code = sections?.find(({ id }) => id === SECTION.code);
    const bodies = code && splitCode(code.contents);
    if (!sections || !bodies || bodies.length === 0) return bytes;
    const index = random.below(bodies.length);
    const { locals, instructions } = bodies[index] as Body;
    if (instructions.length === 0) return bytes;
    bodies[index] = { locals, instructions: edit(instructions.slice(), random) };
    return replaceCode(sections, bodies);
  };
}

/** Replaces, drops, repeats, swaps or adds an instruction. */
const editInstructions = editBody((edited, random) => {
  const at = random.below(edited.length);
  const other = random.below(edited.length);
  const instruction = edited[at] as Uint8Array;
  switch (random.below(6)) {
    case 0:
      edited.splice(at, 1);
      break;
    case 1:
      edited.splice(other, 0, instruction);
      break;
    case 2:
      edited[at] = edited[other] as Uint8Array;
      edited[other] = instruction;
      break;
    case 3:
      edited[at] = similarInstruction(instruction, random);
      break;
    case 4:
      edited[at] = randomInstruction(random);
      break;
    default:
      edited.splice(at, 0, randomInstruction(random));
  }
  return edited;
});

/** Puts a block of a random kind and type around some instructions. */
const wrapInstructions = editBody((edited, random) => {
  const start = random.below(edited.length);
  const end = start + random.below(edited.length - start);
  const type = random.oneIn(3) ? random.below(3) : random.pick([0x40, ...ANY_TYPES]);
  const inside = edited.slice(start, end);
  const opening = Uint8Array.of(random.pick([OP.block, OP.loop, OP.if]), type);
  if (random.oneIn(4)) inside.push(Uint8Array.of(OP.else), ...inside.slice());
  edited.splice(start, end - start, opening, ...inside, Uint8Array.of(OP.end));
  return edited;
});

/** Writes a new function. Behind `unreachable` most instructions find the operands that they need. */
const randomBody = editBody((_instructions, random) => {
  const written: Uint8Array[] = [];
  let open = 1;
  const count = 1 + random.below(8);
  for (let i = 0; i < count; i++) {
    if (i === 0 || random.oneIn(6)) written.push(Uint8Array.of(OP.unreachable));
    const instruction = random.oneIn(2) ? randomInstruction(random) : structuralInstruction(random);
    written.push(instruction);
    if (instruction[0] === OP.block || instruction[0] === OP.loop || instruction[0] === OP.if) open++;
    if (instruction[0] === OP.end) open--;
    if (open === 0) return written;
  }
  for (; open > 0; open--) {
    if (random.oneIn(2)) written.push(Uint8Array.of(random.pick([OP.unreachable, OP.drop, OP.return])));
    written.push(Uint8Array.of(OP.end));
  }
  return written;
});

/** The same immediate behind another opcode that has one byte. */
function similarInstruction(instruction: Uint8Array, random: Random): Uint8Array {
  const immediate = OPCODES[instruction[0] as number]?.immediate;
  const similar = INSTRUCTIONS.filter((opcode) => opcode.code < 0x100 && opcode.immediate === immediate);
  if (similar.length === 0) return instruction;
  return concatenate([random.pick(similar).code], instruction.subarray(1));
}

function randomInstruction(random: Random): Uint8Array {
  const opcode = random.pick(INSTRUCTIONS);
  const writer = new ByteWriter(32);
  writer.opcode(opcode.code);
  writeImmediate(writer, opcode.immediate, opcode, random);
  return writer.finish();
}

/** One of those whose operand types the table does not have: blocks, branches, calls, selections. */
function structuralInstruction(random: Random): Uint8Array {
  const writer = new ByteWriter(32);
  const opcode = random.pick(STRUCTURAL);
  writer.opcode(opcode.code);
  writeImmediate(writer, opcode.immediate, opcode, random);
  return writer.finish();
}

function writeImmediate(writer: ByteWriter, immediate: Immediate, opcode: Opcode, random: Random): void {
  const small = () => writer.u32(random.oneIn(20) ? random.below(0x1_0000_0000) : random.below(4));
  switch (immediate) {
    case 'none':
      return;
    case 'memory':
    case 'fence':
      return writer.u8(0);
    case 'memory_copy':
      return writer.bytes([0, 0]);
    case 'block':
      return random.oneIn(3) ? small() : writer.u8(random.pick([0x40, ...ANY_TYPES]));
    case 'labels':
      return writer.vector([0, ...random.bytes(random.below(3)), 0].slice(1), small);
    case 'select_types':
      return writer.bytes([1, random.pick(ANY_TYPES)]);
    case 'ref_type':
      return writer.u8(random.pick([0x70, 0x6f]));
    case 'i32':
      return writer.i32(random.below(0x1_0000_0000));
    case 'i64':
      return writer.i64(BigInt(random.below(0x1_0000_0000)) << BigInt(random.below(33)));
    case 'f32':
      return writer.bytes(random.bytes(4));
    case 'f64':
      return writer.bytes(random.bytes(8));
    case 'memory_access':
      writer.u32(random.oneIn(4) ? random.below(5) : Math.log2(opcode.access?.sizeBytes ?? 1));
      return small();
    case 'memory_init':
      small();
      return writer.u8(0);
    case 'call_indirect':
    case 'table_init':
    case 'table_copy':
      small();
      return small();
    default:
      return small();
  }
}

const MUTATIONS: readonly Mutation[] = [
  changeByte,
  truncate,
  editRange,
  editSection,
  editSection,
  editSection,
  moveSections,
  editInstructions,
  editInstructions,
  editInstructions,
  wrapInstructions,
  randomBody,
  randomBody,
];

/** A random edit; now and then two or three. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let result = bytes;
  const count = random.oneIn(3) ? 2 + random.below(2) : 1;
  for (let i = 0; i < count && result.length > 0; i++) result = random.pick(MUTATIONS)(result, random);
  return result;
}
