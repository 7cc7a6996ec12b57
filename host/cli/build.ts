// `manycore build FILE.ts -o FILE.wasm`: compiles a program for the guests.
import { buildProgram, writeBuilt } from '../boot/build.ts';
import { expectWritable } from '../module-file.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import type { Terminal } from './terminal.ts';

export interface BuildOptions {
  output?: string;
}

export async function runBuild(terminal: Terminal, file: string, { output }: BuildOptions): Promise<number> {
  if (!file.endsWith('.ts')) {
    throw new CommandFailure(EXIT.usage, `${file} is not an AssemblyScript source`, { hint: 'its name ends in .ts' });
  }
  const module = output ?? file.replace(/\.ts$/, '.wasm');
  if (module.endsWith('.ts')) {
    throw new CommandFailure(EXIT.usage, `the module would be written over a source: ${module}`, {
      hint: 'name a file that ends in .wasm behind --output',
    });
  }
  expectWritable(module);
  const program = await buildProgram(file);
  if (program.warnings !== '') terminal.stderr.write(program.warnings);
  writeBuilt(program, module);
  terminal.stderr.write(`wrote ${module} (${program.wasm.length.toLocaleString('en-US')} bytes)\n`);
  return EXIT.ok;
}
