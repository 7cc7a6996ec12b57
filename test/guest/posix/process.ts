// A process of the shim: descriptors, memory, children. What it calls is in file-calls.ts and
// process-calls.ts.
import * as abi from '../../../guest/posix/abi.ts';
import { fileCalls } from './file-calls.ts';
import { type Node, PosixError } from './file-tree.ts';
import { processCalls } from './process-calls.ts';
import type { Stream } from './streams.ts';
import type { World } from './world.ts';

export interface ProcessStart {
  pid: number;
  parent: number;
  group: number;
  cwd: Node;
  /** By descriptor. */
  streams: (Stream | undefined)[];
  args: Uint8Array[];
  environment: Uint8Array[];
}

/** Thrown through a program's frames by `exit`. */
export class Exit extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit ${status}`);
    this.status = status;
  }
}

/** A function of the API: throws a PosixError for what is answered as a negated error number. */
export type Call = (...operands: never[]) => number | bigint;

/** The one library, by the name under which programs import it. */
const WASI = 'wasi_snapshot_preview1';
const WASM_PAGE_BYTES = 65536;
/** What programs import of the machine: the shim has one core. */
const MACHINE = { core_id: () => 0 };

interface ProgramExports {
  memory: WebAssembly.Memory;
  table: WebAssembly.Table;
  main(): number;
  _start?(): void;
}

export class Process {
  readonly world: World;
  readonly start: ProcessStart;
  readonly pid: number;
  cwd: Node;
  /** Children that have ended and were not waited for. */
  readonly ended: { pid: number; status: number }[] = [];
  readonly closeOnExec = new Set<number>();
  private readonly descriptors: (Stream | undefined)[] = [];
  private exports: ProgramExports | undefined;

  constructor(world: World, start: ProcessStart) {
    this.world = world;
    this.start = start;
    this.pid = start.pid;
    this.cwd = start.cwd;
    for (const [fd, stream] of start.streams.entries()) if (stream) this.attach(fd, stream);
  }

  /** Runs a program to its end; returns its exit status. A trap is an error of the test. */
  execute(module: WebAssembly.Module): number {
    let status: number;
    try {
      this.exports = this.link(module);
      status = (this.exports._start ?? this.exports.main)() ?? 0;
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      status = error.status;
    }
    for (const fd of this.descriptors.keys()) this.close(fd);
    return status & 0xff;
  }

  /** Makes an instance of a program; one that imports WASI shares its memory with an instance of that library. */
  private link(module: WebAssembly.Module): ProgramExports {
    const imported = WebAssembly.Module.imports(module).filter((entry) => entry.module === WASI);
    let library: WebAssembly.Exports = {};
    const wasi = imported.map(({ name }) => {
      // The library needs the program's memory, so it is there only after the program.
      const call = (...operands: unknown[]) => (library[name] as (...operands: unknown[]) => unknown)(...operands);
      return [name, call] as const;
    });
    const imports = { posix: this.posix(module), machine: MACHINE, [WASI]: Object.fromEntries(wasi) };
    const program = new WebAssembly.Instance(module, imports).exports as unknown as ProgramExports;
    if (imported.length > 0) {
      this.exports = program;
      const { memory } = program;
      memory.grow((abi.WASI_BASE + abi.LIBRARY_BYTES - memory.buffer.byteLength) / WASM_PAGE_BYTES);
      const image = this.world.wasi;
      library = new WebAssembly.Instance(image, { posix: this.posix(image), env: { memory } }).exports;
    }
    return program;
  }

  /** What a module imports of the API. */
  private posix(module: WebAssembly.Module): Record<string, WebAssembly.ImportValue> {
    const calls: Record<string, Call> = { ...fileCalls(this), ...processCalls(this) };
    const posix: Record<string, WebAssembly.ImportValue> = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (from === WASI || from === 'machine' || kind === 'memory') continue;
      const call = from === 'posix' ? calls[name] : undefined;
      if (!call) throw new Error(`the shim has no ${from}.${name}`);
      posix[name] = answering(call, name === 'lseek' || name === 'clock');
    }
    return posix;
  }

  private get program(): ProgramExports {
    if (!this.exports) throw new Error('the program calls the API before main');
    return this.exports;
  }

  /** Bytes of the program's memory. */
  get memoryBytes(): number {
    return this.program.memory.buffer.byteLength;
  }

  /** Calls a function of the program's table. */
  callback(index: number, argument: number): number {
    return (this.program.table.get(index) as (argument: number) => number)(argument);
  }

  /** Zeroed memory behind what there is. */
  map(bytes: number): number {
    return this.program.memory.grow((bytes + 0xffff) >>> 16) << 16;
  }

  /** A range of the process's memory. */
  memory(address: number, bytes: number): Uint8Array {
    const { buffer } = this.program.memory;
    if (bytes < 0) throw new PosixError(abi.EINVAL);
    if ((address >>> 0) + bytes > buffer.byteLength) throw new PosixError(abi.EFAULT);
    return new Uint8Array(buffer, address >>> 0, bytes);
  }

  view(address: number, bytes: number): DataView {
    const { buffer, byteOffset } = this.memory(address, bytes);
    return new DataView(buffer, byteOffset, bytes);
  }

  /** Text in memory, a character for each byte. */
  text(address: number, bytes: number): string {
    return Buffer.from(this.memory(address, bytes)).toString('latin1');
  }

  stream(fd: number): Stream {
    const stream = this.descriptors[fd];
    if (!stream) throw new PosixError(abi.EBADF);
    return stream;
  }

  isOpen(fd: number): boolean {
    return this.descriptors[fd] !== undefined;
  }

  /** Streams by descriptor that a child inherits. */
  inherited(): (Stream | undefined)[] {
    return this.descriptors.map((stream, fd) => (this.closeOnExec.has(fd) ? undefined : stream));
  }

  attach(fd: number, stream: Stream): number {
    if (fd >= abi.OPEN_MAX) throw new PosixError(abi.EMFILE);
    stream.uses++;
    this.descriptors[fd] = stream;
    return fd;
  }

  /** Gives a stream the lowest free descriptor. */
  open(stream: Stream): number {
    let fd = 0;
    while (this.descriptors[fd]) fd++;
    this.attach(fd, stream);
    if (stream.flags & abi.O_CLOEXEC) this.closeOnExec.add(fd);
    return fd;
  }

  close(fd: number): void {
    const stream = this.descriptors[fd];
    if (!stream) return;
    this.descriptors[fd] = undefined;
    this.closeOnExec.delete(fd);
    if (--stream.uses === 0) stream.end();
  }
}

/** The call as an import: errors are answered negated. */
function answering(call: Call, isLong: boolean): WebAssembly.ImportValue {
  return (...operands: never[]) => {
    try {
      return call(...operands);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      return isLong ? BigInt(-error.errno) : -error.errno;
    }
  };
}
