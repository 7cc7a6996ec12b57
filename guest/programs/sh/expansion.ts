// Word expansion, POSIX section 2.6: tilde, parameters, command substitution, arithmetic; then field splitting, pathnames, quote removal.
//
// A word becomes text with a flag for each byte (pattern.ts), which tells later steps what was quoted and what came from an expansion.

import { ByteBuffer, Bytes } from '../../posix/index';
import { arithmeticError, evaluate } from './arithmetic';
import { skipQuoted } from './lexer';
import { expandParameter } from './parameters';
import { isNameByte } from './parser';
import { BREAK, Flagged, PRESENT, QUOTED, SPLIT, expandPath, hasPattern } from './pattern';
import { NOTHING, fieldSeparators, getVariable, noGlob, numberBytes, positional } from './state';
import { substitute } from './substitution';

/** Why the last expansion has failed; null: it has not. */
export let expansionError: Bytes | null = null;
/** "$@" was expanded and there are no parameters: quotes with nothing else in them are no field. */
let emptyList: bool = false;

export function failExpansion(message: Bytes): void {
  if (expansionError === null) expansionError = message;
}

/** Takes the reason of a failure, so that the next expansion begins without one. */
export function takeExpansionError(): Bytes | null {
  const error = expansionError;
  expansionError = null;
  return error;
}

/** Expands text. `literal`: flag of bytes that stand there as they are; QUOTED: this is within double quotes. */
export function expandInto(text: Bytes, out: Flagged, literal: i32, hereDocument: bool = false): void {
  const inQuotes = literal == QUOTED;
  let at = 0;
  while (at < text.length) {
    const byte = <i32>text[at];
    if (byte == 0x5c) {
      at = expandBackslash(text, at, out, inQuotes, hereDocument);
    } else if (byte == 0x27 && !inQuotes) {
      const end = skipQuoted(text, at);
      out.pushAll(text.slice(at + 1, end - 1), QUOTED);
      out.push(0, PRESENT);
      at = end;
    } else if (byte == 0x22 && !hereDocument) {
      const end = skipQuoted(text, at);
      const before = out.length;
      emptyList = false;
      expandInto(text.slice(at + 1, end - 1), out, QUOTED);
      if (out.length > before || !emptyList) out.push(0, PRESENT);
      at = end;
    } else if (byte == 0x60) {
      const end = skipQuoted(text, at);
      pushExpanded(out, substitute(withoutBackslashes(text.slice(at + 1, end - 1), inQuotes)), inQuotes);
      at = end;
    } else if (byte == 0x24) {
      at = expandDollar(text, at, out, literal);
    } else {
      out.push(byte, literal);
      at++;
    }
  }
}

function expandBackslash(text: Bytes, at: i32, out: Flagged, inQuotes: bool, hereDocument: bool): i32 {
  if (at + 1 == text.length) {
    out.push(0x5c, QUOTED);
    return at + 1;
  }
  const next = <i32>text[at + 1];
  const means = next == 0x24 || next == 0x60 || next == 0x5c || next == 0x0a || (next == 0x22 && !hereDocument);
  if (inQuotes && !means) {
    out.push(0x5c, QUOTED);
    return at + 1;
  }
  if (next != 0x0a) out.push(next, QUOTED);
  return at + 2;
}

/** In backquotes a backslash quotes only itself, $ and ` (and " within double quotes). */
function withoutBackslashes(text: Bytes, inQuotes: bool): Bytes {
  const plain = new ByteBuffer();
  for (let i = 0; i < text.length; i++) {
    if (text[i] == 0x5c && i + 1 < text.length) {
      const next = <i32>text[i + 1];
      if (next == 0x5c || next == 0x24 || next == 0x60 || (next == 0x22 && inQuotes)) i++;
    }
    plain.byte(text[i]);
  }
  return plain.view();
}

/** Appends what an expansion gave. */
export function pushExpanded(out: Flagged, value: Bytes, inQuotes: bool): void {
  out.pushAll(value, inQuotes ? QUOTED : SPLIT);
}

function expandDollar(text: Bytes, at: i32, out: Flagged, literal: i32): i32 {
  const inQuotes = literal == QUOTED;
  const next = at + 1 < text.length ? <i32>text[at + 1] : 0;
  if (next == 0x28) {
    const end = skipQuoted(text, at);
    if (text[at + 2] == 0x28 && end - 2 > at + 2 && text[end - 2] == 0x29) {
      const expression = new Flagged();
      expandInto(text.slice(at + 3, end - 2), expression, QUOTED);
      const value = evaluate(plainText(expression));
      expression.free();
      const error = arithmeticError;
      if (error !== null) failExpansion(Bytes.of(`arithmetic expression: ${error}: "${text.slice(at + 3, end - 2)}"`));
      pushExpanded(out, numberBytes(value), inQuotes);
    } else {
      pushExpanded(out, substitute(text.slice(at + 2, end - 1)), inQuotes);
    }
    return end;
  }
  if (next == 0x7b) {
    const end = skipQuoted(text, at);
    expandParameter(text.slice(at + 2, end - 1), out, inQuotes);
    return end;
  }
  let end = at + 1;
  if (isNameByte(next, false)) while (end < text.length && isNameByte(text[end], true)) end++;
  else if (isSpecialParameter(next)) end++;
  if (end == at + 1) {
    out.push(0x24, literal);
    return end;
  }
  expandParameter(text.slice(at + 1, end), out, inQuotes);
  return end;
}

export function isSpecialParameter(byte: i32): bool {
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return (
    isDigit ||
    byte == 0x40 ||
    byte == 0x2a ||
    byte == 0x23 ||
    byte == 0x3f ||
    byte == 0x24 ||
    byte == 0x21 ||
    byte == 0x2d
  );
}

/** Appends all positional parameters: "$@" keeps them apart, "$*" joins them, outside of quotes both are split further. */
export function pushPositional(out: Flagged, star: bool, inQuotes: bool): void {
  if (inQuotes && positional.length == 0 && !star) emptyList = true;
  const separators = fieldSeparators();
  for (let i = 0; i < positional.length; i++) {
    if (i > 0) {
      if (!star || !inQuotes) out.push(0, BREAK);
      else if (separators.length > 0) out.push(separators[0], QUOTED);
    }
    if (inQuotes && !star) out.push(0, PRESENT);
    pushExpanded(out, positional[i], inQuotes);
  }
}

/** The text of an expansion that is not split: the border between two parameters is a blank. */
export function plainText(from: Flagged): Bytes {
  const text = new ByteBuffer();
  for (let i = 0; i < from.length; i++) {
    const flag = from.flag(i);
    if (flag == BREAK) text.byte(0x20);
    else if (flag != PRESENT) text.byte(from[i]);
  }
  return text.view();
}

/** A word that begins with ~ means the home directory, and so does ~ behind = and : of an assignment. */
function expandTilde(word: Bytes, inAssignment: bool): Bytes {
  if (word.indexOf(0x7e) < 0) return word;
  const home = getVariable(Bytes.of('HOME'));
  if (home === null) return word;
  const out = new ByteBuffer();
  for (let i = 0; i < word.length; i++) {
    const begins = i == 0 || (inAssignment && word[i - 1] == 0x3a);
    const ends = i + 1 == word.length || word[i + 1] == 0x2f || (inAssignment && word[i + 1] == 0x3a);
    if (word[i] == 0x7e && begins && ends) out.byte(0x22).bytes(home).byte(0x22);
    else out.byte(word[i]);
  }
  return out.view();
}

function isPlain(word: Bytes): bool {
  for (let i = 0; i < word.length; i++) {
    const byte = word[i];
    if (byte == 0x24 || byte == 0x60 || byte == 0x5c || byte == 0x27 || byte == 0x22 || byte == 0x7e) return false;
    if (byte == 0x2a || byte == 0x3f || (byte == 0x5b && word.indexOf(0x5d, i) >= 0)) return false;
  }
  return true;
}

/** Expands a word where fields are not split and paths not matched: assignments, redirections, the word of `case`. */
export function expandText(word: Bytes, inAssignment: bool = false): Bytes {
  if (isPlain(word)) return word;
  const out = new Flagged();
  expandInto(expandTilde(word, inAssignment), out, 0);
  const text = plainText(out);
  out.free();
  return text;
}

/** Expands a word that is a pattern. */
export function expandPattern(word: Bytes): Flagged {
  const out = new Flagged();
  expandInto(word, out, 0);
  const pattern = new Flagged();
  for (let i = 0; i < out.length; i++) if (out.flag(i) < BREAK) pattern.push(out[i], out.flag(i));
  return pattern;
}

export function expandHereDocument(body: Bytes): Bytes {
  const out = new Flagged();
  expandInto(body, out, QUOTED, true);
  return plainText(out);
}

/** Expands a word of a command into any number of fields. */
export function expandFields(word: Bytes, into: Bytes[]): void {
  if (isPlain(word)) {
    into.push(word);
    return;
  }
  const out = new Flagged();
  expandInto(expandTilde(word, false), out, 0);
  splitFields(out, into);
  out.free();
}

function splitFields(out: Flagged, into: Bytes[]): void {
  const separators = fieldSeparators();
  const field = new Flagged();
  let present = false;
  /** Blanks have ended a field: a separator that follows belongs to them. */
  let afterBlank = false;
  for (let i = 0; i < out.length; i++) {
    const flag = out.flag(i);
    const byte = out[i];
    if (flag == PRESENT) {
      present = true;
    } else if (flag == BREAK) {
      if (present) addField(field, into);
      field.clear();
      present = false;
    } else if (flag == SPLIT && separators.indexOf(byte) >= 0) {
      const isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0a;
      const ends = isBlank ? present : present || !afterBlank;
      if (ends) addField(field, into);
      field.clear();
      afterBlank = isBlank && (present || afterBlank);
      present = false;
      continue;
    } else {
      field.push(byte, flag & QUOTED);
      present = true;
    }
    afterBlank = false;
  }
  if (present) addField(field, into);
  field.free();
}

function addField(field: Flagged, into: Bytes[]): void {
  if (!noGlob && hasPattern(field, 0, field.length) && expandPath(field, 0, field.length, into) > 0) return;
  into.push(field.length == 0 ? NOTHING : field.text.copy());
}
