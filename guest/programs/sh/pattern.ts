// Patterns of file names and of `case`: * ? [...]. In a pattern a byte means itself where its flag says that it was quoted. And pathname expansion.

import { ByteBuffer, Bytes, FileStatus, namesIn, release } from '../../posix/index';

/** Text with a flag for each byte: what an expansion is made of. */
export class Flagged {
  text: ByteBuffer = new ByteBuffer();
  flags: ByteBuffer = new ByteBuffer();

  get length(): i32 {
    return this.text.length;
  }

  clear(): void {
    this.text.clear();
    this.flags.clear();
  }

  /** Gives the memory back with the object itself. */
  free(): void {
    this.text.free();
    this.flags.free();
    release(this.text);
    release(this.flags);
    release(this);
  }

  @operator('[]')
  at(index: i32): i32 {
    return load<u8>(this.text.start + index);
  }

  flag(index: i32): i32 {
    return load<u8>(this.flags.start + index);
  }

  push(byte: i32, flag: i32): void {
    this.text.byte(byte);
    this.flags.byte(flag);
  }

  pushAll(bytes: Bytes, flag: i32): void {
    for (let i = 0; i < bytes.length; i++) this.push(bytes[i], flag);
  }

  /** Whether a byte may mean more than itself. */
  special(index: i32): bool {
    return (this.flag(index) & QUOTED) == 0;
  }
}

/** The byte was quoted. */
export const QUOTED: i32 = 1;
/** The byte comes from an expansion outside of quotes: it may separate fields. */
export const SPLIT: i32 = 2;
/** No byte, but the border between two parameters. */
export const BREAK: i32 = 4;
/** No byte, but a place where quotes were: here is a field, even if it is empty. */
export const PRESENT: i32 = 8;

const STAR: i32 = 0x2a;
const QUESTION: i32 = 0x3f;
const BRACKET: i32 = 0x5b;

export function hasPattern(word: Flagged, from: i32, to: i32): bool {
  for (let i = from; i < to; i++) {
    const byte = word[i];
    if (!word.special(i)) continue;
    if (byte == STAR || byte == QUESTION || (byte == BRACKET && bracketEnd(word, i, to) >= 0)) return true;
  }
  return false;
}

/** Place behind the bracket expression at `at`, or -1 where it is none. */
function bracketEnd(pattern: Flagged, at: i32, to: i32): i32 {
  let i = at + 1;
  if (i < to && pattern.special(i) && (pattern[i] == 0x21 || pattern[i] == 0x5e)) i++;
  if (i < to && pattern[i] == 0x5d) i++;
  while (i < to && !(pattern[i] == 0x5d && pattern.special(i))) {
    if (pattern[i] == BRACKET && i + 1 < to && pattern[i + 1] == 0x3a) {
      for (let j = i + 2; j + 1 < to; j++) {
        if (pattern[j] == 0x3a && pattern[j + 1] == 0x5d) {
          i = j + 1;
          break;
        }
      }
    }
    i++;
  }
  return i < to ? i + 1 : -1;
}

/** Whether a byte is in a class of characters of the C locale, [:name:]. */
export function inClass(byte: i32, name: Bytes): bool {
  const letter = byte | 0x20;
  const alpha = letter >= 0x61 && letter <= 0x7a;
  const digit = byte >= 0x30 && byte <= 0x39;
  const graph = byte > 0x20 && byte < 0x7f;
  if (name.is('alpha')) return alpha;
  if (name.is('digit')) return digit;
  if (name.is('alnum')) return alpha || digit;
  if (name.is('upper')) return byte >= 0x41 && byte <= 0x5a;
  if (name.is('lower')) return byte >= 0x61 && byte <= 0x7a;
  if (name.is('space')) return byte == 0x20 || (byte >= 0x09 && byte <= 0x0d);
  if (name.is('blank')) return byte == 0x20 || byte == 0x09;
  if (name.is('punct')) return graph && !alpha && !digit;
  if (name.is('print')) return graph || byte == 0x20;
  if (name.is('graph')) return graph;
  if (name.is('cntrl')) return byte < 0x20 || byte == 0x7f;
  if (name.is('xdigit')) return digit || (letter >= 0x61 && letter <= 0x66);
  return false;
}

function matchesBracket(pattern: Flagged, at: i32, end: i32, byte: i32): bool {
  let i = at + 1;
  const last = end - 1;
  const negated = pattern.special(i) && (pattern[i] == 0x21 || pattern[i] == 0x5e);
  if (negated) i++;
  let found = false;
  while (i < last) {
    if (pattern[i] == BRACKET && i + 1 < last && pattern[i + 1] == 0x3a) {
      let close = i + 2;
      while (close < last && pattern[close] != 0x3a) close++;
      if (inClass(byte, new Bytes(pattern.text.start + i + 2, close - i - 2))) found = true;
      i = close + 2;
      continue;
    }
    const low = pattern[i];
    let high = low;
    if (i + 2 < last && pattern[i + 1] == 0x2d && pattern.special(i + 1)) {
      high = pattern[i + 2];
      i += 2;
    }
    if (byte >= low && byte <= high) found = true;
    i++;
  }
  return found != negated;
}

/** Whether [from, to) of a pattern matches all of a text. A star that fails makes the one before it longer: no more than length times length steps. */
export function matches(pattern: Flagged, from: i32, to: i32, text: Bytes): bool {
  let at = from;
  let place = 0;
  let star = -1;
  let starPlace = 0;
  while (place < text.length || at < to) {
    if (at < to) {
      const byte = pattern[at];
      const special = pattern.special(at);
      if (special && byte == STAR) {
        star = ++at;
        starPlace = place;
        continue;
      }
      if (place < text.length) {
        const end = special && byte == BRACKET ? bracketEnd(pattern, at, to) : -1;
        let next = at + 1;
        let good: bool;
        if (end >= 0) {
          good = matchesBracket(pattern, at, end, text[place]);
          next = end;
        } else {
          good = (special && byte == QUESTION) || byte == <i32>text[place];
        }
        if (good) {
          at = next;
          place++;
          continue;
        }
      }
    }
    if (star < 0 || starPlace >= text.length) return false;
    at = star;
    place = ++starPlace;
  }
  return true;
}

/** Appends the paths that [from, to) of a word matches, in the order of their bytes; returns how many there are. */
export function expandPath(word: Flagged, from: i32, to: i32, into: Bytes[]): i32 {
  const found: Bytes[] = [];
  let at = from;
  const prefix = new ByteBuffer();
  while (at < to && word[at] == 0x2f) prefix.byte(word[at++]);
  walk(word, at, to, prefix.view(), found);
  found.sort((a, b) => a.compare(b));
  for (let i = 0; i < found.length; i++) into.push(found[i]);
  return found.length;
}

/** Matches one component of the path, and walks on with the rest. */
function walk(word: Flagged, from: i32, to: i32, prefix: Bytes, found: Bytes[]): void {
  let end = from;
  while (end < to && word[end] != 0x2f) end++;
  let next = end;
  while (next < to && word[next] == 0x2f) next++;
  const isLast = next == to;
  const slashes = new Bytes(word.text.start + end, next - end);
  if (!hasPattern(word, from, end)) {
    const path = new ByteBuffer()
      .bytes(prefix)
      .raw(word.text.start + from, end - from)
      .bytes(slashes)
      .view();
    if (!isLast) walk(word, next, to, path, found);
    else if (exists(path)) found.push(path);
    return;
  }
  const names = namesIn(prefix.length == 0 ? Bytes.of('.') : prefix);
  if (names === null) return;
  const hidden = word[from] == 0x2e;
  if (hidden) {
    names.push(Bytes.of('.'));
    names.push(Bytes.of('..'));
  }
  for (let i = 0; i < names.length; i++) {
    if (names[i][0] == 0x2e && !hidden) continue;
    if (!matches(word, from, end, names[i])) continue;
    const path = new ByteBuffer().bytes(prefix).bytes(names[i]).bytes(slashes).view();
    if (!isLast) walk(word, next, to, path, found);
    else if (slashes.length == 0 || exists(path)) found.push(path);
  }
}

function exists(path: Bytes): bool {
  return new FileStatus().ofPath(path) == 0;
}
