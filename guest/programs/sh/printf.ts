// printf: a format with %s %c %d %i %u %o %x %X %b %% and backslashes, used again until all arguments are.

import { ByteBuffer, Bytes, NOT_A_NUMBER, parseNumber } from '../../posix/index';

/** What was wrong with the last call; empty: nothing. */
export let printfError: string = '';

/** Appends what a backslash at `at` means; returns the place behind it, or -1 for \c: no more output. */
export function unescape(text: Bytes, at: i32, out: ByteBuffer, zeroOctal: bool): i32 {
  const next = at + 1 < text.length ? <i32>text[at + 1] : -1;
  const isOctal = next >= 0x30 && next <= 0x37;
  if (isOctal) {
    let digit = zeroOctal && next == 0x30 ? at + 2 : at + 1;
    const end = digit + 3;
    let value = 0;
    for (; digit < end && digit < text.length && text[digit] >= 0x30 && text[digit] <= 0x37; digit++) {
      value = value * 8 + text[digit] - 0x30;
    }
    out.byte(value & 0xff);
    return digit;
  }
  switch (next) {
    case 0x61:
      out.byte(0x07);
      break;
    case 0x62:
      out.byte(0x08);
      break;
    case 0x66:
      out.byte(0x0c);
      break;
    case 0x6e:
      out.byte(0x0a);
      break;
    case 0x72:
      out.byte(0x0d);
      break;
    case 0x74:
      out.byte(0x09);
      break;
    case 0x76:
      out.byte(0x0b);
      break;
    case 0x5c:
      out.byte(0x5c);
      break;
    case 0x63:
      return -1;
    default:
      out.byte(0x5c);
      return at + 1;
  }
  return at + 2;
}

class Field {
  left: bool = false;
  zero: bool = false;
  plus: bool = false;
  blank: bool = false;
  alternate: bool = false;
  width: i32 = 0;
  precision: i32 = -1;
}

let words: Bytes[] = [];
let next: i32 = 0;
let stopped: bool = false;

function argument(): Bytes {
  return next < words.length ? words[next++] : new Bytes(0, 0);
}

function numberArgument(): i64 {
  if (next >= words.length) return 0;
  const word = argument();
  if (word.length > 1 && (word[0] == 0x27 || word[0] == 0x22)) return word[1];
  let value = parseNumber(word);
  if (word.length > 2 && word[0] == 0x30 && (word[1] | 0x20) == 0x78) {
    value = <i64>parseInt(word.toString(), 16);
  }
  if (value != NOT_A_NUMBER) return value;
  printfError = `${word}: expected numeric value`;
  return 0;
}

/** Writes the arguments as the format says; returns the status. operands[0] is the format. */
export function printf(operands: Bytes[], out: ByteBuffer): i32 {
  printfError = '';
  words = operands;
  next = 1;
  stopped = false;
  do {
    const before = next;
    once(operands[0], out);
    if (next == before) break;
  } while (next < words.length && !stopped);
  return printfError.length > 0 ? 1 : 0;
}

function once(format: Bytes, out: ByteBuffer): void {
  let at = 0;
  while (at < format.length && !stopped) {
    const byte = <i32>format[at];
    if (byte == 0x5c) {
      at = unescape(format, at, out, false);
      if (at < 0) stopped = true;
    } else if (byte != 0x25) {
      out.byte(byte);
      at++;
    } else if (at + 1 < format.length && format[at + 1] == 0x25) {
      out.byte(byte);
      at += 2;
    } else {
      at = conversion(format, at + 1, out);
    }
  }
}

function digits(format: Bytes, from: i32): i32 {
  let at = from;
  while (at < format.length && format[at] >= 0x30 && format[at] <= 0x39) at++;
  return at;
}

function conversion(format: Bytes, from: i32, out: ByteBuffer): i32 {
  const field = new Field();
  let at = from;
  for (; at < format.length; at++) {
    const byte = format[at];
    if (byte == 0x2d) field.left = true;
    else if (byte == 0x30) field.zero = true;
    else if (byte == 0x2b) field.plus = true;
    else if (byte == 0x20) field.blank = true;
    else if (byte == 0x23) field.alternate = true;
    else break;
  }
  if (at < format.length && format[at] == 0x2a) {
    field.width = <i32>numberArgument();
    if (field.width < 0) {
      field.left = true;
      field.width = -field.width;
    }
    at++;
  } else {
    const end = digits(format, at);
    if (end > at) field.width = <i32>parseNumber(format.slice(at, end));
    at = end;
  }
  if (at < format.length && format[at] == 0x2e) {
    const end = digits(format, at + 1);
    field.precision = end > at + 1 ? <i32>parseNumber(format.slice(at + 1, end)) : 0;
    at = end;
  }
  if (at == format.length) {
    printfError = '%: invalid directive';
    stopped = true;
    return at;
  }
  convert(<i32>format[at], field, out);
  return at + 1;
}

function convert(letter: i32, field: Field, out: ByteBuffer): void {
  const text = new ByteBuffer();
  switch (letter) {
    case 0x73:
      text.bytes(argument());
      break;
    case 0x63:
      text.bytes(argument().slice(0, 1));
      break;
    case 0x62: {
      const word = argument();
      for (let at = 0; at < word.length && !stopped; ) {
        if (word[at] == 0x5c) at = unescape(word, at, text, true);
        else text.byte(word[at++]);
        if (at < 0) {
          stopped = true;
          break;
        }
      }
      break;
    }
    case 0x64:
    case 0x69:
    case 0x75:
    case 0x6f:
    case 0x78:
    case 0x58: {
      integer(letter, numberArgument(), field, out);
      return;
    }
    default:
      printfError = `%${String.fromCharCode(letter)}: invalid directive`;
      stopped = true;
      return;
  }
  const length = letter != 0x63 && field.precision >= 0 ? min(field.precision, text.length) : text.length;
  pad(new Bytes(text.start, length), field, out);
  text.free();
}

function pad(text: Bytes, field: Field, out: ByteBuffer): void {
  if (!field.left) for (let i = text.length; i < field.width; i++) out.byte(0x20);
  out.bytes(text);
  if (field.left) for (let i = text.length; i < field.width; i++) out.byte(0x20);
}

function integer(letter: i32, value: i64, field: Field, out: ByteBuffer): void {
  const isSigned = letter == 0x64 || letter == 0x69;
  const negative = isSigned && value < 0;
  let magnitude: u64 = negative ? -value : value;
  const base: u64 = letter == 0x6f ? 8 : (letter | 0x20) == 0x78 ? 16 : 10;
  let figures = '';
  do {
    const digit = <i32>(magnitude % base);
    figures = String.fromCharCode(digit < 10 ? 0x30 + digit : (letter == 0x58 ? 0x37 : 0x57) + digit) + figures;
    magnitude /= base;
  } while (magnitude > 0);
  while (figures.length < field.precision) figures = '0' + figures;
  let sign = '';
  if (negative) sign = '-';
  else if (isSigned && field.plus) sign = '+';
  else if (isSigned && field.blank) sign = ' ';
  if (field.alternate && base == 16) sign = letter == 0x58 ? '0X' : '0x';
  if (field.alternate && base == 8 && !figures.startsWith('0')) sign = '0';
  if (field.zero && !field.left && field.precision < 0) {
    while (sign.length + figures.length < field.width) figures = '0' + figures;
  }
  pad(Bytes.of(sign + figures), field, out);
}
