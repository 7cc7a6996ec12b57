// Parses a script command by command, by recursive descent. A syntax error is kept, not thrown: `error` is what the parser found where it should
// not be, and everything unwinds from there. `incomplete` tells an interactive shell to ask for another line.

import { Bytes, parseNumber } from '../../posix/index';
import {
  AMPERSAND,
  AND_IF,
  BAR,
  CLOBBER,
  CLOSE,
  DOUBLE_GREATER,
  DOUBLE_LESS,
  DOUBLE_LESS_DASH,
  DOUBLE_SEMICOLON,
  END,
  GREATER,
  GREATER_AND,
  IO_NUMBER,
  LESS,
  LESS_AND,
  LESS_GREATER,
  Lexer,
  NEWLINE,
  OPEN,
  OR_IF,
  SEMICOLON,
  WORD,
} from './lexer';
import * as syntax from './syntax';
import { Command, Redirection } from './syntax';

/** Whether a word is NAME=VALUE. */
export function assignmentEnd(word: Bytes): i32 {
  for (let i = 0; i < word.length; i++) {
    if (word[i] == 0x3d) return i > 0 ? i : -1;
    if (!isNameByte(word[i], i > 0)) return -1;
  }
  return -1;
}

export function isNameByte(byte: i32, digits: bool): bool {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || byte == 0x5f || (digits && byte >= 0x30 && byte <= 0x39);
}

export function isName(word: Bytes): bool {
  for (let i = 0; i < word.length; i++) if (!isNameByte(word[i], i > 0)) return false;
  return word.length > 0;
}

export class Parser {
  error: Bytes | null = null;
  private lexer: Lexer;

  constructor(text: Bytes) {
    this.lexer = new Lexer(text);
  }

  get line(): i32 {
    return this.lexer.line;
  }

  /** The source ends where more must follow. */
  get incomplete(): bool {
    return this.lexer.unfinished || (this.error !== null && this.lexer.kind == END);
  }

  /** The next command with all that follows it on its line; null at the end, or after an error. */
  next(): Command | null {
    this.skipNewlines();
    if (this.lexer.kind == END) return null;
    const list = this.list(true);
    if (this.error === null && this.lexer.kind != NEWLINE && this.lexer.kind != END) this.fail();
    if (this.lexer.unfinished && this.error === null) this.fail();
    return this.error === null ? list : null;
  }

  private fail(): void {
    if (this.error !== null) return;
    const lexer = this.lexer;
    if (lexer.unfinished) this.error = Bytes.of('Unterminated quoted string');
    else if (lexer.kind == END) this.error = Bytes.of('end of file unexpected');
    else if (lexer.kind == NEWLINE) this.error = Bytes.of('newline unexpected');
    else if (lexer.kind == WORD) this.error = Bytes.of(`"${lexer.word}" unexpected`);
    else {
      let text = '"';
      for (let rest = lexer.kind; rest != 0; rest >>>= 8) text += String.fromCharCode(rest & 0xff);
      this.error = Bytes.of(text + '" unexpected');
    }
  }

  private skipNewlines(): void {
    while (this.lexer.kind == NEWLINE) this.lexer.advance();
  }

  /** Whether the next token is this reserved word. */
  private at(word: string): bool {
    return this.lexer.kind == WORD && this.lexer.word.is(word);
  }

  private take(word: string): bool {
    if (!this.at(word)) return false;
    this.lexer.advance();
    return true;
  }

  private expect(word: string): void {
    if (!this.take(word)) this.fail();
  }

  private atListEnd(): bool {
    const lexer = this.lexer;
    if (lexer.kind == END || lexer.kind == CLOSE || lexer.kind == DOUBLE_SEMICOLON) return true;
    if (lexer.kind != WORD) return false;
    return (
      this.at('then') ||
      this.at('fi') ||
      this.at('do') ||
      this.at('done') ||
      this.at('else') ||
      this.at('elif') ||
      this.at('esac') ||
      this.at('}')
    );
  }

  private begin(kind: i32): Command {
    return new Command(kind, this.lexer.line);
  }

  /** Commands up to a word that ends them, or (onLine) to the end of the line. */
  private list(onLine: bool): Command {
    const list = this.begin(syntax.LIST);
    const from = this.lexer.start;
    if (!onLine) this.skipNewlines();
    while (this.error === null && !this.atListEnd()) {
      const part = this.andOr();
      const background = this.lexer.kind == AMPERSAND;
      list.parts.push(part);
      list.background.push(background);
      if (background || this.lexer.kind == SEMICOLON) this.lexer.advance();
      else if (this.lexer.kind != NEWLINE) break;
      if (onLine && this.lexer.kind == NEWLINE) break;
      if (!onLine) this.skipNewlines();
    }
    if (list.parts.length == 0) this.fail();
    return this.finish(list, from);
  }

  private finish(command: Command, from: i32): Command {
    command.source = this.lexer.text.slice(from, this.lexer.before);
    return command;
  }

  private andOr(): Command {
    const from = this.lexer.start;
    let left = this.pipeline();
    while (this.error === null && (this.lexer.kind == AND_IF || this.lexer.kind == OR_IF)) {
      const node = this.begin(this.lexer.kind == AND_IF ? syntax.AND : syntax.OR);
      this.lexer.advance();
      this.skipNewlines();
      node.left = left;
      node.right = this.pipeline();
      left = this.finish(node, from);
    }
    return left;
  }

  private pipeline(): Command {
    const from = this.lexer.start;
    const node = this.begin(syntax.PIPELINE);
    while (this.take('!')) node.flag = !node.flag;
    node.parts.push(this.command());
    while (this.error === null && this.lexer.kind == BAR) {
      this.lexer.advance();
      this.skipNewlines();
      node.parts.push(this.command());
    }
    if (node.parts.length == 1 && !node.flag) return node.parts[0];
    return this.finish(node, from);
  }

  private command(): Command {
    const from = this.lexer.start;
    let node: Command;
    if (this.lexer.kind == OPEN) node = this.subshell();
    else if (this.at('{')) node = this.group();
    else if (this.at('if')) node = this.ifCommand();
    else if (this.at('while') || this.at('until')) node = this.loop();
    else if (this.at('for')) node = this.forCommand();
    else if (this.at('case')) node = this.caseCommand();
    else return this.simple();
    this.finish(node, from);
    while (this.error === null && this.redirection(node)) {}
    return node;
  }

  private subshell(): Command {
    const node = this.begin(syntax.SUBSHELL);
    this.lexer.advance();
    node.left = this.list(false);
    if (this.lexer.kind == CLOSE) this.lexer.advance();
    else this.fail();
    return node;
  }

  private group(): Command {
    const node = this.begin(syntax.GROUP);
    this.lexer.advance();
    node.left = this.list(false);
    this.expect('}');
    return node;
  }

  /** Behind `if` and `elif`. */
  private ifCommand(): Command {
    const node = this.begin(syntax.IF);
    this.lexer.advance();
    node.left = this.list(false);
    this.expect('then');
    node.right = this.list(false);
    if (this.at('elif')) {
      node.otherwise = this.ifCommand();
      return node;
    }
    if (this.take('else')) node.otherwise = this.list(false);
    this.expect('fi');
    return node;
  }

  private loop(): Command {
    const node = this.begin(this.at('while') ? syntax.WHILE : syntax.UNTIL);
    this.lexer.advance();
    node.left = this.list(false);
    node.right = this.doGroup();
    return node;
  }

  private doGroup(): Command {
    this.expect('do');
    const body = this.list(false);
    this.expect('done');
    return body;
  }

  private forCommand(): Command {
    const node = this.begin(syntax.FOR);
    this.lexer.advance();
    if (this.error === null && (this.lexer.kind != WORD || !isName(this.lexer.word))) {
      this.error = Bytes.of('Bad for loop variable');
    }
    node.name = this.lexer.word;
    this.lexer.advance();
    this.skipNewlines();
    node.flag = !this.take('in');
    if (!node.flag) {
      while (this.lexer.kind == WORD) {
        node.words.push(this.lexer.word);
        this.lexer.advance();
      }
    }
    if (this.lexer.kind == SEMICOLON) this.lexer.advance();
    else if (!node.flag && this.lexer.kind != NEWLINE) this.fail();
    this.skipNewlines();
    node.right = this.doGroup();
    return node;
  }

  private caseCommand(): Command {
    const node = this.begin(syntax.CASE);
    this.lexer.advance();
    if (this.lexer.kind != WORD) this.fail();
    node.name = this.lexer.word;
    this.lexer.advance();
    this.skipNewlines();
    this.expect('in');
    this.skipNewlines();
    while (this.error === null && !this.at('esac')) {
      node.items.push(this.caseItem());
      if (this.lexer.kind == DOUBLE_SEMICOLON) this.lexer.advance();
      else if (!this.at('esac')) this.fail();
      this.skipNewlines();
    }
    this.expect('esac');
    return node;
  }

  private caseItem(): syntax.CaseItem {
    const item = new syntax.CaseItem();
    if (this.lexer.kind == OPEN) this.lexer.advance();
    while (this.error === null) {
      if (this.lexer.kind != WORD) this.fail();
      item.patterns.push(this.lexer.word);
      this.lexer.advance();
      if (this.lexer.kind != BAR) break;
      this.lexer.advance();
    }
    if (this.lexer.kind == CLOSE) this.lexer.advance();
    else this.fail();
    this.skipNewlines();
    if (!this.atListEnd()) item.body = this.list(false);
    return item;
  }

  private simple(): Command {
    const node = this.begin(syntax.SIMPLE);
    const lexer = this.lexer;
    const from = lexer.start;
    if (lexer.kind == WORD && this.atListEnd()) this.fail();
    while (this.error === null) {
      if (lexer.kind == WORD) {
        const word = lexer.word;
        if (node.words.length == 0 && assignmentEnd(word) > 0) node.assignments.push(word);
        else node.words.push(word);
        lexer.advance();
        const isDefinition = lexer.kind == OPEN && node.words.length == 1 && node.assignments.length == 0;
        if (isDefinition && isName(word)) return this.definition(word, from);
      } else if (!this.redirection(node)) {
        break;
      }
    }
    if (node.words.length + node.assignments.length + node.redirections.length == 0) this.fail();
    return this.finish(node, from);
  }

  private definition(name: Bytes, from: i32): Command {
    const node = this.begin(syntax.FUNCTION);
    this.lexer.advance();
    if (this.lexer.kind == CLOSE) this.lexer.advance();
    else this.fail();
    this.skipNewlines();
    node.name = name;
    node.left = this.command();
    return this.finish(node, from);
  }

  private redirection(node: Command): bool {
    const lexer = this.lexer;
    let fd = -1;
    if (lexer.kind == IO_NUMBER) {
      fd = <i32>parseNumber(lexer.word);
      lexer.advance();
    }
    const operator = lexer.kind;
    let kind: i32;
    if (operator == LESS) kind = syntax.INPUT;
    else if (operator == GREATER || operator == CLOBBER) kind = syntax.OUTPUT;
    else if (operator == DOUBLE_GREATER) kind = syntax.APPEND;
    else if (operator == LESS_AND || operator == GREATER_AND) kind = syntax.DUPLICATE;
    else if (operator == LESS_GREATER) kind = syntax.READ_WRITE;
    else if (operator == DOUBLE_LESS || operator == DOUBLE_LESS_DASH) kind = syntax.HERE_DOCUMENT;
    else return false;
    const writes = operator == GREATER || operator == CLOBBER || operator == DOUBLE_GREATER || operator == GREATER_AND;
    if (fd < 0) fd = writes ? 1 : 0;
    lexer.advance();
    if (lexer.kind != WORD && lexer.kind != IO_NUMBER) {
      this.fail();
      return true;
    }
    const redirection = new Redirection(kind, fd, lexer.word);
    node.redirections.push(redirection);
    if (kind == syntax.HERE_DOCUMENT) {
      // Before the next token is read, which may be the newline that the contents follow.
      lexer.awaitHereDocument(redirection, operator == DOUBLE_LESS_DASH);
    }
    lexer.advance();
    return true;
  }
}
