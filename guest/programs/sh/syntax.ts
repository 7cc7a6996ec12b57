// What the parser makes of a script: a tree of commands. Words stay as they stand in the source, with their quotes: they are expanded when the
// command runs. Grammar and terms are those of POSIX, Shell Command Language, section 2.10.

import { Bytes } from '../../posix/index';

export const SIMPLE: i32 = 1;
export const PIPELINE: i32 = 2;
/** left && right, left || right. */
export const AND: i32 = 3;
export const OR: i32 = 4;
/** Commands one after the other; `background` says which are not waited for. */
export const LIST: i32 = 5;
/** ( list ) and { list; }. */
export const SUBSHELL: i32 = 6;
export const GROUP: i32 = 7;
export const IF: i32 = 8;
export const WHILE: i32 = 9;
export const UNTIL: i32 = 10;
export const FOR: i32 = 11;
export const CASE: i32 = 12;
export const FUNCTION: i32 = 13;

export const INPUT: i32 = 1;
export const OUTPUT: i32 = 2;
export const APPEND: i32 = 3;
/** <& and >&: the word is a descriptor's number or "-". */
export const DUPLICATE: i32 = 4;
export const READ_WRITE: i32 = 5;
export const HERE_DOCUMENT: i32 = 6;

export class Redirection {
  /** Contents of a here-document. */
  body: Bytes = new Bytes(0, 0);
  /** Some of a here-document's delimiter was quoted: its contents are not expanded. */
  literal: bool = false;

  constructor(
    readonly kind: i32,
    readonly fd: i32,
    readonly word: Bytes,
  ) {}
}

/** One branch of a case command. */
export class CaseItem {
  patterns: Bytes[] = [];
  body: Command | null = null;
}

export class Command {
  redirections: Redirection[] = [];
  /** SIMPLE: NAME=VALUE words in front; FOR: the words behind `in`. */
  assignments: Bytes[] = [];
  words: Bytes[] = [];
  /** PIPELINE: its stages; LIST: its commands. */
  parts: Command[] = [];
  /** LIST: for each of its commands, whether it runs in the background. */
  background: bool[] = [];
  /** PIPELINE: a "!" is in front. FOR: there is no `in`. */
  flag: bool = false;
  /** AND, OR: both sides. SUBSHELL, GROUP, FUNCTION: the body is `left`. IF, WHILE, UNTIL: condition `left`, body `right`; FOR: `right`. */
  left: Command | null = null;
  right: Command | null = null;
  /** IF: what follows else, or another IF for elif. */
  otherwise: Command | null = null;
  items: CaseItem[] = [];
  /** FOR, FUNCTION: the name. CASE: the word. */
  name: Bytes = new Bytes(0, 0);
  /** The command as it stands in the source, without the redirections behind a compound command. */
  source: Bytes = new Bytes(0, 0);

  constructor(
    readonly kind: i32,
    readonly line: i32,
  ) {}
}
