// Finds the scripts of a converted test suite and runs them, one line each.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runScript, type ScriptOutcome } from './run-script.ts';
import { parseScript } from './script.ts';
import type { SuiteEngine } from './suite-engine.ts';

export interface ScriptReport extends ScriptOutcome {
  /** The script's path below the directory, without `.json`. */
  name: string;
}

/** Paths of all `*.json` in a directory and below it, sorted. Throws when the directory cannot be read. */
export function findScripts(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => path.join(directory, name));
}

/** Runs one script file on a fresh engine. A script that cannot even be read counts as one failure. */
export function runScriptFile<I>(file: string, directory: string, createEngine: () => SuiteEngine<I>): ScriptReport {
  const name = path
    .relative(directory, file)
    .replace(/\.json$/, '')
    .replaceAll(path.sep, '/');
  const folder = path.dirname(file);
  try {
    const script = parseScript(readFileSync(file, 'utf8'), file);
    const readModule = (filename: string) => new Uint8Array(readFileSync(path.join(folder, filename)));
    return { name, ...runScript(script, readModule, createEngine()) };
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, passed: 0, failed: 1, skipped: 0, failures: [{ line: 0, message }] };
  }
}
