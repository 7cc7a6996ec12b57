// test EXPRESSION: the program; the shell has the same built in, and [ as well.

import { argumentBytes, complain } from '../posix/index';
import { testError, testExpression } from './sh/test-expression';

export function main(): i32 {
  const status = testExpression(argumentBytes().slice(1));
  if (status == 2) complain(testError());
  return status;
}
