// What descriptors of the shim's processes stand for: files, directories, pipes.
import * as abi from '../../../guest/posix/abi.ts';
import { type Node, PosixError, resize } from './file-tree.ts';

/** An open file description, which several descriptors may share. */
export interface Stream {
  flags: number;
  /** Descriptors that stand for it. */
  uses: number;
  node: Node | undefined;
  offset: number;
  isTerminal: boolean;
  read(into: Uint8Array): number;
  write(from: Uint8Array): number;
  /** POLL*: what can be done without waiting. */
  ready(): number;
  /** Its last descriptor was closed. */
  end(): void;
}

export class FileStream implements Stream {
  uses = 0;
  offset = 0;
  isTerminal = false;
  readonly node: Node;
  flags: number;

  constructor(node: Node, flags: number) {
    this.node = node;
    this.flags = flags;
  }

  read(into: Uint8Array): number {
    if ((this.flags & abi.O_ACCMODE) === abi.O_WRONLY) throw new PosixError(abi.EBADF);
    if (this.node.kind === 'directory') throw new PosixError(abi.EISDIR);
    const count = Math.max(0, Math.min(into.length, this.node.length - this.offset));
    into.set(this.node.bytes.subarray(this.offset, this.offset + count));
    this.offset += count;
    return count;
  }

  write(from: Uint8Array): number {
    if ((this.flags & abi.O_ACCMODE) === abi.O_RDONLY) throw new PosixError(abi.EBADF);
    if (this.node.kind === 'null') return from.length;
    if (this.flags & abi.O_APPEND) this.offset = this.node.length;
    if (this.offset + from.length > this.node.length) resize(this.node, this.offset + from.length);
    this.node.bytes.set(from, this.offset);
    this.offset += from.length;
    this.node.modified++;
    return from.length;
  }

  ready(): number {
    return abi.POLLIN | abi.POLLOUT;
  }

  end(): void {}
}

/** What went into a pipe and did not come out yet. It holds any amount: the writer has ended before the reader begins. */
class PipeContents {
  chunks: Uint8Array[] = [];
  readers = 1;
  writers = 1;
}

class PipeEnd {
  uses = 0;
  node = undefined;
  offset = 0;
  isTerminal = false;
  flags: number;
  protected readonly pipe: PipeContents;

  constructor(pipe: PipeContents, flags: number) {
    this.pipe = pipe;
    this.flags = flags;
  }

  read(_into: Uint8Array): number {
    throw new PosixError(abi.EBADF);
  }

  write(_from: Uint8Array): number {
    throw new PosixError(abi.EBADF);
  }
}

class ReadEnd extends PipeEnd implements Stream {
  override read(into: Uint8Array): number {
    const first = this.pipe.chunks[0];
    if (first === undefined) {
      if (this.pipe.writers > 0) throw new Error('a process would wait for ever at a pipe whose writing end is open');
      return 0;
    }
    const count = Math.min(into.length, first.length);
    into.set(first.subarray(0, count));
    if (count < first.length) this.pipe.chunks[0] = first.subarray(count);
    else this.pipe.chunks.shift();
    return count;
  }

  ready(): number {
    return (this.pipe.chunks.length > 0 ? abi.POLLIN : 0) | (this.pipe.writers === 0 ? abi.POLLHUP : 0);
  }

  end(): void {
    this.pipe.readers = 0;
  }
}

class WriteEnd extends PipeEnd implements Stream {
  override write(from: Uint8Array): number {
    if (this.pipe.readers === 0) throw new PosixError(abi.EPIPE);
    if (from.length > 0) this.pipe.chunks.push(from.slice());
    return from.length;
  }

  ready(): number {
    return this.pipe.readers === 0 ? abi.POLLERR : abi.POLLOUT;
  }

  end(): void {
    this.pipe.writers = 0;
  }
}

export function makePipe(flags: number): [Stream, Stream] {
  const contents = new PipeContents();
  return [new ReadEnd(contents, flags), new WriteEnd(contents, flags | abi.O_WRONLY)];
}

/** A pipe with these contents, which nobody writes any more. */
export function pipeWith(contents: Uint8Array): Stream {
  const [from, to] = makePipe(0);
  to.write(contents);
  to.end();
  return from;
}
