#!/usr/bin/env node
import { fileFailure } from '../module-file.ts';
// The program `manycore`: the command line on this process's streams.
import { runCommandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';
import { printFailure } from './failure.ts';

const interruption = new AbortController();
// Once: stop and write statistics. Twice: give up at once.
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT.interrupted);
  interruption.abort();
});
// A reader that closes early (`manycore ... | head`) is no error; a disk that is full is one.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  const failure = fileFailure('write', 'to stdout', error);
  printFailure({ stdout: process.stdout, stderr: process.stderr, env: process.env }, failure);
  process.exit(failure.exitCode);
});
// Nobody is left to tell.
process.stderr.on('error', () => process.exit(EXIT.file));

const { stdin, stdout, stderr, env } = process;
process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: { stdin, stdout, stderr, env },
  signal: interruption.signal,
});
