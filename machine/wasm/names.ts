// The custom sections that name things: `name` (specification 7.4.1) and `sourceMappingURL` (source map specification, WebAssembly).
import { ByteReader } from './byte-reader.ts';
import { WasmError } from './errors.ts';
import type { CustomSection, Module } from './types.ts';

export interface NameSection {
  readonly module: string | undefined;
  readonly functions: ReadonlyMap<number, string>;
  /** Names of locals by function. */
  readonly locals: ReadonlyMap<number, ReadonlyMap<number, string>>;
}

const MODULE_NAME = 0;
const FUNCTION_NAMES = 1;
const LOCAL_NAMES = 2;
/** Of the extended name section (proposal extended-name-section). */
const GLOBAL_NAMES = 7;
const DATA_NAMES = 9;

const NO_NAMES: NameSection = { module: undefined, functions: new Map(), locals: new Map() };

/** The names in a module; none when the section is missing or malformed, which is no error in a custom section. */
export function decodeNames(module: Module): NameSection {
  return readCustom(module, 'name', decodeNameSection) ?? NO_NAMES;
}

/** Names of globals and data segments by index; none when the section is missing or malformed. */
export function decodeDataNames(module: Module): Record<'globals' | 'data', ReadonlyMap<number, string>> {
  const read = (id: number) => readCustom(module, 'name', (input) => decodeSubsection(input, id)) ?? new Map();
  return { globals: read(GLOBAL_NAMES), data: read(DATA_NAMES) };
}

function decodeSubsection(input: ByteReader, wanted: number): Map<number, string> {
  while (input.remaining > 0) {
    const id = input.u8();
    const contents = new ByteReader(input.slice(input.u32()));
    if (id === wanted) return decodeNameMap(contents);
  }
  return new Map();
}

/** Where the module's source map is, as the module says it: a URL, absolute or relative to the module's own. */
export function sourceMappingUrl(module: Module): string | undefined {
  return readCustom(module, 'sourceMappingURL', (input) => input.name());
}

function readCustom<T>(module: Module, name: string, read: (input: ByteReader) => T): T | undefined {
  const section: CustomSection | undefined = module.customSections.find((custom) => custom.name === name);
  if (section === undefined) return undefined;
  try {
    return read(new ByteReader(section.bytes));
  } catch (error) {
    if (error instanceof WasmError) return undefined;
    throw error;
  }
}

function decodeNameSection(input: ByteReader): NameSection {
  let module: string | undefined;
  let functions = new Map<number, string>();
  const locals = new Map<number, Map<number, string>>();
  while (input.remaining > 0) {
    const id = input.u8();
    const contents = new ByteReader(input.slice(input.u32()));
    if (id === MODULE_NAME) {
      module = contents.name();
    } else if (id === FUNCTION_NAMES) {
      functions = decodeNameMap(contents);
    } else if (id === LOCAL_NAMES) {
      const count = contents.count();
      for (let i = 0; i < count; i++) locals.set(contents.u32(), decodeNameMap(contents));
    }
  }
  return { module, functions, locals };
}

function decodeNameMap(input: ByteReader): Map<number, string> {
  const names = new Map<number, string>();
  const count = input.count();
  for (let i = 0; i < count; i++) names.set(input.u32(), input.name());
  return names;
}
