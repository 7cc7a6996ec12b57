// A world in which programs of guest/programs run uninstrumented, in the host's own engine: files in memory, and processes one after the other.
// `spawn` runs the child to its end before it returns, so the stages of a pipeline run one by one with pipes that hold everything. There is no
// fork and no second process at the same time; a process that would wait for ever is a JavaScript error.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as abi from '../../../guest/posix/abi.ts';
import { FileTree, type Node } from './file-tree.ts';
import { Process } from './process.ts';
import { FileStream, pipeWith, type Stream } from './streams.ts';

const GUEST = path.resolve(import.meta.dirname, '../../../dist/guest');
const BIN = path.join(GUEST, 'bin');
const COMPILED = new Map<string, WebAssembly.Module>();

export interface RunOptions {
  stdin?: string | Uint8Array;
  environment?: Record<string, string>;
  cwd?: string;
  /** stdin, stdout and stderr say that they are terminals. */
  terminal?: boolean;
  /** Gets stderr even of a program that traps. */
  onError?: (text: string) => void;
}

export interface Outcome {
  status: number;
  stdout: Buffer;
  stderr: Buffer;
}

/** What a program of the shim ended with. */
export interface GuestOutcome extends Outcome {
  memoryBytes: number;
}

export class World {
  readonly files = new FileTree();
  private readonly modules = new Map<Node, WebAssembly.Module>();
  private pids = 1;
  private clock = 0n;
  private randomState = 1;

  constructor() {
    for (const file of readdirSync(BIN).filter((name) => name.endsWith('.wasm'))) {
      const name = path.basename(file, '.wasm');
      const bytes = readFileSync(path.join(BIN, file));
      let module = COMPILED.get(name);
      if (!module) {
        module = new WebAssembly.Module(bytes);
        COMPILED.set(name, module);
      }
      const node = this.files.write(`/bin/${name}`, bytes);
      node.mode = 0o755;
      this.modules.set(node, module);
    }
  }

  /** The module that is the contents of a file; undefined where it is none. */
  moduleOf(node: Node): WebAssembly.Module | undefined {
    const known = this.modules.get(node);
    if (known) return known;
    const bytes = node.bytes.slice(0, node.length);
    return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : undefined;
  }

  /** The library that programs of other languages import. */
  get wasi(): WebAssembly.Module {
    let module = COMPILED.get('lib/wasi');
    if (!module) {
      module = new WebAssembly.Module(readFileSync(path.join(GUEST, 'wasi.wasm')));
      COMPILED.set('lib/wasi', module);
    }
    return module;
  }

  nextPid(): number {
    return ++this.pids;
  }

  /** Nanoseconds since the start: every look at the clock takes a microsecond. */
  now(): bigint {
    this.clock += 1000n;
    return this.clock;
  }

  sleep(nanoseconds: bigint): void {
    this.clock += nanoseconds;
  }

  /** The next of a sequence that is the same in every world. */
  randomByte(): number {
    this.randomState = (Math.imul(this.randomState, 1664525) + 1013904223) >>> 0;
    return this.randomState >>> 24;
  }

  /** Runs a program of /bin to its end. */
  run(argv: string[], options: RunOptions = {}): GuestOutcome {
    const { stdin = '', environment = {}, cwd = '/', terminal = false } = options;
    const input = pipeWith(typeof stdin === 'string' ? Buffer.from(stdin) : stdin);
    const outputs = [this.files.node('file'), this.files.node('file')] as const;
    const streams: Stream[] = [input, ...outputs.map((node) => new FileStream(node, abi.O_WRONLY | abi.O_APPEND))];
    for (const stream of streams) stream.isTerminal = terminal;
    const variables = { PATH: '/bin', HOME: '/', ...environment };
    const process = new Process(this, {
      pid: this.nextPid(),
      parent: 1,
      group: 1,
      cwd: this.files.entry(this.files.root, cwd),
      streams,
      args: argv.map((word) => Buffer.from(word)),
      environment: Object.entries(variables).map(([name, value]) => Buffer.from(`${name}=${value}`)),
    });
    const program = this.files.entry(this.files.root, `/bin/${argv[0]}`);
    const contents = (node: Node) => Buffer.from(node.bytes.subarray(0, node.length));
    try {
      const status = process.execute(this.moduleOf(program) as WebAssembly.Module);
      const { memoryBytes } = process;
      return { status, stdout: contents(outputs[0]), stderr: contents(outputs[1]), memoryBytes };
    } finally {
      options.onError?.(contents(outputs[1]).toString());
    }
  }
}
