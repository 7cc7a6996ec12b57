// trap: a command that runs when the shell exits; signals that it ignores. And the shell's end.

import { Bytes, SIG_DFL, SIG_IGN, quit, signal } from '../../posix/index';
import { signalNumber } from './kill';
import { report } from './messages';
import { runText } from './run';
import { setStatus } from './state';

let exitCommand: Bytes | null = null;

/** Ends the shell, after the command that waits for it. */
export function exitShell(status: i32): void {
  const command = exitCommand;
  exitCommand = null;
  if (command !== null) {
    setStatus(status);
    runText(command);
  }
  quit(status);
}

/** trap [COMMAND | - | ''] SIGNAL...: a command only for EXIT; '' ignores a signal, "-" lets it be. */
export function setTrap(operands: Bytes[]): i32 {
  if (operands.length < 2) return 0;
  const action = operands[0];
  const isDefault = action.is('-');
  for (let i = 1; i < operands.length; i++) {
    const number = signalNumber(operands[i]);
    if (number < 0) {
      report(Bytes.of(`trap: ${operands[i]}: bad trap`));
      return 1;
    }
    if (number == 0) {
      exitCommand = isDefault ? null : action;
    } else if (isDefault || action.length == 0) {
      signal(number, isDefault ? SIG_DFL : SIG_IGN);
    } else {
      report(Bytes.of(`trap: ${operands[i]}: only EXIT can run a command`));
      return 1;
    }
  }
  return 0;
}
