// Parameter expansion: $NAME, ${NAME}, ${#NAME}, and ${NAME OPERATOR WORD} with - = ? + % %% # ## and their forms with a colon.

import { Bytes } from '../../posix/index';
import {
  expandInto,
  expandPattern,
  failExpansion,
  isSpecialParameter,
  plainText,
  pushExpanded,
  pushPositional,
} from './expansion';
import { isName, isNameByte } from './parser';
import { Flagged, QUOTED, SPLIT, matches } from './pattern';
import { NOTHING, getParameter, numberBytes, positional, setVariable, unsetIsError } from './state';

const MINUS: i32 = 0x2d;
const EQUALS: i32 = 0x3d;
const QUESTION: i32 = 0x3f;
const PLUS: i32 = 0x2b;
const PERCENT: i32 = 0x25;
const HASH: i32 = 0x23;

/** Bytes of the parameter's name at the beginning of the text; 0: there is none. */
function nameLength(text: Bytes): i32 {
  if (text.length == 0) return 0;
  let length = 0;
  const isDigit = text[0] >= 0x30 && text[0] <= 0x39;
  if (isDigit) while (length < text.length && text[length] >= 0x30 && text[length] <= 0x39) length++;
  else if (isNameByte(text[0], false)) while (length < text.length && isNameByte(text[length], true)) length++;
  else if (isSpecialParameter(text[0])) length = 1;
  return length;
}

function isList(name: Bytes): bool {
  return name.length == 1 && (name[0] == 0x40 || name[0] == 0x2a);
}

/** Value of any parameter; the lists joined by blanks. */
function valueOf(name: Bytes): Bytes | null {
  if (!isList(name)) return getParameter(name);
  if (positional.length == 0) return null;
  const joined = new Flagged();
  pushPositional(joined, name[0] == 0x2a, true);
  return plainText(joined);
}

/** Appends what stands between the braces, or the name behind a dollar, means. */
export function expandParameter(text: Bytes, out: Flagged, inQuotes: bool): void {
  if (text.length > 1 && text[0] == HASH && nameLength(text.slice(1)) == text.length - 1) {
    const value = valueOf(text.slice(1));
    if (value === null) refuseUnset(text.slice(1));
    pushExpanded(out, numberBytes(value === null ? 0 : value.length), inQuotes);
    return;
  }
  const length = nameLength(text);
  const name = text.slice(0, length);
  if (length == 0) {
    failExpansion(Bytes.of('Bad substitution'));
    return;
  }
  if (length == text.length) {
    if (isList(name)) {
      pushPositional(out, name[0] == 0x2a, inQuotes);
      return;
    }
    const value = valueOf(name);
    if (value === null) refuseUnset(name);
    else pushExpanded(out, value, inQuotes);
    return;
  }
  const first = <i32>text[length];
  const colon = first == 0x3a;
  const operator = colon ? (length + 1 < text.length ? <i32>text[length + 1] : 0) : first;
  const word = text.slice(length + (colon ? 2 : 1));
  const value = valueOf(name);
  if (!colon && (operator == PERCENT || operator == HASH)) {
    if (value === null) refuseUnset(name);
    else pushExpanded(out, removePattern(value, operator, word), inQuotes);
    return;
  }
  alternative(name, value, colon, operator, word, out, inQuotes);
}

function refuseUnset(name: Bytes): void {
  if (unsetIsError && !isList(name)) failExpansion(Bytes.of(`${name}: parameter not set`));
}

/** The operators - = ? +. */
function alternative(
  name: Bytes,
  value: Bytes | null,
  colon: bool,
  operator: i32,
  word: Bytes,
  out: Flagged,
  inQuotes: bool,
): void {
  const missing = value === null || (colon && value.length == 0);
  const literal = inQuotes ? QUOTED : SPLIT;
  if (operator == PLUS) {
    if (!missing) expandInto(word, out, literal);
    return;
  }
  if (!missing) {
    if (isList(name)) pushPositional(out, name[0] == 0x2a, inQuotes);
    else if (value !== null) pushExpanded(out, value, inQuotes);
    return;
  }
  if (operator == MINUS) {
    expandInto(word, out, literal);
  } else if (operator == EQUALS) {
    if (!isName(name)) {
      failExpansion(Bytes.of(`${name}: bad variable name`));
      return;
    }
    const expanded = new Flagged();
    expandInto(word, expanded, literal);
    const assigned = plainText(expanded);
    setVariable(name, assigned);
    pushExpanded(out, assigned, inQuotes);
  } else if (operator == QUESTION) {
    const message = new Flagged();
    expandInto(word, message, literal);
    const told = plainText(message);
    failExpansion(Bytes.of(`${name}: ${told.length > 0 ? told.toString() : 'parameter not set or null'}`));
  } else {
    failExpansion(Bytes.of('Bad substitution'));
  }
}

/** Takes the shortest (or, the operator doubled, longest) end or beginning off that a pattern matches. */
function removePattern(value: Bytes, operator: i32, text: Bytes): Bytes {
  const longest = text.length > 0 && <i32>text[0] == operator;
  const pattern = expandPattern(longest ? text.slice(1) : text);
  const end = pattern.length;
  const last = value.length;
  for (let i = 0; i <= last; i++) {
    // Lengths of the part that goes, from the shortest or from the longest on.
    const length = longest ? last - i : i;
    const cut = operator == HASH ? length : last - length;
    const part = operator == HASH ? value.slice(0, cut) : value.slice(cut);
    if (matches(pattern, 0, end, part)) return operator == HASH ? value.slice(cut) : value.slice(0, cut);
  }
  return value.length == 0 ? NOTHING : value;
}
