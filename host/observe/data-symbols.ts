// Names for data addresses. WebAssembly has no symbol table for data, so this takes what modules do tell: constants that they export or
// name and that lie in their data (AssemblyScript's exported addresses), and names of data segments (C and Rust).
import { decodeDataNames, I32, type Image } from '../../machine/index.ts';

type Module = Image['module'];

interface DataSymbol {
  readonly name: string;
  readonly address: number;
}

/** Farther away from a symbol than this, an address is no part of it. */
const REACH_BYTES = 65536;
/** Constants below this, or that are no multiple of four, are numbers and not addresses: compilers leave the first bytes free. */
const FIRST_ADDRESS = 1024;

export class DataSymbols {
  /** By address. */
  readonly #symbols: DataSymbol[];

  constructor(module: Module) {
    const symbols = [...constants(module), ...segments(module)];
    this.#symbols = symbols.sort((a, b) => a.address - b.address || (a.name < b.name ? -1 : 1));
  }

  /** `queue`, `queue+64`: the nearest symbol at or before an address. */
  nearest(address: number): string | undefined {
    const symbol = this.#symbols.findLast((candidate) => candidate.address <= address);
    if (symbol === undefined || address - symbol.address >= REACH_BYTES) return undefined;
    return address === symbol.address ? symbol.name : `${symbol.name}+${address - symbol.address}`;
  }
}

/** Immutable 32-bit globals with a constant for a value. */
function constants(module: Module): DataSymbol[] {
  const imported = module.imports.filter(({ kind }) => kind === 'global').length;
  const names = new Map(decodeDataNames(module).globals);
  for (const { kind, name, index } of module.exports) if (kind === 'global') names.set(index, name);
  return [...names].flatMap(([index, name]) => {
    const global = module.globals[index - imported];
    const init = global?.init;
    if (!global || global.type.mutable || global.type.type !== I32 || init?.kind !== 'const') return [];
    const address = Number(BigInt.asUintN(32, init.bits));
    // What begins with two underscores are the compiler's own limits: __heap_base and the like.
    if (address < FIRST_ADDRESS || address % 4 !== 0 || name.startsWith('__')) return [];
    return { name: plain(name), address };
  });
}

function segments(module: Module): DataSymbol[] {
  return [...decodeDataNames(module).data].flatMap(([index, name]) => {
    const offset = module.data[index]?.offset;
    return offset?.kind === 'const' ? { name, address: Number(BigInt.asUintN(32, offset.bits)) } : [];
  });
}

/** Without the path of the source file that AssemblyScript puts before it. */
function plain(name: string): string {
  return name.replace(/^([\w~.@-]+\/)+(?=[^/])/, '');
}
