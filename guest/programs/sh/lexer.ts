// Cuts a script into tokens: words as they stand in the source, operators, newlines. Finds the end of quotes and expansions, which may be nested.

import { ByteBuffer, Bytes } from '../../posix/index';
import { Redirection } from './syntax';

export const END: i32 = 0;
export const WORD: i32 = 1;
export const NEWLINE: i32 = 2;
/** A number directly in front of a redirection operator. */
export const IO_NUMBER: i32 = 3;
// Operators are their characters, from the lowest byte up.
export const SEMICOLON: i32 = 0x3b;
export const AMPERSAND: i32 = 0x26;
export const BAR: i32 = 0x7c;
export const OPEN: i32 = 0x28;
export const CLOSE: i32 = 0x29;
export const LESS: i32 = 0x3c;
export const GREATER: i32 = 0x3e;
export const DOUBLE_SEMICOLON: i32 = 0x3b3b;
export const AND_IF: i32 = 0x2626;
export const OR_IF: i32 = 0x7c7c;
export const DOUBLE_GREATER: i32 = 0x3e3e;
export const DOUBLE_LESS: i32 = 0x3c3c;
export const DOUBLE_LESS_DASH: i32 = 0x2d3c3c;
export const LESS_AND: i32 = 0x263c;
export const GREATER_AND: i32 = 0x263e;
export const LESS_GREATER: i32 = 0x3e3c;
export const CLOBBER: i32 = 0x7c3e;

function isOperatorByte(byte: i32): bool {
  return byte == 0x3b || byte == 0x26 || byte == 0x7c || byte == 0x28 || byte == 0x29 || byte == 0x3c || byte == 0x3e;
}

/** Place behind the quotes or expansion that begins at `at`, or behind one byte; -1 where its end is missing. */
export function skipQuoted(text: Bytes, at: i32): i32 {
  const byte = text[at];
  if (byte == 0x5c) return at + 1 < text.length ? at + 2 : -1;
  if (byte == 0x27) {
    const end = text.indexOf(0x27, at + 1);
    return end < 0 ? -1 : end + 1;
  }
  if (byte == 0x22) return skipUntil(text, at + 1, 0x22, true);
  if (byte == 0x60) {
    for (let i = at + 1; i < text.length; i++) {
      if (text[i] == 0x5c) i++;
      else if (text[i] == 0x60) return i + 1;
    }
    return -1;
  }
  if (byte == 0x24 && at + 1 < text.length) {
    if (text[at + 1] == 0x7b) return skipUntil(text, at + 2, 0x7d, false);
    if (text[at + 1] == 0x28) return skipParentheses(text, at + 2);
  }
  return at + 1;
}

/** Place behind the first such byte outside of inner quotes and expansions. In double quotes single quotes mean nothing. */
function skipUntil(text: Bytes, from: i32, end: i32, inQuotes: bool): i32 {
  let at = from;
  while (at < text.length) {
    if (<i32>text[at] == end) return at + 1;
    if (inQuotes && text[at] == 0x27) at++;
    else at = skipQuoted(text, at);
    if (at < 0) return -1;
  }
  return -1;
}

/** Place behind the parenthesis that closes a command substitution or an arithmetic expansion. Comments in it are passed over. */
function skipParentheses(text: Bytes, from: i32): i32 {
  let depth = 1;
  let at = from;
  let cases = 0;
  while (at < text.length) {
    const byte = text[at];
    const before = at == from ? 0x20 : <i32>text[at - 1];
    const begins = before <= 0x20 || isOperatorByte(before);
    if (byte == 0x23 && begins) {
      at = text.indexOf(0x0a, at);
      if (at < 0) return -1;
      continue;
    }
    if (begins && text.slice(at).startsWith('case ')) cases++;
    if (begins && cases > 0 && text.slice(at).startsWith('esac')) cases--;
    if (byte == 0x28) depth++;
    // In a case command a parenthesis closes a pattern.
    else if (byte == 0x29 && (cases == 0 || depth > 1) && --depth == 0) return at + 1;
    at = skipQuoted(text, at);
    if (at < 0) return -1;
  }
  return -1;
}

export class Lexer {
  /** The token that is next. */
  kind: i32 = END;
  word: Bytes = new Bytes(0, 0);
  start: i32 = 0;
  /** Where the token before it ended. */
  before: i32 = 0;
  /** Number of the line on which the next token begins. */
  line: i32 = 1;
  /** The source ended in the middle of quotes, of an expansion or of a here-document. */
  unfinished: bool = false;
  private at: i32 = 0;
  /** Here-documents whose contents begin behind the next newline. */
  private pending: Redirection[] = [];
  private stripped: bool[] = [];

  constructor(readonly text: Bytes) {
    this.advance();
  }

  /** Goes on to the next token. */
  advance(): void {
    const text = this.text;
    this.before = this.at;
    this.skipBlanks();
    this.start = this.at;
    if (this.at >= text.length) {
      this.kind = END;
      if (this.pending.length > 0) this.unfinished = true;
      return;
    }
    const byte = <i32>text[this.at];
    if (byte == 0x0a) {
      this.at++;
      this.line++;
      this.kind = NEWLINE;
      if (this.pending.length > 0) this.readHereDocuments();
    } else if (isOperatorByte(byte)) {
      this.kind = this.operator(byte);
    } else {
      this.readWord();
    }
  }

  private skipBlanks(): void {
    const text = this.text;
    while (this.at < text.length) {
      const byte = text[this.at];
      if (byte == 0x20 || byte == 0x09) {
        this.at++;
      } else if (byte == 0x5c && this.at + 1 < text.length && text[this.at + 1] == 0x0a) {
        this.at += 2;
        this.line++;
      } else if (byte == 0x23) {
        const end = text.indexOf(0x0a, this.at);
        this.at = end < 0 ? text.length : end;
      } else {
        return;
      }
    }
  }

  private operator(first: i32): i32 {
    const text = this.text;
    this.at++;
    if (this.at == text.length) return first;
    const second = <i32>text[this.at];
    const both = first | (second << 8);
    const isDouble =
      both == DOUBLE_SEMICOLON ||
      both == AND_IF ||
      both == OR_IF ||
      both == DOUBLE_GREATER ||
      both == DOUBLE_LESS ||
      both == LESS_AND ||
      both == GREATER_AND ||
      both == LESS_GREATER ||
      both == CLOBBER;
    if (!isDouble) return first;
    this.at++;
    if (both == DOUBLE_LESS && this.at < text.length && text[this.at] == 0x2d) {
      this.at++;
      return DOUBLE_LESS_DASH;
    }
    return both;
  }

  private readWord(): void {
    const text = this.text;
    let at = this.at;
    let digits = true;
    while (at < text.length) {
      const byte = <i32>text[at];
      if (byte <= 0x20 && (byte == 0x20 || byte == 0x09 || byte == 0x0a)) break;
      if (isOperatorByte(byte)) break;
      if (byte < 0x30 || byte > 0x39) digits = false;
      at = skipQuoted(text, at);
      if (at < 0) {
        this.unfinished = true;
        at = text.length;
      }
    }
    this.word = text.slice(this.at, at);
    for (let i = this.at; i < at; i++) if (text[i] == 0x0a) this.line++;
    this.kind = digits && at < text.length && (text[at] == 0x3c || text[at] == 0x3e) ? IO_NUMBER : WORD;
    this.at = at;
  }

  /** The contents of this here-document follow the next newline. */
  awaitHereDocument(redirection: Redirection, stripTabs: bool): void {
    this.pending.push(redirection);
    this.stripped.push(stripTabs);
  }

  private readHereDocuments(): void {
    for (let i = 0; i < this.pending.length; i++) this.readHereDocument(this.pending[i], this.stripped[i]);
    this.pending = [];
    this.stripped = [];
  }

  private readHereDocument(redirection: Redirection, stripTabs: bool): void {
    const text = this.text;
    const delimiter = withoutQuotes(redirection.word);
    redirection.literal = delimiter.length != redirection.word.length;
    const body = new ByteBuffer();
    while (this.at < text.length) {
      let end = text.indexOf(0x0a, this.at);
      if (end < 0) end = text.length;
      let from = this.at;
      if (stripTabs) while (from < end && text[from] == 0x09) from++;
      this.at = min(end + 1, text.length);
      this.line++;
      if (text.slice(from, end).equals(delimiter)) {
        redirection.body = body.view();
        return;
      }
      body.bytes(text.slice(from, end)).byte(0x0a);
    }
    redirection.body = body.view();
    this.unfinished = true;
  }
}

/** A word without its quotes and backslashes. */
export function withoutQuotes(word: Bytes): Bytes {
  const plain = new ByteBuffer();
  for (let i = 0; i < word.length; i++) {
    const byte = word[i];
    if (byte == 0x5c && i + 1 < word.length) plain.byte(word[++i]);
    else if (byte != 0x27 && byte != 0x22) plain.byte(byte);
  }
  return plain.view();
}
