// Runs a command line in this process, on streams that remember.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommandLine } from '../../host/cli/command-line.ts';
import { assemble } from './assemble.ts';

export interface CliOutcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export async function runCli(...argv: string[]): Promise<CliOutcome> {
  const outcome: CliOutcome = { exitCode: -1, stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      outcome[name] += text;
    },
  });
  const terminal = { stdout: collect('stdout'), stderr: collect('stderr'), env: {} };
  outcome.exitCode = await runCommandLine(argv, { terminal });
  return outcome;
}

/** A file in a folder of its own. Text is assembled unless the name says that it is text. */
export async function temporaryModule(contents: string | Uint8Array, name = 'guest.wasm'): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-'));
  const file = path.join(folder, name);
  const binary = typeof contents === 'string' && name.endsWith('.wasm');
  writeFileSync(file, binary ? await assemble(contents) : contents);
  return file;
}
