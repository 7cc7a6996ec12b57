// kill [-SIGNAL] PROCESS..., kill -l: sends a signal, by number or by name; TERM if none is said. A negative number is a group.

import { ByteBuffer, Bytes, NOT_A_NUMBER, complain, complainOf, kill, parseNumber } from '../../posix/index';

/** Names by number; empty: there is no such signal here. */
const NAMES = [
  'EXIT',
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  '',
  'ABRT',
  '',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  '',
  'CHLD',
  'CONT',
  'STOP',
];

/** Number of a signal by its name (with or without SIG) or number; -1: there is none. */
export function signalNumber(word: Bytes): i32 {
  const number = parseNumber(word);
  if (number != NOT_A_NUMBER) return number >= 0 && number < 32 ? <i32>number : -1;
  const name = word.startsWith('SIG') ? word.slice(3) : word;
  for (let i = 0; i < NAMES.length; i++) if (NAMES[i].length > 0 && name.is(NAMES[i])) return i;
  return -1;
}

/** argv[0] is the command itself. */
export function killProcesses(argv: Bytes[], output: ByteBuffer): i32 {
  let signal = 15;
  let first = 1;
  if (argv.length > 1 && argv[1].is('-l')) {
    for (let i = 1; i < NAMES.length; i++) if (NAMES[i].length > 0) output.text(NAMES[i]).byte(0x0a);
    return 0;
  }
  if (argv.length > 1 && argv[1].length > 1 && argv[1][0] == 0x2d && !argv[1].is('--')) {
    const isLong = argv[1].is('-s') && argv.length > 2;
    const word = isLong ? argv[2] : argv[1].slice(1);
    first = isLong ? 3 : 2;
    signal = signalNumber(word);
    if (signal < 0) return complain(`invalid signal: ${word}`);
  }
  if (first < argv.length && argv[first].is('--')) first++;
  if (first >= argv.length) return complain('usage: kill [-s SIGNAL | -SIGNAL] PROCESS...');
  let status = 0;
  for (let i = first; i < argv.length; i++) {
    const pid = parseNumber(argv[i]);
    if (pid == NOT_A_NUMBER) {
      status = complain(`illegal process number: ${argv[i]}`);
      continue;
    }
    const error = kill(<i32>pid, signal);
    if (error < 0) status = complainOf(argv[i], error);
  }
  return status;
}
