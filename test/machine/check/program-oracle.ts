// What a race-free memory program comes to: plain arrays, one core after the other.
import { addressAt, MEMORY_PAGES, type Operation, type Program } from './memory-program.ts';
import { ROTATION } from './program-module.ts';

export const MEMORY_BYTES = MEMORY_PAGES * 65536;

const PATTERN = new Uint8Array(2 * MEMORY_BYTES);
for (let i = 0; i < PATTERN.length; i++) PATTERN[i] = Math.imul(i, 0x9e3779b1) >>> 15;

/** What a memory is filled with at first. */
export function firstContents(space: number): Uint8Array {
  return PATTERN.slice(7919 * space, 7919 * space + MEMORY_BYTES);
}

function updated(kind: Operation['kind'], old: bigint, operand: bigint, expected: bigint): bigint {
  switch (kind) {
    case 'sub':
      return old - operand;
    case 'and':
      return old & operand;
    case 'or':
      return old | operand;
    case 'xor':
      return old ^ operand;
    case 'xchg':
      return operand;
    case 'cmpxchg':
      return old === expected ? operand : old;
    default:
      return old + operand;
  }
}

export class ProgramOracle {
  readonly memories: readonly Uint8Array[];
  readonly #program: Program;
  readonly #lineBytes: number;
  #core = 0;
  #round = 0;
  #seen = 0n;

  constructor(program: Program, lineBytes: number) {
    this.#program = program;
    this.#lineBytes = lineBytes;
    this.memories = program.spaces.map((_, space) => firstContents(space));
  }

  /** All rounds of a core; what it has seen. */
  run(core: number): bigint {
    this.#core = core;
    this.#seen = 0n;
    for (this.#round = 0; this.#round < this.#program.rounds; this.#round++) this.#part(0);
    return this.#seen;
  }

  #part(space: number): void {
    for (const operation of this.#program.spaces[space] as readonly Operation[]) {
      if (operation.kind === 'call') this.#part(space + 1);
      else this.#execute(this.memories[space] as Uint8Array, operation);
    }
  }

  #see(value: bigint): void {
    const rotated = (this.#seen << BigInt(ROTATION)) | (this.#seen >> BigInt(64 - ROTATION));
    this.#seen = BigInt.asUintN(64, rotated + value);
  }

  #execute(memory: Uint8Array, { kind, bytes, at, from, value }: Operation): void {
    const address = addressAt(at, this.#core, this.#round);
    const bits = 8 * bytes;
    const operand = BigInt.asUintN(bits, this.#seen + BigInt(value));
    switch (kind) {
      case 'fence':
      case 'pause':
      case 'prefetch':
        return;
      case 'load':
      case 'atomic load':
        return this.#see(read(memory, address, bytes));
      case 'store':
      case 'atomic store':
        return write(memory, address, bytes, operand);
      case 'copy': {
        const source = addressAt(from as NonNullable<typeof from>, this.#core, this.#round);
        memory.copyWithin(address, source, source + bytes);
        return;
      }
      case 'fill':
        memory.fill(value & 0xff, address, address + bytes);
        return;
      case 'line zero': {
        const line = address - (address % this.#lineBytes);
        memory.fill(0, line, line + this.#lineBytes);
        return;
      }
      case 'count':
        return write(memory, address, bytes, read(memory, address, bytes) + BigInt(value));
    }
    const old = read(memory, address, bytes);
    // Of a compare-and-exchange, `operand` is what is expected.
    const [replacement, expected] = kind === 'cmpxchg' ? [this.#seen + BigInt(value - 1), operand] : [operand, 0n];
    write(memory, address, bytes, updated(kind, old, replacement, expected));
    this.#see(old);
  }
}

function read(memory: Uint8Array, address: number, bytes: number): bigint {
  let value = 0n;
  for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(memory[address + i] as number);
  return value;
}

function write(memory: Uint8Array, address: number, bytes: number, value: bigint): void {
  for (let i = 0; i < bytes; i++) memory[address + i] = Number((value >> BigInt(8 * i)) & 0xffn);
}
