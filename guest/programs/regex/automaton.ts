// Matches lines by a deterministic automaton whose states are made when they are reached: one step for each byte, whatever the pattern.
//
// The pattern becomes a program of instructions (K. Thompson, "Regular expression search algorithm", 1968). A state is the set of instructions
// that wait for the next byte; its row has the address of the next row for each byte. When there are too many states all are forgotten.

import { equalBytes } from '../../posix/index';
import { ALTERNATIVE, EMPTY, LINE_BEGIN, LINE_END, Node, REPEAT, SEQUENCE, SET, contains } from './pattern';

const INSTRUCTION_BYTES: i32 = 16;
const MATCH: i32 = 10;
const SPLIT: i32 = 11;
const JUMP: i32 = 12;

const PROGRAM_MOST: i32 = 10000;
const STATES_MOST: i32 = 1000;
const BUCKETS: i32 = 1024;

/** Entries of rows that are no rows: not made yet, and the line matches. */
const UNKNOWN: u32 = 0;
const MATCHED: u32 = 1;

/** A row: 256 addresses; then whether the line matches if it ends here, the instructions' count, their address, the next of the same bucket. */
const ROW_AT_END: usize = 1024;
const ROW_COUNT: usize = 1028;
const ROW_SET: usize = 1032;
const ROW_CHAIN: usize = 1036;
const ROW_BYTES: usize = 1040;

export class Automaton {
  /** The pattern is too large. */
  tooBig: bool = false;
  /** End of the line that `find` has found, behind its newline. */
  lineEnd: usize = 0;
  private program: usize = __alloc(PROGRAM_MOST * INSTRUCTION_BYTES);
  private length: i32 = 0;
  /** Marks by instruction: in the set that is being made if it is `generation`. */
  private marks: usize;
  private generation: i32 = 0;
  private set: usize;
  private kept: usize;
  private count: i32 = 0;
  private stack: usize;
  private buckets: usize = __alloc(BUCKETS * 4);
  private states: i32 = 0;
  private free: usize = 0;
  private pool: usize = 0;
  private start: usize = 0;
  /** Every line matches. */
  private always: bool = false;
  private reachesMatch: bool = false;

  constructor(pattern: Node) {
    this.emit(pattern);
    this.append(MATCH, 0, 0);
    const bytes = this.length * 4 + 16;
    this.marks = __alloc(bytes);
    memory.fill(this.marks, 0, bytes);
    this.set = __alloc(bytes);
    this.kept = __alloc(bytes);
    this.stack = __alloc(bytes * 2);
    this.forget();
  }

  private append(operation: i32, a: usize, b: i32): i32 {
    if (this.length == PROGRAM_MOST - 1) {
      this.tooBig = true;
      return 0;
    }
    const at = this.program + this.length * INSTRUCTION_BYTES;
    store<i32>(at, operation);
    store<u32>(at, <u32>a, 4);
    store<i32>(at, b, 8);
    return this.length++;
  }

  private setTarget(instruction: i32, offset: usize, target: i32): void {
    store<i32>(this.program + instruction * INSTRUCTION_BYTES + offset, target);
  }

  private emit(node: Node): void {
    if (this.tooBig || node.kind == EMPTY) return;
    if (node.kind == SEQUENCE) {
      this.emit(node.left!);
      this.emit(node.right!);
    } else if (node.kind == ALTERNATIVE) {
      const split = this.append(SPLIT, this.length + 1, 0);
      this.emit(node.left!);
      const jump = this.append(JUMP, 0, 0);
      this.setTarget(split, 8, this.length);
      this.emit(node.right!);
      this.setTarget(jump, 4, this.length);
    } else if (node.kind == REPEAT) {
      this.emitRepeat(node);
    } else {
      this.append(node.kind, node.set, 0);
    }
  }

  private emitRepeat(node: Node): void {
    for (let i = 0; i < node.low; i++) this.emit(node.left!);
    if (node.high < 0) {
      const split = this.append(SPLIT, this.length + 1, 0);
      this.emit(node.left!);
      this.append(JUMP, split, 0);
      this.setTarget(split, 8, this.length);
      return;
    }
    const splits: i32[] = [];
    for (let i = node.low; i < node.high; i++) {
      splits.push(this.append(SPLIT, this.length + 1, 0));
      this.emit(node.left!);
    }
    for (let i = 0; i < splits.length; i++) this.setTarget(splits[i], 8, this.length);
  }

  /** Adds what can be reached from an instruction without a byte. */
  private reach(first: i32, atBegin: bool, atEnd: bool): void {
    const stack = this.stack;
    let depth = 1;
    store<i32>(stack, first);
    while (depth > 0) {
      const instruction = load<i32>(stack + (--depth << 2));
      const mark = this.marks + (instruction << 2);
      if (load<i32>(mark) == this.generation) continue;
      store<i32>(mark, this.generation);
      const at = this.program + instruction * INSTRUCTION_BYTES;
      const operation = load<i32>(at);
      if (operation == SPLIT) {
        store<i32>(stack + (depth++ << 2), load<i32>(at, 8));
        store<i32>(stack + (depth++ << 2), load<i32>(at, 4));
      } else if (operation == JUMP) {
        store<i32>(stack + (depth++ << 2), load<i32>(at, 4));
      } else if (operation == LINE_BEGIN) {
        if (atBegin) store<i32>(stack + (depth++ << 2), instruction + 1);
      } else if (operation == MATCH) {
        this.reachesMatch = true;
      } else {
        if (operation == LINE_END && atEnd) store<i32>(stack + (depth++ << 2), instruction + 1);
        store<i32>(this.set + (this.count++ << 2), instruction);
      }
    }
  }

  private beginSet(): void {
    this.generation++;
    this.count = 0;
    this.reachesMatch = false;
  }

  /** Forgets all states and makes the first one anew. */
  private forget(): void {
    memory.fill(this.buckets, 0, BUCKETS * 4);
    if (this.pool == 0) this.pool = __alloc(STATES_MOST * (<i32>ROW_BYTES + this.length * 4 + 8));
    this.free = this.pool;
    this.states = 0;
    this.beginSet();
    this.reach(0, true, false);
    this.always = this.reachesMatch;
    this.start = this.row();
  }

  /** The row of the set that was made, an old one or a new one. */
  private row(): usize {
    const set = this.set;
    const bytes = this.count << 2;
    let hash: u32 = 0;
    for (let i = 0; i < bytes; i += 4) hash = (hash ^ load<u32>(set + i)) * 0x9e3779b1;
    const bucket = this.buckets + ((hash >> 22) << 2);
    for (let row: usize = load<u32>(bucket); row != 0; row = load<u32>(row, ROW_CHAIN)) {
      if (load<i32>(row, ROW_COUNT) == this.count && equalBytes(load<u32>(row, ROW_SET), set, bytes)) return row;
    }
    const row = this.free;
    const own = row + ROW_BYTES;
    this.free = (own + bytes + 7) & ~7;
    this.states++;
    memory.fill(row, 0, ROW_BYTES);
    memory.copy(own, set, bytes);
    store<i32>(row, this.count, ROW_COUNT);
    store<u32>(row, <u32>own, ROW_SET);
    store<u32>(row, load<u32>(bucket), ROW_CHAIN);
    store<u32>(bucket, <u32>row);
    this.beginSet();
    for (let i = 0; i < bytes; i += 4) {
      const instruction = load<i32>(own + i);
      if (load<i32>(this.program + instruction * INSTRUCTION_BYTES) == LINE_END)
        this.reach(instruction + 1, false, true);
    }
    store<i32>(row, i32(this.reachesMatch), ROW_AT_END);
    return row;
  }

  /** Makes the transition of a row by a byte. */
  private step(row: usize, byte: i32): u32 {
    if (byte == 0x0a) {
      const next = load<i32>(row, ROW_AT_END) != 0 ? MATCHED : <u32>this.start;
      store<u32>(row + (byte << 2), next);
      return next;
    }
    this.beginSet();
    const set: usize = load<u32>(row, ROW_SET);
    const count = load<i32>(row, ROW_COUNT);
    for (let i = 0; i < count; i++) {
      const instruction = load<i32>(set + (i << 2));
      const at = this.program + instruction * INSTRUCTION_BYTES;
      if (load<i32>(at) == SET && contains(load<u32>(at, 4), byte)) this.reach(instruction + 1, false, false);
    }
    // A match may begin behind every byte.
    this.reach(0, false, false);
    if (this.reachesMatch) {
      store<u32>(row + (byte << 2), MATCHED);
      return MATCHED;
    }
    if (this.states == STATES_MOST) return this.startOver();
    const next = <u32>this.row();
    store<u32>(row + (byte << 2), next);
    return next;
  }

  /** Forgets all states but the set that was made; returns its row. */
  private startOver(): u32 {
    const count = this.count;
    memory.copy(this.kept, this.set, count << 2);
    this.forget();
    memory.copy(this.set, this.kept, count << 2);
    this.count = count;
    return <u32>this.row();
  }

  /** Finds the first line in [from, to) that matches: returns its beginning, or 0. The last byte is a newline. */
  find(from: usize, to: usize): usize {
    let row = this.start;
    let at = from;
    if (this.always) return from < to ? this.line(from, from, to) : 0;
    while (at < to) {
      const byte = <i32>load<u8>(at);
      let next = load<u32>(row + (byte << 2));
      if (next <= MATCHED) {
        if (next == UNKNOWN) next = this.step(row, byte);
        if (next == MATCHED) return this.line(from, at, to);
      }
      row = next;
      at++;
    }
    return 0;
  }

  /** The line around a place. */
  private line(from: usize, at: usize, to: usize): usize {
    let end = at;
    while (end < to && load<u8>(end) != 0x0a) end++;
    this.lineEnd = end + 1;
    return lineBegin(from, at);
  }
}

function lineBegin(from: usize, at: usize): usize {
  let begin = at;
  while (begin > from && load<u8>(begin - 1) != 0x0a) begin--;
  return begin;
}
