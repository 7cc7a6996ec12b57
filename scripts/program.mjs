// Compiles user programs: what exports `main(): i32` and imports the layer of guest/posix. Used by the build for guest/programs, and for files
// outside the repository, which import the layer as 'posix'.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';
import { messagesOf } from './compiler-messages.mjs';

/** Name of the module by which programs outside the repository import the layer, and the prefix under which asc knows it. */
const LAYER = 'posix';
const LAYER_PREFIX = `~lib/${LAYER}/`;

/**
 * Compiles `entry` (a path relative to `baseDir`) and returns the module's bytes, its source map and the compiler's warnings.
 *
 * The module's own `main` calls the one of the file and writes what is left in the buffers of `out` and `err`. So the entry that asc sees is a
 * source made here, which stands beside the file.
 *
 * options: path of asconfig.json with the settings. layer: where the file finds the layer, as the specifier of an import; 'posix' means the
 * sources in the folder `layerFolder`, wherever that is. Throws with the compiler's messages, which name the file's own lines.
 */
export async function compileProgram(entry, { baseDir, options, layer = LAYER, layerFolder, onRead = () => {} }) {
  const name = path.basename(entry, '.ts');
  const start = path.posix.join(path.posix.dirname(entry.replaceAll(path.sep, '/')), `${name}.start.ts`);
  const startSource = `import { main as program } from './${name}';
import { finish } from '${layer}';
export function main(): i32 {
  return finish(program());
}
`;
  const outputs = new Map();
  const readFile = (file, base) => {
    const absolute = path.resolve(base, file);
    onRead(absolute);
    if (absolute === path.resolve(baseDir, start)) return startSource;
    const portable = absolute.replaceAll(path.sep, '/');
    const at = portable.lastIndexOf(LAYER_PREFIX);
    try {
      if (at < 0 || !layerFolder) return readFileSync(absolute, 'utf8');
      return readFileSync(path.join(layerFolder, portable.slice(at + LAYER_PREFIX.length)), 'utf8');
    } catch {
      return null;
    }
  };
  // A library folder makes asc look for '~lib/posix/...' there; what is below it is read from `layerFolder`.
  const library = layerFolder ? ['--lib', '~lib', '--runtime', `${LAYER_PREFIX}runtime`] : [];
  const { error, stderr } = await asc.main(
    [start, '--config', options, '--baseDir', baseDir, '--outFile', `${name}.wasm`, ...library],
    { readFile, writeFile: (file, contents) => outputs.set(file, contents), listFiles: () => [] },
  );
  if (error) throw new Error(`${entry}: ${error.message}\n${messagesOf(stderr)}`);
  return {
    wasm: outputs.get(`${name}.wasm`),
    sourceMap: outputs.get(`${name}.wasm.map`),
    warnings: messagesOf(stderr),
  };
}
