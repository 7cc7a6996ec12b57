// A guest module on disk: binary, or text that wabt assembles.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { EXIT } from './cli/exit-codes.ts';
import { CommandFailure } from './cli/failure.ts';

/** The features that the machine's ISA has, by wabt's names. */
export const WABT_FEATURES = {
  sign_extension: true,
  sat_float_to_int: true,
  bulk_memory: true,
  multi_value: true,
  mutable_globals: true,
  reference_types: true,
  threads: true,
};

/** The module's bytes. Throws a CommandFailure when the file cannot be read or its text cannot be assembled. */
export async function readModuleFile(file: string): Promise<Uint8Array> {
  const bytes = readHostFile(file);
  // Text begins with a parenthesis, a comment or space; the binary format begins with a zero byte.
  if (!/\.wa[ts]t?$/i.test(file) || bytes[0] === 0) return bytes;
  return assemble(file, Buffer.from(bytes).toString('utf8'));
}

export function readHostFile(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw fileFailure('read', file, error);
  }
}

/** Throws a CommandFailure for a file that cannot be written: before a long run, not after it. */
export function expectWritable(file: string): void {
  try {
    if (!existsSync(file)) return accessSync(`${path.dirname(file)}${path.sep}`, constants.W_OK);
    if (statSync(file).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    accessSync(file, constants.W_OK);
  } catch (error) {
    throw fileFailure('write', file, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  ENOTDIR: 'what should be a directory is none',
  EEXIST: 'a file of that name is there',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
};

/** `verb` is what cannot be done with the file: read, write, mount. */
export function fileFailure(verb: string, file: string, error: unknown): CommandFailure {
  const { code = '' } = error as NodeJS.ErrnoException;
  const noFolder = verb === 'write' && code === 'ENOENT';
  const reason = noFolder ? `there is no directory ${path.dirname(file)}` : (REASONS[code] ?? String(error));
  return new CommandFailure(EXIT.file, `cannot ${verb} ${file}: ${reason}`);
}

/** Throws a CommandFailure when the text is no module; `file` is what it is called there. */
export async function assemble(file: string, text: string): Promise<Uint8Array> {
  const wabt = await (await import('wabt')).default();
  try {
    const module = wabt.parseWat(file, text, WABT_FEATURES);
    const { buffer } = module.toBinary({ write_debug_names: true });
    module.destroy();
    return buffer;
  } catch (error) {
    throw new CommandFailure(EXIT.malformed, `${file} cannot be assembled`, {
      where: String((error as Error).message)
        .trim()
        .split('\n')
        .slice(1),
    });
  }
}
