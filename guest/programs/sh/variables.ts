// Built-in commands on variables and options: export, unset, local, set.

import { ByteBuffer, Bytes } from '../../posix/index';
import { functionDepth, makeLocal } from './execute';
import { report } from './messages';
import { isName } from './parser';
import {
  describeVariables,
  functions,
  getVariable,
  setExported,
  setOption,
  setPositional,
  setVariable,
  unsetVariable,
} from './state';

function refuse(command: string, name: Bytes): i32 {
  report(Bytes.of(`${command}: ${name}: bad variable name`));
  return 2;
}

/** export [NAME[=VALUE]]..., and readonly, which gives values only. */
export function exportVariables(operands: Bytes[], exported: bool, output: ByteBuffer): i32 {
  if (operands.length == 0 || operands[0].is('-p')) {
    if (exported) describeVariables(output, true);
    return 0;
  }
  for (let i = 0; i < operands.length; i++) {
    const cut = operands[i].indexOf(0x3d);
    const name = cut < 0 ? operands[i] : operands[i].slice(0, cut);
    if (!isName(name)) return refuse('export', name);
    if (cut >= 0) setVariable(name, operands[i].slice(cut + 1));
    if (exported) setExported(name, true);
  }
  return 0;
}

/** unset [-fv] NAME... */
export function unsetCommand(operands: Bytes[]): i32 {
  let onFunctions = false;
  for (let i = 0; i < operands.length; i++) {
    if (operands[i].is('-f')) onFunctions = true;
    else if (operands[i].is('-v')) onFunctions = false;
    else if (onFunctions) functions.delete(operands[i].toString());
    else unsetVariable(operands[i]);
  }
  return 0;
}

/** local NAME[=VALUE]...: without a value a variable keeps the one it has. */
export function makeLocals(operands: Bytes[]): i32 {
  if (functionDepth == 0) {
    report(Bytes.of('local: not in a function'));
    return 2;
  }
  for (let i = 0; i < operands.length; i++) {
    const cut = operands[i].indexOf(0x3d);
    const name = cut < 0 ? operands[i] : operands[i].slice(0, cut);
    if (!isName(name)) return refuse('local', name);
    makeLocal(name, getVariable(name));
    if (cut >= 0) setVariable(name, operands[i].slice(cut + 1));
  }
  return 0;
}

/** set [-efux] [+efux] [--] [ARGUMENT]... */
export function setCommand(operands: Bytes[], output: ByteBuffer): i32 {
  if (operands.length == 0) {
    describeVariables(output, false);
    return 0;
  }
  let i = 0;
  for (; i < operands.length; i++) {
    const word = operands[i];
    if (word.is('--')) {
      setPositional(operands.slice(i + 1));
      return 0;
    }
    if (word.length < 2 || (word[0] != 0x2d && word[0] != 0x2b)) break;
    for (let j = 1; j < word.length; j++) {
      if (setOption(word[j], word[0] == 0x2d)) continue;
      report(Bytes.of(`set: Illegal option ${word}`));
      return 2;
    }
  }
  if (i < operands.length) setPositional(operands.slice(i));
  return 0;
}
