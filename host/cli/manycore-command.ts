// A command of the command line: commander's, but for options that may name a file (`--stats [file]`).
//
// Commander takes whatever word is next for the file, so that `run --stats hello.wasm` would have no program, and a program's file could be
// overwritten by a report. Here the word is the option's if it looks like a file and like no program.
import { Command } from 'commander';

export class ManycoreCommand extends Command {
  #operandsEndOptions = false;

  override createCommand(name?: string): ManycoreCommand {
    return new ManycoreCommand(name);
  }

  override passThroughOptions(passThrough = true): this {
    this.#operandsEndOptions = passThrough;
    return super.passThroughOptions(passThrough);
  }

  override parseOptions(argv: string[]): ReturnType<Command['parseOptions']> {
    return super.parseOptions(this.#withoutStrayFiles(argv));
  }

  /** The same words; an option that is to have no file is written `--stats=`, which says so. */
  #withoutStrayFiles(argv: readonly string[]): string[] {
    const words = [...argv];
    for (let i = 0; i < words.length && words[i] !== '--'; i++) {
      const word = words[i] as string;
      const option = this.options.find((candidate) => candidate.long === word || candidate.short === word);
      if (option?.required) i++;
      else if (option?.optional && mayBeReport(words[i + 1])) i++;
      else if (option?.optional) words[i] = `${word}=`;
      else if (this.#operandsEndOptions && !word.startsWith('-')) break;
    }
    return words;
  }
}

/** `stats.json` and `./stats`, but neither `monolith` nor `hello.wasm`. */
function mayBeReport(word: string | undefined): boolean {
  return word !== undefined && !word.startsWith('-') && /[./]/.test(word) && !/\.(ts|wasm|wat)$/i.test(word);
}
