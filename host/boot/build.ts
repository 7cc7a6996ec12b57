// Compiles a user's AssemblyScript program, as the programs that come with Manycore are compiled: with the layer `posix`, its runtime and settings.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CompiledProgram } from '../../scripts/program.mjs';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import { guestFolder } from '../guest-programs.ts';
import { fileFailure, readHostFile } from '../module-file.ts';

const MAIN_HINT = 'a program begins with: export function main(): i32';

/** Throws a CommandFailure where the file cannot be read, or with the compiler's messages, which name the user's own lines. */
export async function buildProgram(file: string): Promise<CompiledProgram> {
  readHostFile(file);
  const baseDir = path.resolve(path.dirname(file));
  // The compiler is large: it is loaded when something is to be compiled.
  const { compileProgram } = await import('../../scripts/program.mjs');
  try {
    return await compileProgram(path.basename(file), {
      baseDir,
      options: path.relative(baseDir, path.join(guestFolder(), 'program.json')),
      layerFolder: path.join(guestFolder(), 'posix'),
    });
  } catch (error) {
    const [, ...messages] = String((error as Error).message)
      .trimEnd()
      .split('\n');
    throw new CommandFailure(EXIT.failed, `${file} cannot be compiled`, {
      where: messages.map((line) => line.trimEnd()),
      // The file that calls the program, which the user has not written.
      ...(messages.some((line) => /in \S+\.start\.ts\(/.test(line)) ? { hint: MAIN_HINT } : {}),
    });
  }
}

/** Writes the module and, beside it, its source map. */
export function writeBuilt({ wasm, sourceMap }: CompiledProgram, file: string): void {
  try {
    writeFileSync(file, wasm);
    // The module names its map by the source's name.
    writeFileSync(path.join(path.dirname(file), path.basename(sourceMapName(wasm) ?? `${file}.map`)), sourceMap);
  } catch (error) {
    throw fileFailure('write', file, error);
  }
}

function sourceMapName(wasm: Uint8Array): string | undefined {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(wasm as BufferSource), 'sourceMappingURL');
  return section === undefined ? undefined : Buffer.from(section).subarray(1).toString('utf8');
}
