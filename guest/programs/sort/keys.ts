// Sort keys: which part of a line is compared and how. POSIX, sort: -k FIELD[.CHARACTER][LETTERS][,FIELD[.CHARACTER][LETTERS]].

import { Bytes, compareBytes } from '../../posix/index';

/** How a part of the line is compared. */
export class Key {
  fromField: i32 = 0;
  fromByte: i32 = 0;
  /** The field that ends the key, counted from 1; 0: the line does. */
  toField: i32 = 0;
  toByte: i32 = 0;
  numeric: bool = false;
  reverse: bool = false;
  fold: bool = false;
  skipBlanks: bool = false;
  skipBlanksAtEnd: bool = false;
  /** Letters of its own were given: the general ones do not hold. */
  own: bool = false;

  /** Takes one of the letters b f n r; false for any other. */
  letter(letter: i32, atEnd: bool): bool {
    if (letter == 0x62) {
      if (atEnd) this.skipBlanksAtEnd = true;
      else this.skipBlanks = true;
    } else if (letter == 0x66) this.fold = true;
    else if (letter == 0x6e) this.numeric = true;
    else if (letter == 0x72) this.reverse = true;
    else return false;
    return true;
  }
}

/** Byte between fields; -1: fields begin with blanks. */
export let separator: i32 = -1;

export function setSeparator(byte: i32): void {
  separator = byte;
}

let text: Bytes = new Bytes(0, 0);
let at: i32 = 0;

function number(): i32 {
  let value = -1;
  for (; at < text.length && text[at] >= 0x30 && text[at] <= 0x39; at++)
    value = min(max(value, 0) * 10 + text[at] - 0x30, 1000000);
  return value;
}

/** Reads the description of a key; null where it is none. */
export function parseKey(description: Bytes): Key | null {
  text = description;
  at = 0;
  const key = new Key();
  key.fromField = number() - 1;
  if (key.fromField < 0) return null;
  if (at < text.length && text[at] == 0x2e) {
    at++;
    key.fromByte = number() - 1;
    if (key.fromByte < 0) return null;
  }
  if (!letters(key, false)) return null;
  if (at == text.length) return key;
  if (text[at++] != 0x2c) return null;
  key.toField = number();
  if (key.toField < 1) return null;
  if (at < text.length && text[at] == 0x2e) {
    at++;
    key.toByte = number();
    if (key.toByte < 0) return null;
  }
  return letters(key, true) && at == text.length ? key : null;
}

function letters(key: Key, atEnd: bool): bool {
  for (; at < text.length && text[at] != 0x2c; at++) {
    if (!key.letter(text[at], atEnd)) return false;
    key.own = true;
  }
  return true;
}

@inline
function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

function skipBlanks(from: usize, end: usize): usize {
  let place = from;
  while (place < end && isBlank(load<u8>(place))) place++;
  return place;
}

/** Place behind `fields` fields; with `past`, behind the separator as well. */
function skipFields(from: usize, end: usize, fields: i32, past: bool): usize {
  let place = from;
  for (let i = 0; i < fields && place < end; i++) {
    if (separator >= 0) {
      while (place < end && <i32>load<u8>(place) != separator) place++;
      if (place < end && (past || i + 1 < fields)) place++;
    } else {
      place = skipBlanks(place, end);
      while (place < end && !isBlank(load<u8>(place))) place++;
    }
  }
  return place;
}

/** The part of a line that a key names: [keyStart, keyEnd). */
export let keyStart: usize = 0;
export let keyEnd: usize = 0;

export function findKey(key: Key, line: usize, length: i32): void {
  const end = line + length;
  let start = skipFields(line, end, key.fromField, true);
  if (key.skipBlanks) start = skipBlanks(start, end);
  keyStart = min(start + key.fromByte, end);
  keyEnd = end;
  if (key.toField == 0) return;
  if (key.toByte == 0) {
    keyEnd = skipFields(line, end, key.toField, false);
  } else {
    let last = skipFields(line, end, key.toField - 1, true);
    if (key.skipBlanksAtEnd) last = skipBlanks(last, end);
    keyEnd = min(last + key.toByte, end);
  }
  if (keyEnd < keyStart) keyEnd = keyStart;
}

function upper(byte: i32): i32 {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}

function compareFolded(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  while (a < aEnd && b < bEnd) {
    const difference = upper(load<u8>(a++)) - upper(load<u8>(b++));
    if (difference != 0) return difference;
  }
  return i32(a < aEnd) - i32(b < bEnd);
}

@inline
function isDigit(at: usize, end: usize): bool {
  return at < end && load<u8>(at) - 0x30 <= 9;
}

/** Order of the magnitudes of two decimal numbers of any length that begin at a and b. */
function compareMagnitudes(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  while (a < aEnd && load<u8>(a) == 0x30) a++;
  while (b < bEnd && load<u8>(b) == 0x30) b++;
  let difference = 0;
  while (isDigit(a, aEnd) && isDigit(b, bEnd)) {
    if (difference == 0) difference = <i32>load<u8>(a) - <i32>load<u8>(b);
    a++;
    b++;
  }
  if (isDigit(a, aEnd)) return 1;
  if (isDigit(b, bEnd)) return -1;
  if (difference != 0) return difference;
  const aPoint = a < aEnd && load<u8>(a) == 0x2e;
  const bPoint = b < bEnd && load<u8>(b) == 0x2e;
  if (aPoint) a++;
  if (bPoint) b++;
  while (true) {
    const x = aPoint && isDigit(a, aEnd) ? <i32>load<u8>(a++) : 0;
    const y = bPoint && isDigit(b, bEnd) ? <i32>load<u8>(b++) : 0;
    if (x == 0 && y == 0) return 0;
    const left = x == 0 ? 0x30 : x;
    const right = y == 0 ? 0x30 : y;
    if (left != right) return left - right;
  }
}

/** Whether the number at an address is 0, or none. */
function isZero(at: usize, end: usize): bool {
  while (at < end && (load<u8>(at) == 0x30 || load<u8>(at) == 0x2e)) at++;
  return !isDigit(at, end);
}

function compareNumbers(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  a = skipBlanks(a, aEnd);
  b = skipBlanks(b, bEnd);
  const aMinus = a < aEnd && load<u8>(a) == 0x2d;
  const bMinus = b < bEnd && load<u8>(b) == 0x2d;
  if (aMinus) a++;
  if (bMinus) b++;
  const aZero = isZero(a, aEnd);
  const bZero = isZero(b, bEnd);
  const aSign = aZero ? 0 : aMinus ? -1 : 1;
  const bSign = bZero ? 0 : bMinus ? -1 : 1;
  if (aSign != bSign) return aSign - bSign;
  if (aSign == 0) return 0;
  return aSign * compareMagnitudes(a, aEnd, b, bEnd);
}

/** Order of two lines by one key. */
export function compareByKey(key: Key, a: usize, aLength: i32, b: usize, bLength: i32): i32 {
  findKey(key, a, aLength);
  const aStart = keyStart;
  const aEnd = keyEnd;
  findKey(key, b, bLength);
  let order: i32;
  if (key.numeric) order = compareNumbers(aStart, aEnd, keyStart, keyEnd);
  else if (key.fold) order = compareFolded(aStart, aEnd, keyStart, keyEnd);
  else order = compareBytes(aStart, <i32>(aEnd - aStart), keyStart, <i32>(keyEnd - keyStart));
  return key.reverse ? -order : order;
}

/** A number that is ordered as lines are by this key, as far as 64 bits reach: the same for what differs behind them. */
export function rank(key: Key, line: usize, length: i32): u64 {
  findKey(key, line, length);
  const value = key.numeric ? numberRank(keyStart, keyEnd) : textRank(keyStart, keyEnd, key.fold);
  return key.reverse ? ~value : value;
}

function textRank(start: usize, end: usize, fold: bool): u64 {
  if (!fold && start + 8 <= end) return bswap<u64>(load<u64>(start));
  let value: u64 = 0;
  for (let i: usize = 0; i < 8; i++) {
    const place = start + i;
    const byte = place < end ? <i32>load<u8>(place) : 0;
    value = (value << 8) | <u64>(fold ? upper(byte) : byte);
  }
  return value;
}

/** Integer part of a number, up to 2^62: what is larger or has fractions is told apart by the comparison. */
function numberRank(start: usize, end: usize): u64 {
  let place = skipBlanks(start, end);
  const minus = place < end && load<u8>(place) == 0x2d;
  if (minus) place++;
  let value: i64 = 0;
  const most: i64 = 1 << 62;
  for (; isDigit(place, end); place++) {
    if (value > most / 10 - 1) {
      value = most;
      break;
    }
    value = value * 10 + <i64>(load<u8>(place) - 0x30);
  }
  return <u64>(minus ? -value : value) ^ 0x8000_0000_0000_0000;
}
