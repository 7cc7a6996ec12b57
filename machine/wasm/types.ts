// What a WebAssembly module consists of, once it is decoded: the core specification's structure (section 2), with the types of
// the binary format's bytes. Index spaces are whole: imports come first, as the specification numbers them.

/** A value type, by its byte in the binary format. */
export type ValueType = 0x7f | 0x7e | 0x7d | 0x7c | 0x70 | 0x6f;

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
export const FUNCREF = 0x70;
export const EXTERNREF = 0x6f;

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [I32, 'i32'],
  [I64, 'i64'],
  [F32, 'f32'],
  [F64, 'f64'],
  [FUNCREF, 'funcref'],
  [EXTERNREF, 'externref'],
]);

/** The text format's name of a value type. */
export function typeName(type: number): string {
  return TYPE_NAMES.get(type) ?? `type 0x${type.toString(16)}`;
}

export function isReferenceType(type: number): boolean {
  return type === FUNCREF || type === EXTERNREF;
}

export interface FunctionType {
  readonly params: ValueType[];
  readonly results: ValueType[];
}

/** Sizes of a memory, in pages of 64 KiB, or of a table, in elements. */
export interface Limits {
  readonly min: number;
  readonly max: number | undefined;
  readonly shared: boolean;
}

export interface TableType {
  readonly element: ValueType;
  readonly limits: Limits;
}

export interface GlobalType {
  readonly type: ValueType;
  readonly mutable: boolean;
}

/** The one instruction of a constant expression; `bits` are unsigned (an i32 is 0 to 2^32 - 1, floats are their IEEE 754 bits). */
export type ConstExpr =
  | { readonly kind: 'const'; readonly type: ValueType; readonly bits: bigint }
  | { readonly kind: 'global'; readonly index: number }
  | { readonly kind: 'ref.null'; readonly type: ValueType }
  | { readonly kind: 'ref.func'; readonly index: number };

export type ImportDescription =
  | { readonly kind: 'function'; readonly typeIndex: number }
  | { readonly kind: 'table'; readonly table: TableType }
  | { readonly kind: 'memory'; readonly memory: Limits }
  | { readonly kind: 'global'; readonly global: GlobalType };

export type Import = { readonly module: string; readonly name: string } & ImportDescription;

export interface Export {
  readonly name: string;
  readonly kind: ExternalKind;
  readonly index: number;
}

export type ExternalKind = 'function' | 'table' | 'memory' | 'global';

export interface Global {
  readonly type: GlobalType;
  /** Missing in imported globals. */
  readonly init?: ConstExpr;
}

export interface ElementSegment {
  readonly mode: 'active' | 'passive' | 'declarative';
  readonly table: number;
  /** Only in active segments. */
  readonly offset?: ConstExpr;
  readonly type: ValueType;
  readonly items: ConstExpr[];
}

export interface DataSegment {
  readonly mode: 'active' | 'passive';
  readonly memory: number;
  /** Only in active segments. */
  readonly offset?: ConstExpr;
  readonly bytes: Uint8Array;
}

/** `count` locals of one type, as the binary format declares them. */
export interface LocalRun {
  readonly count: number;
  readonly type: ValueType;
}

export interface FunctionBody {
  readonly localRuns: LocalRun[];
  /** Types of the declared locals, without the parameters: the runs expanded, anew at each call of the getter. */
  readonly locals: ValueType[];
  /** Byte range of the instructions in the module; `end` is behind the final `end` opcode. */
  readonly start: number;
  readonly end: number;
}

export interface CustomSection {
  readonly name: string;
  /** What follows the name. */
  readonly bytes: Uint8Array;
}

export interface Module {
  readonly bytes: Uint8Array;
  readonly types: FunctionType[];
  readonly imports: Import[];
  /** Type index of each function, imported ones first. */
  readonly functions: number[];
  readonly importedFunctions: number;
  readonly tables: TableType[];
  readonly memories: Limits[];
  readonly globals: Global[];
  readonly exports: Export[];
  readonly start?: number;
  readonly elements: ElementSegment[];
  readonly data: DataSegment[];
  /** Of the data count section, if there is one. */
  readonly dataCount?: number;
  /** code[i] is the body of function importedFunctions + i. */
  readonly code: FunctionBody[];
  readonly customSections: CustomSection[];
  /** Byte offset of the contents of each section that is there, by its number in SECTION. */
  readonly sectionOffsets: ReadonlyMap<number, number>;
}

/** Numbers of the sections (specification 5.5.2; `tag` is exception handling's). */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;
