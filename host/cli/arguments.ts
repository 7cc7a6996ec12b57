// Turns what follows `--invoke` into a call: which export, and the bits of its arguments by the function's type.
import type { FunctionType, Image } from '../../machine/index.ts';
import { parseValue, signature, typeName } from '../values.ts';
import { EXIT } from './exit-codes.ts';
import { CommandFailure } from './failure.ts';

/** What a module is run by when nobody says. */
const DEFAULT_EXPORTS = ['_start', 'run', 'main'];

export interface Call {
  name: string;
  type: FunctionType;
  args: bigint[];
}

/** Throws a CommandFailure (usage) that lists the exports or the signature. */
export function resolveCall(module: Image['module'], invoke: string | undefined, texts: string[]): Call {
  const functions = exportedFunctions(module);
  const name = invoke ?? DEFAULT_EXPORTS.find((candidate) => functions.has(candidate));
  const type = name === undefined ? undefined : functions.get(name);
  if (name === undefined || type === undefined) {
    const what =
      invoke === undefined ? 'the module exports none of _start, run and main' : `no function "${invoke}" is exported`;
    throw new CommandFailure(EXIT.usage, what, {
      where: functions.size === 0 ? ['it exports no function at all'] : ['exported functions:', ...listing(functions)],
      ...(functions.size === 0 ? {} : { hint: 'choose one with --invoke NAME ARGS...' }),
    });
  }
  if (texts.length !== type.params.length) {
    throw new CommandFailure(
      EXIT.usage,
      `"${name}" takes ${count(type.params.length, 'argument')}, but ${texts.length === 0 ? 'none is' : `${texts.length} ${texts.length === 1 ? 'is' : 'are'}`} given`,
      { hint: `its type is ${signature(type)}` },
    );
  }
  return { name, type, args: texts.map((text, i) => parseArgument(name, type, i, text)) };
}

function parseArgument(name: string, type: FunctionType, i: number, text: string): bigint {
  try {
    return parseValue(type.params[i] as number, text);
  } catch (error) {
    throw new CommandFailure(EXIT.usage, `argument ${i + 1} of "${name}": ${(error as Error).message}`, {
      hint: `it must be an ${typeName(type.params[i] as number)}; the function's type is ${signature(type)}`,
    });
  }
}

export function exportedFunctions(module: Image['module']): Map<string, FunctionType> {
  const functions = new Map<string, FunctionType>();
  for (const { kind, name, index } of module.exports) {
    const type = module.types[module.functions[index] ?? -1];
    if (kind === 'function' && type !== undefined) functions.set(name, type);
  }
  return functions;
}

function listing(functions: Map<string, FunctionType>): string[] {
  const shown = [...functions].slice(0, 20).map(([name, type]) => `  ${name} ${signature(type)}`);
  return functions.size > 20 ? [...shown, `  and ${functions.size - 20} more`] : shown;
}

function count(n: number, noun: string): string {
  return `${n === 0 ? 'no' : n} ${noun}${n === 1 ? '' : 's'}`;
}
