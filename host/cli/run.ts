// `manycore run FILE [ARGS...]`: the shortest way to run one program on a kernel.
import path from 'node:path';
import { buildProgram, writeBuilt } from '../boot/build.ts';
import { type BootFile, fileOf } from '../boot/kernels.ts';
import { scratchFolder } from '../boot/scratch.ts';
import { readModuleFile } from '../module-file.ts';
import { type BootOptions, runBoot } from './boot.ts';
import type { Terminal } from './terminal.ts';

export interface RunOptions extends BootOptions {
  kernel: string;
}

/** Returns the program's exit status. Throws a CommandFailure for everything that keeps it from its end. */
export async function runProgram(
  terminal: Terminal,
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<number> {
  const name = path.basename(file).replace(/\.[^.]*$/, '');
  const program = await programFile(file, `/bin/${name}`);
  return runBoot(terminal, options.kernel, [program.path, ...args], options, [program]);
}

/** A compiled program is kept with its source map, which messages need, until the command ends. */
async function programFile(file: string, guestPath: string): Promise<BootFile> {
  if (/\.wat$/i.test(file)) return { path: guestPath, bytes: await readModuleFile(file), origin: file };
  if (!/\.ts$/i.test(file)) return fileOf(guestPath, file);
  const module = path.join(scratchFolder(), `${path.basename(file, '.ts')}.wasm`);
  writeBuilt(await buildProgram(file), module);
  return fileOf(guestPath, module);
}
