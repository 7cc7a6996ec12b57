// Compiles AssemblyScript in this process: one call, one module. Used by the build (guest programs) and by the generator (native code).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { messagesOf } from './compiler-messages.mjs';

/** The repository's root folder. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What guests import as `kernel/NAME`: asc looks for it in the library folders, and is told of one that is nowhere. */
const KERNEL_LIBRARY = '~lib';
const KERNEL_MODULE = /^~lib\/kernel\/(.+)\.ts$/;

/** The file of a guest by its path in the repository. `kernel/NAME` is all that `guest/KERNEL/NAME.ts` exports, where KERNEL is what `entry` belongs to. */
function read(file, entry) {
  const [, name] = KERNEL_MODULE.exec(file) ?? [];
  const [, kernel] = /^(?:test\/)?guest\/([^/]+)\//.exec(entry) ?? [];
  if (name && kernel) return `export * from '../../guest/${kernel}/${name}';\n`;
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/**
 * Compiles `entry` with the settings of `config` (both relative to the repository's root).
 * Returns the module's bytes, and its source map as text when the configuration asks for one.
 * Throws with the compiler's own messages when it refuses the source. `onRead` is told each file that is looked for.
 */
export async function compile(entry, config, name, extraArguments = [], onRead = () => {}) {
  const outputs = new Map();
  const { error, stderr } = await asc.main(
    [
      ...[entry, '--config', config, '--baseDir', ROOT, '--outFile', `${name}.wasm`, '--lib', KERNEL_LIBRARY],
      ...extraArguments,
    ],
    {
      readFile: (file, base) => {
        const absolute = path.resolve(base, file);
        onRead(absolute);
        try {
          return read(path.relative(ROOT, absolute), entry);
        } catch {
          return null;
        }
      },
      writeFile: (file, contents) => {
        outputs.set(file, contents);
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${entry}: ${error.message}\n${messagesOf(stderr)}`);
  return {
    wasm: outputs.get(`${name}.wasm`),
    sourceMap: outputs.get(`${name}.wasm.map`),
    warnings: messagesOf(stderr),
  };
}
