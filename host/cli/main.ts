#!/usr/bin/env node
// The program `manycore`: the command line on this process's streams.
import { runCommandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';

const interruption = new AbortController();
// Once: stop and write statistics. Twice: give up at once.
process.on('SIGINT', () => {
  if (interruption.signal.aborted) process.exit(EXIT.interrupted);
  interruption.abort();
});
// A reader that closes early (`manycore ... | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const { stdin, stdout, stderr, env } = process;
process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: { stdin, stdout, stderr, env },
  signal: interruption.signal,
});
