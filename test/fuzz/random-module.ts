// Valid modules from random bytes, by binaryen's generator (wasm-opt --translate-to-fuzz). Its package brings wasm-opt as one script
// that compiles several megabytes when it starts; here it is started many times in one process, and compiled once.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Random } from './random.ts';

/** The features of the machine; floats are made free of NaNs, whose bits the standard leaves open. */
const ARGUMENTS = [
  '--translate-to-fuzz',
  '--denan',
  '--enable-mutable-globals',
  '--enable-sign-ext',
  '--enable-nontrapping-float-to-int',
  '--enable-bulk-memory',
  '--enable-multivalue',
  '--enable-reference-types',
  '--enable-threads',
];

type Program = (...parameters: unknown[]) => void;

/** wasm-opt of the development dependency, as a function of its arguments. */
class WasmOpt {
  readonly #program: Program;
  readonly #require: NodeJS.Require;
  readonly #file: string;
  #compiled: Promise<WebAssembly.Module> | undefined;

  constructor() {
    this.#require = createRequire(import.meta.url);
    this.#file = path.join(path.dirname(this.#require.resolve('binaryen')), 'bin/wasm-opt');
    const source = readFileSync(this.#file, 'utf8').replace(/^#!.*/, '');
    const parameters = ['require', 'process', 'module', '__filename', '__dirname', 'WebAssembly', 'console', 'Module'];
    this.#program = new Function(...parameters, source) as Program;
  }

  /** Resolves when the program has ended; its messages are the rejection's when it failed. */
  async run(args: readonly string[]): Promise<void> {
    const messages: string[] = [];
    const say = (...words: unknown[]) => {
      messages.push(words.join(' '));
    };
    await new Promise<void>((resolve, reject) => {
      const end = (code: number | undefined) => {
        if (code) reject(new Error(`wasm-opt: exit status ${code}\n${messages.join('\n')}`));
        else resolve();
      };
      const processOfItsOwn = Object.create(process, {
        argv: { value: ['node', this.#file, ...args] },
        exitCode: { writable: true, value: 0 },
        on: { value: () => {} },
        exit: { value: end },
      });
      const assembly = Object.create(WebAssembly, {
        instantiate: {
          value: async (bytes: BufferSource, imports: WebAssembly.Imports) => {
            this.#compiled ??= WebAssembly.compile(bytes);
            const module = await this.#compiled;
            return { module, instance: await WebAssembly.instantiate(module, imports) };
          },
        },
      });
      const module = { postRun: () => end(processOfItsOwn.exitCode), onAbort: reject };
      const talk = { log: say, error: say, warn: say, info: say, debug: say };
      const folder = path.dirname(this.#file);
      this.#program(this.#require, processOfItsOwn, { exports: {} }, this.#file, folder, assembly, talk, module);
    });
  }
}

export class RandomModules {
  readonly #optimizer = new WasmOpt();
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'random-module-'));

  /** The module of a seed and a number: the same each time. */
  async generate(seed: number, number: number): Promise<Uint8Array> {
    const random = new Random(seed, number);
    const input = path.join(this.#folder, 'random.bin');
    const output = path.join(this.#folder, 'module.wasm');
    // The generator now and then uses an instruction of a feature that was not asked for.
    for (;;) {
      writeFileSync(input, random.bytes(200 + random.below(5000)));
      rmSync(output, { force: true });
      await this.#optimizer.run([...ARGUMENTS, input, '-o', output]);
      const bytes = new Uint8Array(readFileSync(output));
      if (WebAssembly.validate(bytes)) return bytes;
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
