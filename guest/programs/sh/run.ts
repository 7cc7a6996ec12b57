// Runs the text of a script command by command, so that what stands before a syntax error is done.

import { ByteBuffer, Bytes, O_CLOEXEC, O_RDONLY, close, openPath, quit, readAll } from '../../posix/index';
import { RUNNING, execute, flow } from './execute';
import { interrupted } from './jobs';
import { report } from './messages';
import { Parser } from './parser';
import { interactive, lastStatus, setLine, setStatus } from './state';

/** Returns the status of the last command. A syntax error ends a shell to which nobody types. */
export function runText(text: Bytes): i32 {
  const parser = new Parser(text);
  let status = 0;
  while (true) {
    const command = parser.next();
    if (command === null) break;
    status = execute(command);
    if (flow != RUNNING || interrupted) return lastStatus;
  }
  const error = parser.error;
  if (error === null) return status;
  setLine(parser.line);
  report(Bytes.of('Syntax error: ' + error.toString()));
  setStatus(2);
  if (!interactive) quit(2);
  return 2;
}

/** Runs the commands of a file; returns their status, or an error number negated. */
export function runFile(path: Bytes): i32 {
  const fd = openPath(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fd;
  const contents = new ByteBuffer();
  const error = readAll(fd, contents);
  close(fd);
  return error < 0 ? error : runText(contents.view());
}
