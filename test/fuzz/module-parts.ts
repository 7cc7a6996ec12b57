// A module cut into parts that mutations and the shrinker move about: sections, and in the code section bodies and instructions.
// Putting the parts together again computes the sizes, so that an edit reaches the validator and does not end at a wrong size.
import { ByteReader } from '../../machine/wasm/byte-reader.ts';
import { ByteWriter, PREAMBLE } from '../../machine/wasm/encode.ts';
import { InstructionReader } from '../../machine/wasm/instruction-reader.ts';
import { SECTION } from '../../machine/wasm/types.ts';

export interface Section {
  readonly id: number;
  readonly contents: Uint8Array;
}

/** A function's body: its locals' declarations as they are, and its instructions. */
export interface Body {
  readonly locals: Uint8Array;
  readonly instructions: readonly Uint8Array[];
}

/** The sections of a module, or undefined when it cannot be cut. */
export function splitSections(bytes: Uint8Array): Section[] | undefined {
  return attempt(() => {
    const input = new ByteReader(bytes, PREAMBLE.length);
    const sections: Section[] = [];
    while (input.remaining > 0) {
      const id = input.u8();
      sections.push({ id, contents: input.slice(input.u32()) });
    }
    return sections;
  });
}

export function joinSections(sections: readonly Section[]): Uint8Array {
  const writer = new ByteWriter();
  writer.bytes(PREAMBLE);
  for (const { id, contents } of sections) writer.section(id, () => writer.bytes(contents));
  return writer.finish();
}

/** The bodies of a code section, or undefined when it cannot be cut. */
export function splitCode(contents: Uint8Array): Body[] | undefined {
  return attempt(() => {
    const input = new ByteReader(contents);
    const bodies: Body[] = [];
    const count = input.count();
    for (let i = 0; i < count; i++) bodies.push(splitBody(input.slice(input.u32())));
    return bodies;
  });
}

function splitBody(bytes: Uint8Array): Body {
  const input = new ByteReader(bytes);
  const runs = input.count();
  for (let i = 0; i < runs; i++) {
    input.u32();
    input.u8();
  }
  const instructions: Uint8Array[] = [];
  const reader = new InstructionReader(bytes, input.position, bytes.length);
  while (!reader.done) {
    const start = reader.position;
    reader.next();
    instructions.push(bytes.subarray(start, reader.position));
  }
  return { locals: bytes.subarray(0, input.position), instructions };
}

export function joinCode(bodies: readonly Body[]): Uint8Array {
  const writer = new ByteWriter();
  writer.vector(bodies, ({ locals, instructions }) => {
    writer.sized(() => {
      writer.bytes(locals);
      for (const instruction of instructions) writer.bytes(instruction);
    });
  });
  return writer.finish();
}

/** The module with another code section. */
export function replaceCode(sections: readonly Section[], bodies: readonly Body[]): Uint8Array {
  const contents = joinCode(bodies);
  return joinSections(
    sections.map((section) => (section.id === SECTION.code ? { id: section.id, contents } : section)),
  );
}

export function concatenate(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const writer = new ByteWriter();
  for (const part of parts) writer.bytes(part);
  return writer.finish();
}

/** An edit may have cut any value in two; what cannot be read then has no parts. */
function attempt<T>(cut: () => T): T | undefined {
  try {
    return cut();
  } catch {
    return undefined;
  }
}
