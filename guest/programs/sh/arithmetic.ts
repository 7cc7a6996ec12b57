// Arithmetic expansion: the integer expressions of C on 64 bits, with variables of the shell. Parameters in it were expanded before.

import { Bytes, NOT_A_NUMBER, parseNumber } from '../../posix/index';
import { isNameByte } from './parser';
import { getVariable, numberBytes, setVariable } from './state';

/** What is wrong with the last expression; null: nothing. */
export let arithmeticError: string | null = null;

let text: Bytes = new Bytes(0, 0);
let at: i32 = 0;

/** Value of an expression; 0 and `arithmeticError` where it is none. */
export function evaluate(expression: Bytes): i64 {
  const outerText = text;
  const outerAt = at;
  text = expression;
  at = 0;
  arithmeticError = null;
  skipBlanks();
  const value: i64 = at == text.length ? 0 : assignment();
  if (at < text.length) fail('expecting EOF');
  text = outerText;
  at = outerAt;
  return arithmeticError === null ? value : 0;
}

function fail(message: string): void {
  if (arithmeticError === null) arithmeticError = message;
  at = text.length;
}

function skipBlanks(): void {
  while (at < text.length && (text[at] == 0x20 || (text[at] >= 0x09 && text[at] <= 0x0d))) at++;
}

/** Takes an operator if it is next, and no longer one that begins with it. */
function take(operator: string): bool {
  if (operator.length > text.length - at) return false;
  for (let i = 0; i < operator.length; i++) if (<i32>text[at + i] != operator.charCodeAt(i)) return false;
  const behind = at + operator.length < text.length ? <i32>text[at + operator.length] : 0;
  const first = operator.charCodeAt(0);
  if (operator.length == 1) {
    // Not the first half of && || << >> == <= >= or of an assignment such as +=.
    if ((first == 0x26 || first == 0x7c || first == 0x3c || first == 0x3e) && behind == first) return false;
    if (first != 0x7e && first != 0x28 && first != 0x29 && first != 0x3f && first != 0x3a && behind == 0x3d)
      return false;
  } else if ((operator == '<<' || operator == '>>') && behind == 0x3d) {
    return false;
  }
  at += operator.length;
  skipBlanks();
  return true;
}

function assignment(): i64 {
  const from = at;
  let end = at;
  while (end < text.length && isNameByte(text[end], end > from)) end++;
  if (end > from) {
    const name = text.slice(from, end);
    at = end;
    skipBlanks();
    const operator = assignmentOperator();
    if (operator >= 0) {
      const old = operator == 0x3d ? 0 : valueOf(name);
      const value = apply(operator, old, assignment());
      if (arithmeticError === null) setVariable(name, numberBytes(value));
      return value;
    }
    at = from;
  }
  return conditional();
}

/** Takes = or OP=, and returns '=' or the operator ('<' and '>' for the shifts); -1 for anything else. */
function assignmentOperator(): i32 {
  if (at >= text.length) return -1;
  const first = <i32>text[at];
  const second = at + 1 < text.length ? <i32>text[at + 1] : 0;
  if (first == 0x3d && second != 0x3d) {
    at++;
    skipBlanks();
    return first;
  }
  const isShift = (first == 0x3c || first == 0x3e) && second == first;
  const length = isShift ? 2 : 1;
  const isOperator =
    isShift ||
    first == 0x2b ||
    first == 0x2d ||
    first == 0x2a ||
    first == 0x2f ||
    first == 0x25 ||
    first == 0x26 ||
    first == 0x7c ||
    first == 0x5e;
  if (!isOperator || at + length >= text.length || text[at + length] != 0x3d) return -1;
  at += length + 1;
  skipBlanks();
  return first;
}

function apply(operator: i32, a: i64, b: i64): i64 {
  switch (operator) {
    case 0x3d:
      return b;
    case 0x2b:
      return a + b;
    case 0x2d:
      return a - b;
    case 0x2a:
      return a * b;
    case 0x26:
      return a & b;
    case 0x7c:
      return a | b;
    case 0x5e:
      return a ^ b;
    case 0x3c:
      return a << b;
    case 0x3e:
      return a >> b;
  }
  if (b == 0 || (b == -1 && a == i64.MIN_VALUE)) {
    if (b == 0) fail('division by zero');
    return operator == 0x2f ? a : 0;
  }
  return operator == 0x2f ? a / b : a % b;
}

function conditional(): i64 {
  const condition = binary(0);
  if (!take('?')) return condition;
  const yes = assignment();
  if (!take(':')) fail("expecting ':'");
  const no = conditional();
  return condition != 0 ? yes : no;
}

/** Operators of each level of precedence from the weakest on. */
function operatorAt(level: i32): i32 {
  switch (level) {
    case 0:
      return take('||') ? 1 : 0;
    case 1:
      return take('&&') ? 2 : 0;
    case 2:
      return take('|') ? 0x7c : 0;
    case 3:
      return take('^') ? 0x5e : 0;
    case 4:
      return take('&') ? 0x26 : 0;
    case 5:
      return take('==') ? 3 : take('!=') ? 4 : 0;
    case 6:
      return take('<=') ? 5 : take('>=') ? 6 : take('<') ? 7 : take('>') ? 8 : 0;
    case 7:
      return take('<<') ? 0x3c : take('>>') ? 0x3e : 0;
    case 8:
      return take('+') ? 0x2b : take('-') ? 0x2d : 0;
    default:
      return take('*') ? 0x2a : take('/') ? 0x2f : take('%') ? 0x25 : 0;
  }
}

function binary(level: i32): i64 {
  if (level == 10) return unary();
  let left = binary(level + 1);
  while (at < text.length) {
    const operator = operatorAt(level);
    if (operator == 0) break;
    const right = binary(level + 1);
    switch (operator) {
      case 1:
        left = i64(left != 0 || right != 0);
        break;
      case 2:
        left = i64(left != 0 && right != 0);
        break;
      case 3:
        left = i64(left == right);
        break;
      case 4:
        left = i64(left != right);
        break;
      case 5:
        left = i64(left <= right);
        break;
      case 6:
        left = i64(left >= right);
        break;
      case 7:
        left = i64(left < right);
        break;
      case 8:
        left = i64(left > right);
        break;
      default:
        left = apply(operator, left, right);
    }
  }
  return left;
}

function unary(): i64 {
  if (take('!')) return i64(unary() == 0);
  if (take('~')) return ~unary();
  if (take('-')) return -unary();
  if (take('+')) return unary();
  return primary();
}

function primary(): i64 {
  if (take('(')) {
    const value = assignment();
    if (!take(')')) fail("expecting ')'");
    return value;
  }
  const from = at;
  while (at < text.length && isNameByte(text[at], true)) at++;
  const word = text.slice(from, at);
  skipBlanks();
  if (word.length == 0) {
    fail('expecting primary');
    return 0;
  }
  return word[0] >= 0x30 && word[0] <= 0x39 ? constant(word) : valueOf(word);
}

function constant(word: Bytes): i64 {
  if (word[0] != 0x30 || word.length == 1) {
    const value = parseNumber(word);
    if (value == NOT_A_NUMBER) fail('expecting EOF');
    return value;
  }
  const isHexadecimal = word[1] == 0x78 || word[1] == 0x58;
  const base = isHexadecimal ? 16 : 8;
  let value: i64 = 0;
  for (let i = isHexadecimal ? 2 : 1; i < word.length; i++) {
    const byte = <i32>word[i];
    const digit = byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x61 + 10;
    if (digit < 0 || digit >= base) fail('expecting EOF');
    value = value * base + digit;
  }
  return value;
}

function valueOf(name: Bytes): i64 {
  const value = getVariable(name);
  if (value === null || value.length == 0) return 0;
  let start = 0;
  while (start < value.length && value[start] == 0x20) start++;
  const digits = value.slice(start);
  const negative = digits.length > 0 && digits[0] == 0x2d;
  const plain = negative ? digits.slice(1) : digits;
  if (plain.length == 0 || plain[0] < 0x30 || plain[0] > 0x39) {
    fail('Illegal number: ' + value.toString());
    return 0;
  }
  return negative ? -constant(plain) : constant(plain);
}
