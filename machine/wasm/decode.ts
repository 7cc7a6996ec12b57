// Decodes a module of the binary format (specification chapter 5): its sections, their order and sizes. It keeps views of the
// bytes it is given, which must not change afterwards. Instructions are looked at by the validator, constant expressions here.
import { ByteReader } from './byte-reader.ts';
import { decodeDataSegment, decodeElementSegment, decodeFunctionBody } from './decode-segments.ts';
import {
  decodeConstExpr,
  decodeFunctionType,
  decodeGlobalType,
  decodeMemoryType,
  decodeTableType,
} from './decode-types.ts';
import { malformed, tooLarge, unsupported } from './errors.ts';
import * as features from './features.ts';
import * as limits from './limits.ts';
import { type ExternalKind, type Module, SECTION } from './types.ts';

type Draft = { -readonly [Key in keyof Module]: Module[Key] } & { sectionOffsets: Map<number, number> };

/** The order in which sections other than custom ones must come. */
const ORDER: readonly number[] = [
  SECTION.type,
  SECTION.import,
  SECTION.function,
  SECTION.table,
  SECTION.memory,
  SECTION.tag,
  SECTION.global,
  SECTION.export,
  SECTION.start,
  SECTION.element,
  SECTION.dataCount,
  SECTION.code,
  SECTION.data,
];

/** Throws a WasmError for bytes that are not a module of the binary format, or one with features that the machine lacks. */
export function decodeModule(bytes: Uint8Array): Module {
  const input = new ByteReader(bytes);
  decodePreamble(input);
  const draft = emptyModule(bytes);
  let reached = -1;
  while (input.remaining > 0) {
    const start = input.position;
    const id = input.u8();
    const sizeOffset = input.position;
    const size = input.u32();
    if (size > input.remaining) throw malformed(`unexpected end: length of section ${id} out of bounds`, sizeOffset);
    const section = new ByteReader(bytes, input.position, input.position + size);
    if (id !== SECTION.custom) {
      const position = ORDER.indexOf(id);
      if (position < 0) throw malformed(`malformed section id ${id}`, start);
      if (position <= reached)
        throw malformed(`unexpected section ${id}: sections are out of order or repeated`, start);
      reached = position;
      draft.sectionOffsets.set(id, section.position);
    }
    decodeSection(draft, id, section);
    if (section.remaining > 0) throw malformed(`section size mismatch: section ${id} is too long`, section.position);
    input.position = section.end;
  }
  checkCounts(draft, input.position);
  return draft;
}

function decodePreamble(input: ByteReader): void {
  const bytes = input.bytes;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
    throw malformed('magic header not detected: this is not WebAssembly', 0);
  }
  if (bytes.length < 8) throw malformed('unexpected end', bytes.length);
  const version = bytes[4] | (bytes[5] << 8);
  const layer = bytes[6] | (bytes[7] << 8);
  if (layer === 1 && version >= 0x0a && version <= 0x0d) throw unsupported(features.COMPONENT_MODEL, 4);
  if (version !== 1 || layer !== 0) throw malformed('unknown binary version', 4);
  input.position = 8;
}

function emptyModule(bytes: Uint8Array): Draft {
  return {
    bytes,
    types: [],
    imports: [],
    functions: [],
    importedFunctions: 0,
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    start: undefined,
    elements: [],
    data: [],
    dataCount: undefined,
    code: [],
    customSections: [],
    sectionOffsets: new Map(),
  };
}

function decodeSection(draft: Draft, id: number, input: ByteReader): void {
  const vector = VECTORS[id];
  if (vector !== undefined) decodeVector(draft, input, vector);
  else if (id === SECTION.custom) decodeCustom(draft, input);
  else if (id === SECTION.start) draft.start = input.u32();
  else if (id === SECTION.dataCount) draft.dataCount = input.u32();
  else throw unsupported(features.EXCEPTIONS, input.position);
}

/** A section that is a vector: how many items it may have, what they are, and how one of them is read. */
interface VectorSection {
  readonly limit: number;
  readonly items: string;
  readonly decode: (draft: Draft, input: ByteReader) => void;
}

const VECTORS: Readonly<Record<number, VectorSection>> = {
  [SECTION.type]: {
    limit: limits.MAX_TYPES,
    items: 'types',
    decode: (draft, input) => draft.types.push(decodeFunctionType(input)),
  },
  [SECTION.import]: { limit: limits.MAX_IMPORTS, items: 'imports', decode: decodeImport },
  [SECTION.function]: {
    limit: limits.MAX_FUNCTIONS,
    items: 'functions',
    decode: (draft, input) => draft.functions.push(input.u32()),
  },
  [SECTION.table]: { limit: limits.MAX_TABLES, items: 'tables', decode: decodeTable },
  [SECTION.memory]: {
    limit: Infinity,
    items: 'memories',
    decode: (draft, input) => draft.memories.push(decodeMemoryType(input)),
  },
  [SECTION.global]: {
    limit: limits.MAX_GLOBALS,
    items: 'globals',
    decode: (draft, input) => draft.globals.push({ type: decodeGlobalType(input), init: decodeConstExpr(input) }),
  },
  [SECTION.export]: { limit: limits.MAX_EXPORTS, items: 'exports', decode: decodeExport },
  [SECTION.element]: {
    limit: Infinity,
    items: 'element segments',
    decode: (draft, input) => draft.elements.push(decodeElementSegment(input)),
  },
  [SECTION.code]: {
    limit: limits.MAX_FUNCTIONS,
    items: 'functions',
    decode: (draft, input) => draft.code.push(decodeFunctionBody(input)),
  },
  [SECTION.data]: {
    limit: limits.MAX_DATA_SEGMENTS,
    items: 'data segments',
    decode: (draft, input) => draft.data.push(decodeDataSegment(input)),
  },
};

function decodeVector(draft: Draft, input: ByteReader, section: VectorSection): void {
  const start = input.position;
  const count = input.count();
  if (count > section.limit) throw tooLarge(section.items, count, section.limit, start);
  for (let i = 0; i < count; i++) section.decode(draft, input);
}

function decodeCustom(draft: Draft, input: ByteReader): void {
  const name = input.name();
  draft.customSections.push({ name, bytes: input.slice(input.remaining) });
}

const KINDS: readonly ExternalKind[] = ['function', 'table', 'memory', 'global'];

function decodeKind(input: ByteReader, what: string): ExternalKind {
  const start = input.position;
  const code = input.u8();
  const kind = KINDS[code];
  if (kind !== undefined) return kind;
  if (code === 4) {
    // A tag of exception handling: an attribute, which is 0 (not in exports), and an index.
    if (what === 'export' || input.u8() === 0) {
      input.u32();
      throw unsupported(features.EXCEPTIONS, start);
    }
  }
  throw malformed(`malformed ${what} kind ${code}`, start);
}

function decodeImport(draft: Draft, input: ByteReader): void {
  const module = input.name();
  const name = input.name();
  const kind = decodeKind(input, 'import');
  if (kind === 'function') {
    const typeIndex = input.u32();
    draft.imports.push({ module, name, kind, typeIndex });
    draft.functions.push(typeIndex);
    draft.importedFunctions++;
  } else if (kind === 'table') {
    const table = decodeTableType(input);
    draft.imports.push({ module, name, kind, table });
    draft.tables.push(table);
  } else if (kind === 'memory') {
    const memory = decodeMemoryType(input);
    draft.imports.push({ module, name, kind, memory });
    draft.memories.push(memory);
  } else {
    const global = decodeGlobalType(input);
    draft.imports.push({ module, name, kind, global });
    draft.globals.push({ type: global });
  }
}

function decodeTable(draft: Draft, input: ByteReader): void {
  // 0x40 stands before a table with an initial value.
  if (input.remaining > 0 && input.bytes[input.position] === 0x40) {
    throw unsupported(features.TYPED_REFERENCES, input.position);
  }
  draft.tables.push(decodeTableType(input));
}

function decodeExport(draft: Draft, input: ByteReader): void {
  const name = input.name();
  const kind = decodeKind(input, 'export');
  draft.exports.push({ name, kind, index: input.u32() });
}

/** Sections that must agree about how many there are. */
function checkCounts(draft: Draft, end: number): void {
  const declared = draft.functions.length - draft.importedFunctions;
  if (declared !== draft.code.length) {
    const offset = draft.sectionOffsets.get(SECTION.code) ?? end;
    const message = `function and code section have inconsistent lengths: ${declared} and ${draft.code.length}`;
    throw malformed(message, offset);
  }
  if (draft.dataCount !== undefined && draft.dataCount !== draft.data.length) {
    const offset = draft.sectionOffsets.get(SECTION.dataCount) ?? end;
    const message = `data count and data section have inconsistent lengths: ${draft.dataCount} and ${draft.data.length}`;
    throw malformed(message, offset);
  }
}
