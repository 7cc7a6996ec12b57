// `manycore wast DIRECTORY`: the official test suite, one line per script and emission mode, and a closing count.

import { fileFailure } from '../module-file.ts';
import { findScripts, runScriptFile, type ScriptReport } from '../wast/directory.ts';
import { MachineEngine } from '../wast/machine-engine.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';
import { paint, type Terminal } from './terminal.ts';

export type WastMode = 'fast' | 'checked' | 'both';

/** Failures shown of one script; the count is always complete. */
const SHOWN_FAILURES = 10;

export function runWast(terminal: Terminal, directory: string, options: { mode: WastMode; cores: number }): number {
  const modes = options.mode === 'both' ? (['fast', 'checked'] as const) : ([options.mode] as const);
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const script of scriptsIn(directory)) {
    for (const mode of modes) {
      const report = runScriptFile(script, directory, () => new MachineEngine(mode, options.cores));
      printReport(terminal, report, mode);
      passed += report.passed;
      failed += report.failed;
      skipped += report.skipped;
    }
  }
  const left =
    skipped === 0
      ? ''
      : ` (${skipped} left out: modules that exist only as text, or rules that reference types lifted)`;
  terminal.stdout.write(`${passed} passed, ${failed} failed${left}\n`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

function scriptsIn(directory: string): string[] {
  let scripts: string[];
  try {
    scripts = findScripts(directory);
  } catch (error) {
    throw fileFailure('read', directory, error);
  }
  if (scripts.length === 0) {
    throw new CommandFailure(EXIT.file, `there are no test scripts (*.json) in ${directory}`, {
      hint: 'convert the .wast files of the official suite with wast2json of wabt',
    });
  }
  return scripts;
}

function printReport(terminal: Terminal, report: ScriptReport, mode: string): void {
  const { stdout } = terminal;
  const counts = `${String(report.passed).padStart(5)} passed, ${report.failed} failed`;
  const mark = report.failed === 0 ? paint(terminal, stdout, 'green', 'ok  ') : paint(terminal, stdout, 'red', 'FAIL');
  stdout.write(`${mark} ${report.name.padEnd(32)} ${mode.padEnd(7)} ${counts}\n`);
  for (const failure of report.failures.slice(0, SHOWN_FAILURES)) {
    stdout.write(`       line ${failure.line}: ${failure.message}\n`);
  }
  const hidden = report.failures.length - SHOWN_FAILURES;
  if (hidden > 0) stdout.write(`       and ${hidden} more\n`);
}
