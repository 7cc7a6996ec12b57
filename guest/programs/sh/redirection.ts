// Redirections: what the descriptors of a command stand for. The shell's own descriptors never move: commands get a table (state.ts,
// `descriptors`), which a redirection changes for as long as the command runs.

import {
  Bytes,
  NOT_A_NUMBER,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  PIPE_BUF,
  Pipe,
  SEEK_SET,
  close,
  dup2,
  errorText,
  getpid,
  lseek,
  openPath,
  parseNumber,
  unlink,
  writeAll,
  release,
  releaseArray,
} from '../../posix/index';
import { expandHereDocument, expandText } from './expansion';
import { report } from './messages';
import { descriptors, setDescriptors } from './state';
import * as syntax from './syntax';
import { Redirection } from './syntax';

const FIRST_SPARE: i32 = 200;

/** Redirections that are in force; `leave` ends them. */
export class Redirected {
  private outer: i32[] = descriptors;
  private opened: i32[] = [];

  /** Puts redirections in force, in their order; false after a message where one is impossible. */
  enter(list: Redirection[]): bool {
    if (list.length == 0) return true;
    const table = this.outer.slice(0);
    for (let i = 0; i < list.length; i++) if (!this.apply(list[i], table)) return false;
    setDescriptors(table);
    return true;
  }

  /** The object is used up then. */
  leave(): void {
    const table = descriptors;
    setDescriptors(this.outer);
    for (let i = 0; i < this.opened.length; i++) close(this.opened[i]);
    if (table != this.outer) releaseArray(table);
    releaseArray(this.opened);
    release(this);
  }

  private apply(redirection: Redirection, table: i32[]): bool {
    while (table.length <= redirection.fd) table.push(-1);
    if (redirection.kind == syntax.HERE_DOCUMENT) return this.hereDocument(redirection, table);
    const word = expandText(redirection.word);
    if (redirection.kind == syntax.DUPLICATE) return duplicate(redirection.fd, word, table);
    const fd = openPath(word, flagsOf(redirection.kind));
    if (fd < 0) {
      const creates = redirection.kind == syntax.OUTPUT || redirection.kind == syntax.APPEND;
      const action = creates ? 'cannot create ' : 'cannot open ';
      report(Bytes.of(action + word.toString() + ': ' + reason(fd, creates)));
      return false;
    }
    this.opened.push(fd);
    table[redirection.fd] = fd;
    return true;
  }

  /** The contents go into a pipe where they fit, else into a file without a name. */
  private hereDocument(redirection: Redirection, table: i32[]): bool {
    const body = redirection.literal ? redirection.body : expandHereDocument(redirection.body);
    let fd: i32;
    if (body.length <= PIPE_BUF) {
      const pipe = new Pipe();
      fd = pipe.from;
      if (fd >= 0) {
        writeAll(pipe.to, body.start, body.length);
        close(pipe.to);
      }
    } else {
      const path = Bytes.of(`/tmp/sh-${getpid()}`);
      fd = openPath(path, O_RDWR | O_CREAT | O_TRUNC, 0o600);
      if (fd >= 0) {
        unlink(path.start, path.length);
        writeAll(fd, body.start, body.length);
        lseek(fd, 0, SEEK_SET);
      }
    }
    if (fd < 0) {
      report(Bytes.of('here-document: ' + errorText(fd)));
      return false;
    }
    this.opened.push(fd);
    table[redirection.fd] = fd;
    return true;
  }
}

/** dash's words for the errors that are frequent. */
function reason(error: i32, creates: bool): string {
  if (error == -2) return creates ? 'Directory nonexistent' : 'No such file';
  return errorText(error);
}

function flagsOf(kind: i32): i32 {
  if (kind == syntax.INPUT) return O_RDONLY;
  if (kind == syntax.READ_WRITE) return O_RDWR | O_CREAT;
  return O_WRONLY | O_CREAT | (kind == syntax.APPEND ? O_APPEND : O_TRUNC);
}

function duplicate(fd: i32, word: Bytes, table: i32[]): bool {
  if (word.is('-')) {
    table[fd] = -1;
    return true;
  }
  const from = parseNumber(word);
  if (from == NOT_A_NUMBER || from < 0 || from >= table.length || table[<i32>from] < 0) {
    report(Bytes.of(word.toString() + ': Bad file descriptor'));
    return false;
  }
  table[fd] = table[<i32>from];
  return true;
}

/** Makes the shell's own descriptors what its commands' are: for `exec`. */
export function placeDescriptors(): void {
  const table = descriptors;
  // Out of the way first what another one's place is to be.
  const kept = new Array<i32>(table.length);
  for (let fd = 0; fd < table.length; fd++) {
    kept[fd] = table[fd];
    if (table[fd] >= 0 && table[fd] != fd) kept[fd] = dup2(table[fd], FIRST_SPARE + fd);
  }
  for (let fd = 0; fd < table.length; fd++) {
    if (kept[fd] < 0) close(fd);
    else if (kept[fd] != fd) dup2(kept[fd], fd);
  }
  for (let fd = 0; fd < table.length; fd++) if (kept[fd] >= FIRST_SPARE) close(kept[fd]);
}
