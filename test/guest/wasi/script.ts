// Small WASI programs for tests: a list of calls becomes a module in text format, which makes them one after the other, and writes what each has
// answered to its standard output.
import { assemble } from '../../host/assemble.ts';
import { SIGNATURES } from './signatures.ts';

/** Static data: an address, and its length where a function takes both. */
class Data {
  readonly address: number;
  readonly length: number;

  constructor(address: number, length: number) {
    this.address = address;
    this.length = length;
  }
}

/** Where a call writes a result. */
export class Out {
  readonly address: number;
  readonly bytes: number;
  /** Which of the bytes are told. */
  readonly from: number;
  readonly to: number;

  constructor(address: number, bytes: number, from = 0, to = bytes) {
    this.address = address;
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }
}

/** A word that an earlier call has written. */
class Word {
  readonly address: number;

  constructor(address: number) {
    this.address = address;
  }
}

export type Operand = number | bigint | Data | Out | Word;

interface Step {
  name: string;
  report: number;
  outs: Out[];
}

/** What a call has answered: its errno, and what it has written, by its operands in their order. */
export interface Answer {
  name: string;
  errno: number;
  outs: Buffer[];
}

const DATA = 1024;
const REPORT = 32768;

export class Script {
  private readonly imports = new Set<string>(['fd_write']);
  private readonly segments: string[] = [];
  private readonly code: string[] = [];
  private readonly steps: Step[] = [];
  private pending: Out[] = [];
  private dataEnd = DATA;
  private reportEnd = REPORT;

  /** Bytes in the program's memory. */
  data(bytes: Uint8Array | string): Data {
    const contents = Buffer.from(bytes as string);
    const address = this.dataEnd;
    const text = [...contents].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
    this.segments.push(`(data (i32.const ${address}) "${text}")`);
    this.dataEnd += (contents.length + 15) & ~7;
    return new Data(address, contents.length);
  }

  /** An array of buffers to be written or filled. */
  vectors(...buffers: (Data | Out)[]): Data {
    const words = Buffer.alloc(buffers.length * 8);
    for (const [i, buffer] of buffers.entries()) {
      words.writeUInt32LE(buffer.address, i * 8);
      words.writeUInt32LE(buffer instanceof Out ? buffer.bytes : buffer.length, i * 8 + 4);
    }
    return new Data(this.data(words).address, buffers.length);
  }

  /** Memory for results, which is told with the call that comes next: all of it, or a part. */
  out(bytes: number, from?: number, to?: number): Out {
    const out = new Out(this.reportEnd, bytes, from, to);
    this.reportEnd += (bytes + 7) & ~7;
    this.pending.push(out);
    return out;
  }

  word(out: Out, offset = 0): Word {
    return new Word(out.address + offset);
  }

  call(name: string, ...operands: Operand[]): this {
    const signature = SIGNATURES[name];
    if (!signature) throw new Error(`no function ${name}`);
    this.imports.add(name);
    const flat = operands.flatMap((operand) =>
      operand instanceof Data ? [operand.address, operand.length] : operand instanceof Out ? operand.address : operand,
    );
    const { parameters } = signature;
    if (flat.length !== parameters.length) throw new Error(`${name} takes ${parameters.length}, not ${flat.length}`);
    const pushed = flat.map((operand, i) =>
      operand instanceof Word
        ? `(${parameters[i]}.load (i32.const ${operand.address}))`
        : `(${parameters[i]}.const ${operand})`,
    );
    const call = `(call $${name} ${pushed.join(' ')})`;
    if (!signature.answers) {
      this.code.push(call);
      return this;
    }
    const report = this.out(4);
    this.code.push(`(i32.store (i32.const ${report.address}) ${call})`);
    this.steps.push({ name, report: report.address - REPORT, outs: this.pending.filter((out) => out !== report) });
    this.pending = [];
    return this;
  }

  /** The module. It ends by writing its report to `stdout`, a descriptor. */
  async assemble(stdout = 1): Promise<Uint8Array> {
    const imports = [...this.imports].map((name) => {
      const { parameters, answers } = SIGNATURES[name] as (typeof SIGNATURES)[string];
      const type = `(param ${parameters.join(' ')})${answers ? ' (result i32)' : ''}`;
      return `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${type}))`;
    });
    const whole = this.vectors(new Data(REPORT, this.reportEnd - REPORT));
    const tell = `(drop (call $fd_write (i32.const ${stdout}) (i32.const ${whole.address}) (i32.const 1) (i32.const 8)))`;
    return assemble(`(module ${imports.join('\n')}
      (memory (export "memory") 2)
      ${this.segments.join('\n')}
      (func (export "_start")
        ${this.code.join('\n')}
        ${tell}))`);
  }

  /** Reads a report, which is what the program has written last. */
  answers(output: Buffer): Answer[] {
    const report = output.subarray(output.length - (this.reportEnd - REPORT));
    return this.steps.map(({ name, report: at, outs }) => ({
      name,
      errno: report.readUInt32LE(at),
      outs: outs.map(({ address, from, to }) => report.subarray(address - REPORT + from, address - REPORT + to)),
    }));
  }
}
