// The kernel's command line: words `key=value`, then ` -- ` and the program with its arguments, in each of which blanks and the like are percent-
// encoded. What init is given is made of it here, once, on the boot core. Words are the kernel's own, but for
//
//   export=PATH   a file that is given to the people outside at the end; as often as there are files
import { BootInfo } from '../boot-info';

const BLANK: i32 = 0x20;
const PERCENT: i32 = 0x25;
const DASH: i32 = 0x2d;

export class CommandLine {
  private readonly start: usize;
  private readonly end: usize;
  /** Behind the `--`; the end when there is none. */
  private readonly program: usize;

  constructor(info: BootInfo) {
    this.start = info.commandLine;
    this.end = info.commandLine + info.commandLineBytes;
    let at = this.start;
    while (true) {
      const word = this.wordFrom(at);
      const next = this.wordEnd(word);
      if (word == this.end || (next == word + 2 && load<u8>(word) == DASH && load<u8>(word + 1) == DASH)) {
        this.program = next;
        break;
      }
      at = next;
    }
  }

  /** Whether a word is there. */
  has(text: string): bool {
    for (let at = this.wordFrom(this.start); at < this.program; at = this.wordFrom(this.wordEnd(at))) {
      if (this.startsWith(at, text) && this.wordEnd(at) == at + text.length) return true;
    }
    return false;
  }

  /** The first word with a prefix from `at` on; the end where there is none. */
  find(at: usize, prefix: string): usize {
    let word = this.wordFrom(at);
    while (word < this.program && !this.startsWith(word, prefix)) word = this.wordFrom(this.wordEnd(word));
    return word < this.program ? word : this.end;
  }

  get first(): usize {
    return this.start;
  }

  get last(): usize {
    return this.end;
  }

  wordEnd(word: usize): usize {
    while (word < this.end && load<u8>(word) != BLANK) word++;
    return word;
  }

  private wordFrom(at: usize): usize {
    while (at < this.end && load<u8>(at) == BLANK) at++;
    return at;
  }

  private startsWith(at: usize, text: string): bool {
    if (at + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (load<u8>(at + i) != text.charCodeAt(i)) return false;
    return true;
  }

  /** Puts a word, or the rest of one, to `to` without its encoding; returns its bytes. */
  decode(word: usize, end: usize, to: usize, room: i32): i32 {
    let written = 0;
    // A lone percent sign stands for nothing.
    if (end == word + 1 && load<u8>(word) == PERCENT) return 0;
    for (let at = word; at < end && written < room; at++) {
      let byte = <i32>load<u8>(at);
      if (byte == PERCENT && at + 2 < end) {
        byte = 16 * digit(load<u8>(at + 1)) + digit(load<u8>(at + 2));
        at += 2;
      }
      store<u8>(to + written, byte);
      written++;
    }
    return written;
  }

  /** Puts the program's words to `to`, each with a zero byte behind it; returns their bytes, 0 where there is no program. */
  programArguments(to: usize, room: i32): i32 {
    let written = 0;
    for (let word = this.wordFrom(this.program); word < this.end; word = this.wordFrom(this.wordEnd(word))) {
      if (written == room) break;
      written += this.decode(word, this.wordEnd(word), to + written, room - written - 1);
      store<u8>(to + written, 0);
      written++;
    }
    return written;
  }
}

function digit(byte: i32): i32 {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57;
}
