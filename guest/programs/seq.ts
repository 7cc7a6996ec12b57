// seq [-w] [-s TEXT] [FIRST [STEP]] LAST: writes whole numbers.

import { Bytes, NOT_A_NUMBER, argumentBytes, complain, formatNumber, malloc, out, parseNumber } from '../posix/index';

export function main(): i32 {
  const words = argumentBytes();
  let between = Bytes.of('\n');
  let wide = false;
  let at = 1;
  // By hand, since -1 is a number here.
  for (
    ;
    at < words.length && words[at].length > 1 && words[at][0] == 0x2d && parseNumber(words[at]) == NOT_A_NUMBER;
    at++
  ) {
    if (words[at].is('-w')) wide = true;
    else if (words[at].is('-s') && at + 1 < words.length) between = words[++at];
    else return complain(`invalid option: ${words[at]}`);
  }
  const operands = words.slice(at);
  if (operands.length == 0) return complain('missing operand');
  if (operands.length > 3) return complain(`extra operand '${operands[3]}'`);
  const numbers: i64[] = [];
  for (let i = 0; i < operands.length; i++) {
    const number = parseNumber(operands[i]);
    if (number == NOT_A_NUMBER) return complain(`invalid number: '${operands[i]}' (whole numbers only)`);
    numbers.push(number);
  }
  const first = numbers.length > 1 ? numbers[0] : 1;
  const step = numbers.length > 2 ? numbers[1] : 1;
  const last = numbers[numbers.length - 1];
  if (step == 0) return complain(`invalid Zero increment value: '${operands[1]}'`);
  const digits = malloc(32);
  const width = wide ? max(formatNumber(first, digits), formatNumber(last, digits)) : 0;
  let any = false;
  for (let value = first; step > 0 ? value <= last : value >= last; value += step) {
    if (any) out.bytes(between);
    any = true;
    if (wide) {
      const length = formatNumber(value < 0 ? -value : value, digits) + i32(value < 0);
      if (value < 0) out.byte(0x2d);
      for (let i = length; i < width; i++) out.byte(0x30);
      out.number(value < 0 ? -value : value);
    } else out.number(value);
  }
  if (any) out.byte(0x0a);
  return 0;
}
