// buildtree generate [-n FILES] [-b BYTES] SOURCES: makes a tree of sources, the same each time.
// buildtree make SOURCES OBJECTS: compiles what is newer than its object, one process after the other, and links all. Writes how many were compiled.
// buildtree compile SOURCES NAME OBJECTS, buildtree link OBJECTS: what make runs.
//
// A stand-in for a build by make and cc: processes that read sources and what these include, compute, and write objects. The language has names, numbers and
// signs; an object is the list of its tokens, each by its place in a table of symbols; a program is the objects in a row.

import {
  ByteBuffer,
  Bytes,
  Directory,
  EEXIST,
  File,
  FileStatus,
  NOT_A_NUMBER,
  Options,
  ProcessEnd,
  complain,
  complainOf,
  complainThat,
  free,
  joinPath,
  malloc,
  mkdir,
  namesIn,
  out,
  ownEnvironment,
  parseNumber,
  spawnAt,
} from '../posix/index';

const HEADERS: i32 = 8;
/** Each source includes as many headers. */
const INCLUDED: i32 = 3;
const SYMBOLS: u32 = 1 << 12;
/** Passes over the tokens of a source: what a compiler does beside reading and writing. */
const PASSES: i32 = 8;

let seed: u32 = 1;

function random(limit: i32): i32 {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return <i32>((<u64>seed * <u64>limit) >> 32);
}

// --- generate

function word(text: ByteBuffer): void {
  for (let letters = 2 + random(7); letters > 0; letters--) text.byte(0x61 + random(26));
}

/** Lines of names and numbers, about as many bytes. */
function lines(text: ByteBuffer, bytes: i32): void {
  const end = text.length + bytes;
  while (text.length < end) {
    word(text);
    text.byte(0x20).byte(0x3d).byte(0x20);
    for (let terms = 1 + random(4); terms > 0; terms--) {
      if (random(3) == 0) text.number(random(1000));
      else word(text);
      text
        .byte(0x20)
        .byte(random(2) == 0 ? 0x2b : 0x2a)
        .byte(0x20);
    }
    word(text);
    text.byte(0x3b).byte(0x0a);
  }
}

function write(path: Bytes, text: ByteBuffer): i32 {
  const file = File.create(path);
  if (!file.isOpen) return -file.error;
  const error = file.write(text.view());
  file.close();
  return error;
}

function named(letter: i32, number: i32): Bytes {
  return new ByteBuffer().byte(letter).number(number).view();
}

function generate(sources: Bytes, files: i32, bytes: i32): i32 {
  const made = mkdir(sources.start, sources.length, 0o777);
  if (made < 0 && made != -EEXIST) return complainOf(sources, made);
  for (let i = 0; i < HEADERS + files; i++) {
    const isHeader = i < HEADERS;
    const text = new ByteBuffer();
    for (let n = 0; n < INCLUDED && !isHeader; n++) {
      text
        .byte(0x23)
        .bytes(named(0x68, (i * (n + 1)) % HEADERS))
        .byte(0x0a);
    }
    lines(text, bytes);
    const path = joinPath(sources, named(isHeader ? 0x68 : 0x63, isHeader ? i : i - HEADERS));
    const error = write(path, text);
    if (error < 0) return complainOf(path, error);
    text.free();
  }
  return 0;
}

// --- compile

/** Hashes of the symbols, by place; 0: free. */
let table: usize = 0;
let tokens: ByteBuffer = new ByteBuffer();

/** The place of a symbol in the table. */
function place(hash: u32): u32 {
  let at = (hash * 0x9e3779b1) >> 20;
  while (load<u32>(table + (at << 2)) != 0 && load<u32>(table + (at << 2)) != hash) at = (at + 1) & (SYMBOLS - 1);
  store<u32>(table + (at << 2), hash);
  return at;
}

/** Appends the tokens of a file and of what it includes; returns an error or 0. */
function read(sources: Bytes, name: Bytes): i32 {
  const path = joinPath(sources, name);
  const file = File.open(path);
  if (!file.isOpen) return complainOf(path, -file.error);
  const text = file.readAll();
  file.close();
  for (let i = 0; i < text.length; ) {
    const byte = <i32>text[i];
    if (byte == 0x23) {
      const end = text.indexOf(0x0a, i);
      const failed = read(sources, text.slice(i + 1, end));
      if (failed != 0) return failed;
      i = end;
      continue;
    }
    if (byte <= 0x20) {
      i++;
      continue;
    }
    let hash: u32 = 0x811c9dc5;
    const from = i;
    while (i < text.length && (text[i] >= 0x61 || (text[i] >= 0x30 && text[i] <= 0x39)))
      hash = (hash ^ text[i++]) * 0x01000193;
    if (i == from) hash = (hash ^ text[i++]) * 0x01000193;
    // A table that is full would be searched for ever.
    const token = place((hash & 0x7ff) + 1);
    tokens.byte(token & 0xff).byte(token >> 8);
  }
  free(text.start);
  return 0;
}

function compile(sources: Bytes, name: Bytes, objects: Bytes): i32 {
  table = malloc(SYMBOLS * 4);
  memory.fill(table, 0, SYMBOLS * 4);
  const failed = read(sources, name);
  if (failed != 0) return failed;
  let state: u32 = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    for (let at = tokens.start; at < tokens.start + tokens.length; at += 2) {
      state = (state ^ load<u16>(at)) * 0x85ebca6b + pass;
      if (state >> 31 != 0) state ^= state >> 15;
    }
  }
  tokens.number(state).byte(0x0a);
  const path = joinPath(objects, name);
  const error = write(path, tokens);
  return error < 0 ? complainOf(path, error) : 0;
}

// --- link and make

const PROGRAM: string = 'program';

function link(objects: Bytes): i32 {
  const names = namesIn(objects);
  if (names === null) return complainThat('cannot read', objects, 0);
  const all = new ByteBuffer();
  for (let i = 0; i < names.length; i++) {
    if (names[i].is(PROGRAM)) continue;
    const path = joinPath(objects, names[i]);
    const file = File.open(path);
    if (!file.isOpen) return complainOf(path, -file.error);
    all.bytes(file.readAll());
    file.close();
  }
  const path = joinPath(objects, Bytes.of(PROGRAM));
  const error = write(path, all);
  return error < 0 ? complainOf(path, error) : 0;
}

const self = Bytes.of('/bin/buildtree');
const end = new ProcessEnd();

/** Runs this program with other words; its status, or an error that is told. */
function step(words: Bytes[]): i32 {
  const pid = spawnAt(self, [Bytes.of('buildtree')].concat(words), ownEnvironment());
  if (pid < 0) return complainOf(self, pid);
  end.wait(pid);
  return end.status;
}

function make(sources: Bytes, objects: Bytes): i32 {
  const made = mkdir(objects.start, objects.length, 0o777);
  if (made < 0 && made != -EEXIST) return complainOf(objects, made);
  const names = namesIn(sources);
  if (names === null) return complain(`cannot read ${sources}`);
  const source = new FileStatus();
  const object = new FileStatus();
  let compiled = 0;
  for (let i = 0; i < names.length; i++) {
    if (names[i][0] != 0x63) continue;
    const isThere = object.ofPath(joinPath(objects, names[i])) == 0;
    if (isThere && source.ofPath(joinPath(sources, names[i])) == 0 && source.modified <= object.modified) continue;
    const failed = step([Bytes.of('compile'), sources, names[i], objects]);
    if (failed != 0) return failed;
    compiled++;
  }
  if (compiled > 0) {
    const failed = step([Bytes.of('link'), objects]);
    if (failed != 0) return failed;
  }
  out.number(compiled).line(' compiled');
  return 0;
}

export function main(): i32 {
  const options = new Options('n:b:');
  let files = 16;
  let bytes = 4096;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x3f) return 2;
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < 1 || value > 1000000) return complain(`not a number: ${options.value}`);
    if (option == 0x6e) files = <i32>value;
    else bytes = <i32>value;
  }
  const words = options.operands;
  if (words.length == 2 && words[0].is('generate')) return generate(words[1], files, bytes);
  if (words.length == 3 && words[0].is('make')) return make(words[1], words[2]);
  if (words.length == 4 && words[0].is('compile')) return compile(words[1], words[2], words[3]);
  if (words.length == 2 && words[0].is('link')) return link(words[1]);
  return complain('usage: buildtree generate [-n FILES] [-b BYTES] SOURCES, or buildtree make SOURCES OBJECTS');
}
