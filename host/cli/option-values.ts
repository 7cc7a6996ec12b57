// How values of options are read; commander tells the user what is wrong with one.
import { InvalidArgumentError, Option } from 'commander';
import { MAX_WINDOW_CYCLES } from '../../machine/index.ts';

export const MAX_CORES = 128;

/** An option that may be repeated: a list of its values. */
export function repeated(flags: string, description: string): Option {
  const collect = (text: string, before: string[]) => [...before, text];
  return new Option(flags, `${description}; may be repeated`).argParser(collect).default([], 'none');
}

/** The name of a file that is written; what looks like an option is none. */
export function fileName(text: string): string {
  if (text !== '' && !text.startsWith('-')) return text;
  throw new InvalidArgumentError('It must be the name of a file; ./-name is one that begins with a dash.');
}

/** The same where no file needs to be named: true then. */
export function fileNameIfAny(text: string): string | true {
  return text === '' || fileName(text);
}

export function integer(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll('_', ''));
    if (/^[\d_]+$/.test(text) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `${min} or more, below 2^53` : `between ${min} and ${max}`;
    throw new InvalidArgumentError(`It must be a whole number, ${range}.`);
  };
}

/** `1,2,4-8`: numbers and ranges, each once, in order. */
export function integers(min: number, max: number): (text: string) => number[] {
  return (text) => {
    const numbers = text.split(',').flatMap((part) => {
      const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
      const [from, to] = [Number(first), Number(last ?? first)];
      if (!(from >= min && to <= max && from <= to)) {
        const range = `from ${min} to ${max}`;
        throw new InvalidArgumentError(`It must be whole numbers ${range} and ranges of them, as in 1,2,4-8.`);
      }
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
    return [...new Set(numbers)].sort((a, b) => a - b);
  };
}

/** `--window`; without a default the machine chooses. */
export function windowOption(): Option {
  return new Option('--window <cycles>', 'cycles that a core runs before the next one does').argParser(
    integer(1, MAX_WINDOW_CYCLES),
  );
}

export function maxCyclesOption(): Option {
  return new Option('--max-cycles <n>', 'stop at this time, with exit status 42').argParser(integer(1));
}

export function parkingOption(): Option {
  return new Option('--parking <on|off>', 'skip cores that only poll until something changes (same results, faster)')
    .choices(['on', 'off'])
    .default('on');
}
