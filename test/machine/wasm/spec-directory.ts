// The modules of the official test suite, from the directory that WASM_SPEC_DIR names. The suite is not part of this repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface SpecModule {
  /** Script and line. */
  readonly name: string;
  /** What the suite says about it: `module`, `assert_invalid` and so on. */
  readonly type: string;
  /** The reference interpreter's words for a refusal. */
  readonly text: string;
  readonly bytes: Uint8Array;
}

interface Command {
  type: string;
  line: number;
  text?: string;
  filename?: string;
  module_type?: string;
}

export const SPEC_DIRECTORY = process.env.WASM_SPEC_DIR ?? '';

/** All binary modules of the suite, none when WASM_SPEC_DIR is unset. */
export function specModules(): SpecModule[] {
  if (SPEC_DIRECTORY === '') return [];
  return ['core', 'threads'].flatMap((part) => {
    const directory = path.join(SPEC_DIRECTORY, part);
    if (!existsSync(directory)) return [];
    const scripts = readdirSync(directory).filter((file) => file.endsWith('.json'));
    return scripts.sort().flatMap((script) => readScript(directory, `${part}/${script}`));
  });
}

function readScript(directory: string, name: string): SpecModule[] {
  const { commands } = JSON.parse(readFileSync(path.join(directory, path.basename(name)), 'utf8')) as {
    commands: Command[];
  };
  return commands.flatMap(({ type, line, text = '', filename, module_type }) => {
    if (filename === undefined || module_type === 'text') return [];
    return [
      { name: `${name}:${line}`, type, text, bytes: new Uint8Array(readFileSync(path.join(directory, filename))) },
    ];
  });
}
