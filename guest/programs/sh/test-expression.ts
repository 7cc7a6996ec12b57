// The expressions of `test` and `[`: by the number of operands as POSIX says, and with -a, -o, ! and parentheses for longer ones.

import { Bytes, FileStatus, NOT_A_NUMBER, S_IFCHR, S_IFIFO, S_IFMT, isatty, parseNumber } from '../../posix/index';

let words: Bytes[] = [];
let at: i32 = 0;
let wrong: string | null = null;

/** Status of an expression: 0 true, 1 false, 2 an error, of which `testError` tells. */
export function testExpression(operands: Bytes[]): i32 {
  words = operands;
  at = 0;
  wrong = null;
  if (operands.length == 0) return 1;
  const value = operands.length <= 4 ? byCount(0, operands.length) : either();
  if (at < words.length && wrong === null) wrong = `${words[at - 1]}: unexpected operator`;
  if (wrong !== null) return 2;
  return value ? 0 : 1;
}

export function testError(): string {
  const error = wrong;
  return error === null ? '' : error;
}

/** One to four operands have one meaning each. */
function byCount(from: i32, count: i32): bool {
  at = from + count;
  const first = words[from];
  if (count == 1) return first.length > 0;
  if (count == 2) {
    if (first.is('!')) return !byCount(from + 1, 1);
    if (isUnary(first)) return unary(first, words[from + 1]);
    const second = words[from + 1];
    wrong = isBinary(second) ? `${second}: argument expected` : `${first}: unexpected operator`;
    return false;
  }
  if (count == 3) {
    const operator = words[from + 1];
    if (isBinary(operator)) return binary(first, operator, words[from + 2]);
    if (operator.is('-a')) return byCount(from, 1) && byCount(from + 2, 1);
    if (operator.is('-o')) {
      const left = byCount(from, 1);
      return byCount(from + 2, 1) || left;
    }
    if (first.is('!')) return !byCount(from + 1, 2);
    if (first.is('(') && words[from + 2].is(')')) {
      const value = byCount(from + 1, 1);
      at = from + 3;
      return value;
    }
    wrong = `${isUnary(first) ? operator : first}: unexpected operator`;
    return false;
  }
  if (first.is('!')) return !byCount(from + 1, 3);
  at = from;
  return either();
}

function either(): bool {
  let value = both();
  while (at < words.length && words[at].is('-o')) {
    at++;
    value = both() || value;
  }
  return value;
}

function both(): bool {
  let value = negation();
  while (at < words.length && words[at].is('-a')) {
    at++;
    value = negation() && value;
  }
  return value;
}

function negation(): bool {
  if (at < words.length && words[at].is('!') && at + 1 < words.length) {
    at++;
    return !negation();
  }
  return operand();
}

function operand(): bool {
  if (at >= words.length) {
    if (wrong === null) wrong = 'argument expected';
    return false;
  }
  const first = words[at++];
  const left = words.length - at;
  if (left >= 2 && isBinary(words[at])) {
    at += 2;
    return binary(first, words[at - 2], words[at - 1]);
  }
  if (first.is('(')) {
    const value = either();
    if (at < words.length && words[at].is(')')) at++;
    else if (wrong === null) wrong = 'closing paren expected';
    return value;
  }
  if (left >= 1 && isUnary(first)) return unary(first, words[at++]);
  return first.length > 0;
}

function isUnary(word: Bytes): bool {
  if (word.length != 2 || word[0] != 0x2d) return false;
  return 'bcdefghLnprsStuwxz'.indexOf(String.fromCharCode(word[1])) >= 0;
}

function isBinary(word: Bytes): bool {
  return (
    word.is('=') ||
    word.is('!=') ||
    word.is('<') ||
    word.is('>') ||
    word.is('-eq') ||
    word.is('-ne') ||
    word.is('-lt') ||
    word.is('-le') ||
    word.is('-gt') ||
    word.is('-ge') ||
    word.is('-nt') ||
    word.is('-ot') ||
    word.is('-ef')
  );
}

function unary(operator: Bytes, value: Bytes): bool {
  const letter = <i32>operator[1];
  if (letter == 0x6e) return value.length > 0;
  if (letter == 0x7a) return value.length == 0;
  if (letter == 0x74) return isatty(<i32>number(value)) == 1;
  const status = new FileStatus();
  if (status.ofPath(value) < 0) return false;
  if (letter == 0x64) return status.isDirectory;
  if (letter == 0x66) return status.isRegular;
  if (letter == 0x73) return status.size > 0;
  if (letter == 0x70) return (status.mode & S_IFMT) == S_IFIFO;
  if (letter == 0x63) return (status.mode & S_IFMT) == S_IFCHR;
  if (letter == 0x78) return (status.mode & 0o111) != 0;
  if (letter == 0x72) return (status.mode & 0o444) != 0;
  if (letter == 0x77) return (status.mode & 0o222) != 0;
  return letter == 0x65;
}

function number(word: Bytes): i64 {
  const value = parseNumber(word);
  if (value != NOT_A_NUMBER) return value;
  if (wrong === null) wrong = `Illegal number: ${word}`;
  return 0;
}

function binary(left: Bytes, operator: Bytes, right: Bytes): bool {
  if (operator.is('=')) return left.equals(right);
  if (operator.is('!=')) return !left.equals(right);
  if (operator.is('<')) return left.compare(right) < 0;
  if (operator.is('>')) return left.compare(right) > 0;
  if (operator.is('-nt') || operator.is('-ot') || operator.is('-ef')) return compareFiles(left, operator, right);
  const a = number(left);
  const b = number(right);
  if (operator.is('-eq')) return a == b;
  if (operator.is('-ne')) return a != b;
  if (operator.is('-lt')) return a < b;
  if (operator.is('-le')) return a <= b;
  return operator.is('-gt') ? a > b : a >= b;
}

function compareFiles(left: Bytes, operator: Bytes, right: Bytes): bool {
  const a = new FileStatus();
  const b = new FileStatus();
  const isThere = a.ofPath(left) == 0;
  if (b.ofPath(right) != 0) return isThere && operator.is('-nt');
  if (!isThere) return operator.is('-ot');
  if (operator.is('-nt')) return a.modified > b.modified;
  if (operator.is('-ot')) return a.modified < b.modified;
  return a.inode == b.inode && a.device == b.device;
}
