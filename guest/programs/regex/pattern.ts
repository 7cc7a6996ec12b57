// Regular expressions of POSIX, basic and extended, as trees. Basic ones know \+ \? \| as well, both know \w \W \s \S, as GNU has them.
// Bytes are characters (the C locale). Not known: back-references, and the borders of words \< \> \b.

import { ByteBuffer, Bytes } from '../../posix/index';
import { inClass } from '../sh/pattern';

export const EMPTY: i32 = 0;
/** One byte of a set. */
export const SET: i32 = 1;
export const SEQUENCE: i32 = 2;
export const ALTERNATIVE: i32 = 3;
/** `left` from `low` to `high` times; high -1: any number. */
export const REPEAT: i32 = 4;
export const LINE_BEGIN: i32 = 5;
export const LINE_END: i32 = 6;

export const REPEAT_MOST: i32 = 255;

export class Node {
  /** SET: address of 256 bits. */
  set: usize = 0;
  left: Node | null = null;
  right: Node | null = null;
  low: i32 = 0;
  high: i32 = 0;

  constructor(readonly kind: i32) {}
}

const SET_BYTES: usize = 32;

function newSet(): usize {
  const set = __alloc(SET_BYTES);
  memory.fill(set, 0, SET_BYTES);
  return set;
}

function add(set: usize, byte: i32): void {
  const at = set + (byte >> 3);
  store<u8>(at, load<u8>(at) | ((<u8>1) << (<u8>(byte & 7))));
}

export function contains(set: usize, byte: i32): bool {
  return ((load<u8>(set + (byte >> 3)) >> (byte & 7)) & 1) != 0;
}

export function pair(kind: i32, left: Node, right: Node): Node {
  const node = new Node(kind);
  node.left = left;
  node.right = right;
  return node;
}

export class PatternParser {
  error: string | null = null;
  /** Bytes that every match contains one behind the other; the longest run of them that was found. */
  required: Bytes = new Bytes(0, 0);
  /** The pattern is nothing but `required`. */
  isLiteral: bool = true;
  private at: i32 = 0;
  private run: ByteBuffer = new ByteBuffer();
  private depth: i32 = 0;

  constructor(
    readonly text: Bytes,
    readonly extended: bool,
    readonly ignoreCase: bool,
  ) {}

  parse(): Node {
    const node = this.alternatives();
    if (this.at < this.text.length && this.error === null) this.error = 'Unmatched ) or \\)';
    this.endRun();
    return node;
  }

  private endRun(): void {
    if (this.run.length > this.required.length) this.required = this.run.copy();
    this.run.clear();
  }

  private peek(): i32 {
    return this.at < this.text.length ? <i32>this.text[this.at] : -1;
  }

  /** Whether an operator is next: the byte itself in extended expressions, with a backslash in basic ones. */
  private operator(byte: i32): bool {
    if (this.extended) return this.peek() == byte;
    return this.peek() == 0x5c && this.at + 1 < this.text.length && <i32>this.text[this.at + 1] == byte;
  }

  private skipOperator(): void {
    this.at += this.extended ? 1 : 2;
  }

  private alternatives(): Node {
    let left = this.sequence();
    while (this.error === null && this.operator(0x7c)) {
      this.skipOperator();
      // What stands in one branch only is not required.
      this.run.clear();
      this.required = new Bytes(0, 0);
      this.isLiteral = false;
      left = pair(ALTERNATIVE, left, this.sequence());
      this.run.clear();
      this.required = new Bytes(0, 0);
      this.hasAlternatives = true;
    }
    return left;
  }

  private hasAlternatives: bool = false;

  private sequence(): Node {
    let all: Node | null = null;
    let first = true;
    while (this.error === null && this.at < this.text.length && !this.operator(0x7c)) {
      if (this.operator(0x29) && (this.depth > 0 || !this.extended)) break;
      const node = this.repeated(first);
      first = node.kind == LINE_BEGIN && !this.extended;
      const before = all;
      all = before === null ? node : pair(SEQUENCE, before, node);
    }
    const result = all;
    return result === null ? new Node(EMPTY) : result;
  }

  /** An atom and what says how often. `first`: nothing is in front of it, so that * is itself. */
  private repeated(first: bool): Node {
    const byteBefore = this.single;
    this.single = -1;
    let node = this.atom(first);
    const single = this.single;
    this.single = byteBefore;
    let repeats = false;
    let atLeastOne = true;
    // In basic expressions a star behind the anchor is itself.
    const canRepeat = node.kind != LINE_BEGIN || this.extended;
    while (canRepeat && this.error === null && this.repetition()) {
      const repeat = new Node(REPEAT);
      repeat.left = node;
      repeat.low = this.low;
      repeat.high = this.high;
      if (this.low == 0) atLeastOne = false;
      repeats = true;
      node = repeat;
    }
    this.noteRequired(single, repeats, atLeastOne);
    return node;
  }

  private noteRequired(single: i32, repeats: bool, atLeastOne: bool): void {
    if (this.depth > 0 || this.hasAlternatives) return;
    if (single < 0 || !atLeastOne) {
      this.endRun();
      this.isLiteral = false;
      return;
    }
    this.run.byte(single);
    if (!repeats) return;
    this.endRun();
    this.isLiteral = false;
  }

  /** The byte that the last atom is; -1: it is more than one byte. */
  private single: i32 = -1;
  private low: i32 = 0;
  private high: i32 = 0;

  /** Takes a repetition, whose bounds are `low` and `high` then. */
  private repetition(): bool {
    const byte = this.peek();
    if (byte == 0x2a) {
      this.at++;
      this.low = 0;
      this.high = -1;
      return true;
    }
    if (this.operator(0x2b) || this.operator(0x3f)) {
      const isPlus = this.operator(0x2b);
      this.skipOperator();
      this.low = isPlus ? 1 : 0;
      this.high = isPlus ? -1 : 1;
      return true;
    }
    return this.operator(0x7b) && this.interval();
  }

  private interval(): bool {
    const start = this.at;
    this.skipOperator();
    this.low = this.digits();
    this.high = this.low;
    if (this.peek() == 0x2c) {
      this.at++;
      this.high = this.digits();
    } else if (this.low < 0) {
      this.high = -2;
    }
    if (this.high == -2 || !this.operator(0x7d)) {
      if (!this.extended) {
        this.error = this.at >= this.text.length ? 'Unmatched \\{' : 'Invalid content of \\{\\}';
        return false;
      }
      // A brace that begins no interval is itself.
      this.at = start;
      return false;
    }
    this.skipOperator();
    if (this.low < 0) this.low = 0;
    if (this.high >= 0 && this.low > this.high) this.error = 'Invalid content of \\{\\}';
    if (this.low > REPEAT_MOST || this.high > REPEAT_MOST) this.error = 'Regular expression too big';
    return true;
  }

  /** A number, or -1 where there is none. */
  private digits(): i32 {
    let value = -1;
    while (this.peek() >= 0x30 && this.peek() <= 0x39) {
      value = min(max(value, 0) * 10 + this.peek() - 0x30, 100000);
      this.at++;
    }
    return value;
  }

  private atom(first: bool): Node {
    const byte = this.peek();
    if (this.operator(0x28)) return this.group();
    if (byte == 0x5e && (this.extended || first || this.beginsHere())) {
      this.at++;
      return new Node(LINE_BEGIN);
    }
    if (byte == 0x24 && (this.extended || this.endsHere())) {
      this.at++;
      return new Node(LINE_END);
    }
    if (byte == 0x5b) return this.bracket();
    if (byte == 0x5c) return this.escape();
    this.at++;
    if (byte == 0x2e) {
      const node = new Node(SET);
      node.set = newSet();
      memory.fill(node.set, 0xff, SET_BYTES);
      store<u8>(node.set + 1, 0xfb);
      return node;
    }
    return this.literal(byte);
  }

  private beginsHere(): bool {
    return this.at == 0;
  }

  /** Whether the dollar here is the last byte of a basic expression or group. */
  private endsHere(): bool {
    if (this.at + 1 == this.text.length) return true;
    const rest = this.text.slice(this.at + 1);
    return rest.startsWith('\\)') || rest.startsWith('\\|');
  }

  private literal(byte: i32): Node {
    const node = new Node(SET);
    node.set = newSet();
    add(node.set, byte);
    this.single = byte;
    if (this.ignoreCase) this.fold(node.set);
    return node;
  }

  private fold(set: usize): void {
    for (let letter = 0x61; letter <= 0x7a; letter++) {
      if (contains(set, letter) || contains(set, letter - 0x20)) {
        add(set, letter);
        add(set, letter - 0x20);
      }
    }
  }

  private group(): Node {
    this.skipOperator();
    this.endRun();
    this.isLiteral = false;
    this.depth++;
    const required = this.required;
    const outer = this.hasAlternatives;
    const node = this.alternatives();
    this.hasAlternatives = outer;
    this.required = required;
    this.run.clear();
    this.depth--;
    if (this.operator(0x29)) this.skipOperator();
    else if (this.error === null) this.error = 'Unmatched ( or \\(';
    return node;
  }

  private escape(): Node {
    if (this.at + 1 == this.text.length) {
      this.error = 'Trailing backslash';
      return new Node(EMPTY);
    }
    const byte = <i32>this.text[this.at + 1];
    this.at += 2;
    if (byte >= 0x31 && byte <= 0x39) {
      this.error = 'back-references are not supported';
      return new Node(EMPTY);
    }
    if (byte == 0x3c || byte == 0x3e || byte == 0x62 || byte == 0x42) {
      this.error = 'borders of words are not supported';
      return new Node(EMPTY);
    }
    const kind = byte | 0x20;
    if (kind != 0x77 && kind != 0x73) return this.literal(byte);
    const node = new Node(SET);
    node.set = newSet();
    this.addClass(node.set, Bytes.of(kind == 0x77 ? 'alnum' : 'space'));
    if (kind == 0x77) add(node.set, 0x5f);
    if (byte != kind) this.negate(node.set);
    return node;
  }

  private addClass(set: usize, name: Bytes): void {
    for (let byte = 0; byte < 256; byte++) if (inClass(byte, name)) add(set, byte);
  }

  private negate(set: usize): void {
    for (let i: usize = 0; i < SET_BYTES; i++) store<u8>(set + i, ~load<u8>(set + i));
    // No set contains the newline: lines are what is matched.
    store<u8>(set + 1, load<u8>(set + 1) & 0xfb);
  }

  private bracket(): Node {
    const text = this.text;
    const node = new Node(SET);
    node.set = newSet();
    let at = this.at + 1;
    const negated = at < text.length && text[at] == 0x5e;
    if (negated) at++;
    const first = at;
    while (this.error === null) {
      if (at >= text.length) {
        this.error = 'Unmatched [, [^, [:, [., or [=';
        return node;
      }
      if (text[at] == 0x5d && at > first) break;
      at = this.bracketItem(at, node.set);
    }
    this.at = at + 1;
    if (this.ignoreCase) this.fold(node.set);
    if (negated) this.negate(node.set);
    return node;
  }

  /** One class, range or byte within brackets; returns the place behind it. */
  private bracketItem(at: i32, set: usize): i32 {
    const text = this.text;
    const next = at + 1 < text.length ? <i32>text[at + 1] : 0;
    if (text[at] == 0x5b && next == 0x3a) {
      let end = at + 2;
      while (end + 1 < text.length && !(text[end] == 0x3a && text[end + 1] == 0x5d)) end++;
      if (end + 1 >= text.length) {
        this.error = 'Unmatched [, [^, [:, [., or [=';
        return at;
      }
      const name = text.slice(at + 2, end);
      if (!isClass(name)) this.error = 'Invalid character class name';
      this.addClass(set, name);
      return end + 2;
    }
    let low = <i32>text[at];
    let behind = at + 1;
    if (low == 0x5b && (next == 0x2e || next == 0x3d) && at + 4 < text.length) {
      low = text[at + 2];
      behind = at + 5;
    }
    let high = low;
    if (behind + 1 < text.length && text[behind] == 0x2d && text[behind + 1] != 0x5d) {
      high = text[behind + 1];
      behind += 2;
      if (high == 0x5b && behind + 2 < text.length && text[behind] == 0x2e) {
        high = text[behind + 1];
        behind += 4;
      }
      if (low > high) this.error = 'Invalid range end';
    }
    for (let byte = low; byte <= high; byte++) add(set, byte);
    return behind;
  }
}

function isClass(name: Bytes): bool {
  return (
    name.is('alpha') ||
    name.is('digit') ||
    name.is('alnum') ||
    name.is('upper') ||
    name.is('lower') ||
    name.is('space') ||
    name.is('blank') ||
    name.is('punct') ||
    name.is('print') ||
    name.is('graph') ||
    name.is('cntrl') ||
    name.is('xdigit')
  );
}
