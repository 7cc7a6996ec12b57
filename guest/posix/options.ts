// Options of a command line, as getopt finds them: single letters, in groups, with values; "--" ends them; operands may stand in between.

import { argumentBytes, programName } from './arguments';
import { Bytes } from './bytes';
import { err } from './output';

/** What `next` answers for an option that the program does not have, or whose value is missing; a message was written. */
export const BAD_OPTION: i32 = 0x3f;
/** What `next` answers for a number in the place of an option, as in `head -5`, where the letters have a '#'. */
export const NUMBER_OPTION: i32 = 0x23;

export class Options {
  /** Value of the option that `next` answered, where it has one. */
  value: Bytes = new Bytes(0, 0);
  /** What is no option; complete when `next` has answered 0. */
  operands: Bytes[] = [];
  private index: i32 = 1;
  private place: i32 = 0;
  private all: Bytes[] = argumentBytes();

  /** `letters`: those of the options, with ':' behind each that has a value; '+' in front: options end at the first operand. */
  constructor(readonly letters: string) {}

  /** The next option's letter, 0 behind the last, BAD_OPTION, or NUMBER_OPTION. */
  next(): i32 {
    if (this.place == 0 && !this.findGroup()) return 0;
    const argument = this.all[this.index];
    const letter = <i32>argument[this.place++];
    const last = this.place == argument.length;
    const isDigit = letter >= 0x30 && letter <= 0x39;
    if (isDigit && this.letters.includes('#')) return this.number(argument);
    const at = letter == 0x3a || letter == 0x23 ? -1 : this.letters.indexOf(String.fromCharCode(letter));
    if (at < 0) {
      this.refuse('invalid option', letter);
      if (last) this.advance();
      return BAD_OPTION;
    }
    if (this.letters.charCodeAt(at + 1) == 0x3a) return this.withValue(letter, argument);
    if (last) this.advance();
    return letter;
  }

  /** Goes on to the next group of options; puts the operands on the way aside. */
  private findGroup(): bool {
    const all = this.all;
    while (this.index < all.length) {
      const argument = all[this.index];
      if (argument.is('--')) {
        this.index++;
        break;
      }
      if (argument.length > 1 && argument[0] == 0x2d) {
        this.place = 1;
        return true;
      }
      if (this.letters.charCodeAt(0) == 0x2b) break;
      this.operands.push(argument);
      this.index++;
    }
    while (this.index < all.length) this.operands.push(all[this.index++]);
    return false;
  }

  private advance(): void {
    this.index++;
    this.place = 0;
  }

  private number(argument: Bytes): i32 {
    this.value = argument.slice(this.place - 1);
    this.advance();
    return NUMBER_OPTION;
  }

  private withValue(letter: i32, argument: Bytes): i32 {
    if (this.place < argument.length) {
      this.value = argument.slice(this.place);
    } else if (this.index + 1 < this.all.length) {
      this.value = this.all[++this.index];
    } else {
      this.advance();
      this.refuse('option requires an argument', letter);
      return BAD_OPTION;
    }
    this.advance();
    return letter;
  }

  private refuse(what: string, letter: i32): void {
    err.bytes(programName()).text(': ').text(what).text(" -- '").byte(letter).text("'\n");
    err.flush();
  }
}
