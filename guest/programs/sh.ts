// sh [-efuxi] [-c COMMANDS [NAME [ARGUMENT]...] | FILE [ARGUMENT]...]: the shell. The language is that of POSIX's Shell Command Language, as dash
// speaks it, without aliases and getopts, and with `trap` for EXIT only.
//
// It starts processes by spawn alone, never by fork. What only a shell can run beside itself (subshells, and functions, loops and most
// built-in commands as stages of a pipeline) runs in another shell, which gets the state of this one as a script.

import {
  ByteBuffer,
  Bytes,
  ENOENT,
  argumentBytes,
  complain,
  errorText,
  isatty,
  parseNumber,
  readAll,
} from '../posix/index';
import { runInteractive } from './sh/interactive';
import { report } from './sh/messages';
import { runFile, runText } from './sh/run';
import {
  importEnvironment,
  lastStatus,
  setInteractive,
  setOption,
  setPositional,
  setShellName,
  setShellPid,
  setStatus,
} from './sh/state';
import { SUBSHELL_ARGUMENT } from './sh/subshell';
import { exitShell } from './sh/trap';

/** A shell that another one has started: its arguments are in subshell.ts. */
function runSubshell(argv: Bytes[]): void {
  setShellPid(<i32>parseNumber(argv[2]));
  setShellName(argv[4]);
  runText(argv[5]);
  setStatus(<i32>parseNumber(argv[3]));
  runText(argv[6]);
  exitShell(lastStatus);
}

function runScript(argv: Bytes[], at: i32): void {
  setShellName(argv[at]);
  setPositional(argv.slice(at + 1));
  const status = runFile(argv[at]);
  if (status < 0) {
    setShellName(Bytes.of('sh'));
    report(Bytes.of(`cannot open ${argv[at]}: ${status == -ENOENT ? 'No such file' : errorText(status)}`));
    exitShell(2);
  }
  exitShell(lastStatus);
}

function runInput(): void {
  const script = new ByteBuffer();
  readAll(0, script);
  runText(script.view());
  exitShell(lastStatus);
}

export function main(): i32 {
  importEnvironment();
  const argv = argumentBytes();
  if (argv.length == 7 && argv[1].is(SUBSHELL_ARGUMENT)) runSubshell(argv);
  let at = 1;
  let commands = false;
  let asked = false;
  for (; at < argv.length && argv[at].length > 1 && (argv[at][0] == 0x2d || argv[at][0] == 0x2b); at++) {
    if (argv[at].is('--')) {
      at++;
      break;
    }
    for (let i = 1; i < argv[at].length; i++) {
      const letter = argv[at][i];
      if (letter == 0x63) commands = true;
      else if (letter == 0x69) asked = true;
      else if (letter != 0x73 && !setOption(letter, argv[at][0] == 0x2d)) {
        complain(`Illegal option ${argv[at]}`);
        return 2;
      }
    }
  }
  if (commands) {
    if (at == argv.length) {
      complain('-c requires an argument');
      return 2;
    }
    if (at + 1 < argv.length) setShellName(argv[at + 1]);
    setPositional(argv.slice(min(at + 2, argv.length)));
    runText(argv[at]);
    exitShell(lastStatus);
  }
  if (at < argv.length) runScript(argv, at);
  setInteractive(asked || (isatty(0) == 1 && isatty(2) == 1));
  if (asked || (isatty(0) == 1 && isatty(2) == 1)) runInteractive();
  runInput();
  return 0;
}
