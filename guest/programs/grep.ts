// grep [-EFGchHilnqsvwx] [-e PATTERN]... [PATTERN] [FILE]...: writes lines that match a regular expression of POSIX. See regex/pattern.ts for what
// is not known. Files are text: what is binary is searched like everything else.
//
// A pattern that is a text, or in which every match contains one, is searched for that (regex/literal.ts); only lines with it meet the automaton.

import {
  ByteBuffer,
  Bytes,
  CHUNK,
  EISDIR,
  O_RDONLY,
  Options,
  behindLastByte,
  close,
  complain,
  complainOf,
  countByte,
  findByte,
  free,
  isDirectory,
  malloc,
  openPath,
  out,
  quit,
  readSome,
} from '../posix/index';
import { Automaton } from './regex/automaton';
import { Literal } from './regex/literal';
import { ALTERNATIVE, LINE_BEGIN, LINE_END, Node, PatternParser, SEQUENCE, pair } from './regex/pattern';

let extended = false;
let fixed = false;
let ignoreCase = false;
let inverted = false;
let onlyCount = false;
let onlyNames = false;
let numbers = false;
let quiet = false;
let silent = false;
let wholeLines = false;
let wholeWords = false;
/** 0: names where there are several files; 1: always; -1: never. */
let names = 0;

let automaton: Automaton | null = null;
let literal: Literal | null = null;

/** A fixed string as a basic regular expression. */
function escaped(text: Bytes): Bytes {
  const pattern = new ByteBuffer();
  for (let i = 0; i < text.length; i++) {
    const byte = <i32>text[i];
    const means = byte == 0x5c || byte == 0x5b || byte == 0x2e || byte == 0x2a || byte == 0x5e || byte == 0x24;
    if (means) pattern.byte(0x5c);
    pattern.byte(byte);
  }
  return pattern.view();
}

/** The border of a word: a byte of none, or the border of the line. */
function noWord(border: i32): Node {
  return pair(ALTERNATIVE, new Node(border), new PatternParser(Bytes.of('\\W'), false, false).parse());
}

/** Makes what searches; false after a message. Lines of the patterns are alternatives. */
function compile(patterns: Bytes): bool {
  let all: Node | null = null;
  let alternatives = 0;
  let from = 0;
  let only: PatternParser | null = null;
  while (from <= patterns.length) {
    let to = patterns.indexOf(0x0a, from);
    if (to < 0) to = patterns.length;
    const text = patterns.slice(from, to);
    const parser = new PatternParser(fixed ? escaped(text) : text, extended && !fixed, ignoreCase);
    const node = parser.parse();
    const error = parser.error;
    if (error !== null) {
      complain(error);
      return false;
    }
    const before = all;
    all = before === null ? node : pair(ALTERNATIVE, before, node);
    alternatives++;
    only = parser;
    from = to + 1;
  }
  let pattern = all!;
  if (wholeWords && !wholeLines) {
    pattern = pair(SEQUENCE, pair(SEQUENCE, noWord(LINE_BEGIN), pattern), noWord(LINE_END));
  }
  if (wholeLines) pattern = pair(SEQUENCE, pair(SEQUENCE, new Node(LINE_BEGIN), pattern), new Node(LINE_END));
  const required = only!.required;
  if (alternatives == 1 && required.length > 0) literal = new Literal(required, ignoreCase);
  if (literal === null || !only!.isLiteral || wholeLines || wholeWords) {
    const made = new Automaton(pattern);
    if (made.tooBig) {
      complain('Regular expression too big');
      return false;
    }
    automaton = made;
  }
  return true;
}

/** The line that was found, behind its newline. */
let hitEnd: usize = 0;

/** The first line in [from, to) that matches; 0: none. */
function findHit(from: usize, to: usize): usize {
  const text = literal;
  const machine = automaton;
  let at = from;
  while (true) {
    if (text === null) {
      const line = machine!.find(at, to);
      hitEnd = machine!.lineEnd;
      return line;
    }
    const found = text.find(at, to);
    if (found == 0) return 0;
    const line = behindLastByte(at, found, 0x0a);
    hitEnd = findByte(found, to, 0x0a) + 1;
    if (machine === null || machine.find(line, hitEnd) != 0) return line;
    at = hitEnd;
  }
}

let name: Bytes = new Bytes(0, 0);
let withName = false;
let selected: i64 = 0;
/** Number of lines in front of `numbered`. */
let lineNumber: i64 = 0;
let numbered: usize = 0;

/** Writes the lines in [from, to), or counts them. */
function select(from: usize, to: usize): void {
  if (onlyCount || onlyNames || quiet) {
    selected += countByte(from, to, 0x0a);
    return;
  }
  selected++;
  if (!withName && !numbers) {
    out.raw(from, <i32>(to - from));
    return;
  }
  if (numbers) lineNumber += countByte(numbered, from, 0x0a);
  for (let at = from; at < to; ) {
    const end = findByte(at, to, 0x0a) + 1;
    if (withName) out.bytes(name).byte(0x3a);
    if (numbers) out.number(++lineNumber).byte(0x3a);
    out.raw(at, <i32>(end - at));
    at = end;
  }
  numbered = to;
}

/** Searches lines, of which the last ends at `to`; false: the rest of the file does not matter. */
function searchLines(from: usize, to: usize): bool {
  numbered = from;
  let at = from;
  while (at < to) {
    const hit = findHit(at, to);
    const end = hit == 0 ? to : hit;
    if (inverted && end > at) select(at, end);
    if (hit != 0 && !inverted) select(hit, hitEnd);
    if (selected > 0 && (quiet || onlyNames)) return false;
    if (hit == 0) break;
    at = hitEnd;
  }
  if (numbers) lineNumber += countByte(numbered, to, 0x0a);
  return true;
}

let buffer: usize = 0;
let capacity: i32 = CHUNK;

/** Searches an open file; returns 0 or an error. */
function search(fd: i32): i32 {
  if (buffer == 0) buffer = malloc(capacity + 1);
  let kept = 0;
  selected = 0;
  lineNumber = 0;
  while (true) {
    if (kept == capacity) {
      // A line that is longer than the buffer.
      const larger = malloc(capacity * 2 + 1);
      memory.copy(larger, buffer, kept);
      free(buffer);
      buffer = larger;
      capacity *= 2;
    }
    const count = readSome(fd, buffer + kept, capacity - kept);
    if (count < 0) return count;
    const end = buffer + kept + count;
    if (count == 0) {
      if (kept > 0) {
        store<u8>(end, 0x0a);
        searchLines(buffer, end + 1);
      }
      return 0;
    }
    const complete = behindLastByte(buffer + kept, end, 0x0a);
    if (complete == buffer + kept && (kept == 0 || load<u8>(complete - 1) != 0x0a)) {
      kept += count;
      continue;
    }
    if (!searchLines(buffer, complete)) return 0;
    kept = <i32>(end - complete);
    memory.copy(buffer, complete, kept);
  }
}

function report(): void {
  if (quiet) return;
  if (onlyNames) {
    if (selected > 0) out.bytes(name).byte(0x0a);
  } else if (onlyCount) {
    if (withName) out.bytes(name).byte(0x3a);
    out.number(selected).byte(0x0a);
  }
}

/** Reads the options; the patterns are appended to `patterns`, a line each. Returns the operands, null after a message. */
function readOptions(patterns: ByteBuffer): Bytes[] | null {
  const options = new Options('EFGchHilnqsvwxe:');
  let given = false;
  for (let option = options.next(); option != 0; option = options.next()) {
    switch (option) {
      case 0x45:
        extended = true;
        break;
      case 0x46:
        fixed = true;
        break;
      case 0x47:
        extended = false;
        break;
      case 0x63:
        onlyCount = true;
        break;
      case 0x68:
        names = -1;
        break;
      case 0x48:
        names = 1;
        break;
      case 0x69:
        ignoreCase = true;
        break;
      case 0x6c:
        onlyNames = true;
        break;
      case 0x6e:
        numbers = true;
        break;
      case 0x71:
        quiet = true;
        break;
      case 0x73:
        silent = true;
        break;
      case 0x76:
        inverted = true;
        break;
      case 0x77:
        wholeWords = true;
        break;
      case 0x78:
        wholeLines = true;
        break;
      case 0x65: {
        if (given) patterns.byte(0x0a);
        patterns.bytes(options.value);
        given = true;
        break;
      }
      default:
        return null;
    }
  }
  const operands = options.operands;
  if (given) return operands;
  if (operands.length == 0) {
    complain('usage: grep [-EFGchHilnqsvwx] [-e PATTERN]... [PATTERN] [FILE]...');
    return null;
  }
  patterns.bytes(operands[0]);
  return operands.slice(1);
}

export function main(): i32 {
  const patterns = new ByteBuffer();
  const files = readOptions(patterns);
  if (files === null || !compile(patterns.view())) return 2;
  if (files.length == 0) files.push(Bytes.of('-'));
  withName = names > 0 || (names == 0 && files.length > 1);
  let found = false;
  let failed = false;
  for (let i = 0; i < files.length; i++) {
    const isInput = files[i].is('-');
    name = isInput ? Bytes.of('(standard input)') : files[i];
    const fd = isInput ? 0 : openPath(files[i], O_RDONLY);
    let error = fd < 0 ? fd : search(fd);
    if (error == -EISDIR && isDirectory(files[i])) {
      if (!silent) complain(`${files[i]}: Is a directory`);
    } else if (error < 0 && !silent) complainOf(name, error);
    if (error < 0) {
      failed = failed || error != -EISDIR;
      if (fd > 0) close(fd);
      continue;
    }
    report();
    if (selected > 0) found = true;
    if (found && quiet) quit(0);
    if (!isInput) close(fd);
  }
  if (failed) return 2;
  return found ? 0 : 1;
}
