// An outcome that ends a command: one message that says what, where and what to do, and the exit status for it.
import type { Terminal } from './terminal.ts';
import { paint } from './terminal.ts';

export interface FailureDetails {
  /** Where it happened, innermost first: `at divide (fault.ts:12)`. */
  where?: string[];
  /** What the user can do about it. */
  hint?: string;
}

export class CommandFailure extends Error {
  readonly exitCode: number;
  readonly details: FailureDetails;

  constructor(exitCode: number, message: string, details: FailureDetails = {}) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.details = details;
  }
}

/** Writes the message to `stderr`. */
export function printFailure(terminal: Terminal, failure: CommandFailure): void {
  const { stderr } = terminal;
  stderr.write(`${paint(terminal, stderr, ['bold', 'red'], 'error:')} ${failure.message}\n`);
  for (const line of failure.details.where ?? []) stderr.write(`  ${line}\n`);
  if (failure.details.hint !== undefined) {
    stderr.write(`${paint(terminal, stderr, 'cyan', 'help:')} ${failure.details.hint}\n`);
  }
}
