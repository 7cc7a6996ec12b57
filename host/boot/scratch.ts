// A folder for what a command makes on its way: it goes when the command does.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let folder: string | undefined;

export function scratchFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(path.join(os.tmpdir(), 'manycore-'));
    process.on('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}
