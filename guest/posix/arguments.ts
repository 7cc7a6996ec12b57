// What a program was started with: arguments and environment.

import { Bytes, bytesOf } from './bytes';
import { malloc } from './heap';
import { findByte } from './memory';
import { processArguments, processEnvironment } from './posix';

@lazy
let known: Bytes[] | null = null;

/** Cuts texts that each end with a zero byte apart. */
function split(start: usize, length: i32): Bytes[] {
  const parts: Bytes[] = [];
  const end = start + length;
  for (let at = start; at < end; ) {
    const zero = findByte(at, end, 0);
    parts.push(new Bytes(at, <i32>(zero - at)));
    at = zero + 1;
  }
  return parts;
}

/** The arguments as byte strings; the first is the program's own name. */
export function argumentBytes(): Bytes[] {
  let list = known;
  if (list === null) {
    const length = processArguments(0, 0);
    const room = malloc(max(length, 1));
    processArguments(room, length);
    list = split(room, length);
    known = list;
  }
  return list;
}

/** The arguments as strings; the first is the program's own name. */
export function args(): string[] {
  const list = argumentBytes();
  const texts = new Array<string>(list.length);
  for (let i = 0; i < list.length; i++) texts[i] = list[i].toString();
  return texts;
}

/** The last part of the name by which the program was called. */
export function programName(): Bytes {
  const list = argumentBytes();
  if (list.length == 0) return Bytes.of('program');
  return list[0].slice(list[0].lastIndexOf(0x2f) + 1);
}

/** The environment: NAME=VALUE each. */
export function environment(): Bytes[] {
  const length = processEnvironment(0, 0);
  const room = malloc(max(length, 1));
  processEnvironment(room, length);
  return split(room, length);
}

/** Value of a variable of the environment; null where there is none. */
export function environmentVariable<T>(name: T): Bytes | null {
  const wanted = bytesOf(name);
  const list = environment();
  for (let i = 0; i < list.length; i++) {
    const entry = list[i];
    const cut = wanted.length;
    if (entry.length > cut && entry[cut] == 0x3d && entry.slice(0, cut).equals(wanted)) return entry.slice(cut + 1);
  }
  return null;
}
