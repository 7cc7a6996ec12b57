// tr [-cds] SET1 [SET2]: translates, deletes or squeezes bytes of stdin. In sets: ranges, \n and the like, \123, [:class:].

import { ByteBuffer, Bytes, CHUNK, Options, complain, complainOf, malloc, out, readSome } from '../posix/index';
import { unescape } from './sh/printf';
import { inClass } from './sh/pattern';

/** Bytes of a set in their order. */
function expand(text: Bytes): ByteBuffer {
  const set = new ByteBuffer();
  for (let at = 0; at < text.length; ) {
    if (text.slice(at).startsWith('[:')) {
      let end = at + 2;
      while (end + 1 < text.length && !(text[end] == 0x3a && text[end + 1] == 0x5d)) end++;
      if (end + 1 < text.length) {
        for (let byte = 0; byte < 256; byte++) if (inClass(byte, text.slice(at + 2, end))) set.byte(byte);
        at = end + 2;
        continue;
      }
    }
    if (text[at] == 0x5c) at = max(unescape(text, at, set, false), at + 1);
    else set.byte(text[at++]);
    if (at + 1 < text.length && text[at] == 0x2d) {
      const low = <i32>load<u8>(set.start + set.length - 1);
      const high = <i32>text[at + 1];
      for (let byte = low + 1; byte <= high; byte++) set.byte(byte);
      at += 2;
    }
  }
  return set;
}

const map = memory.data(256);
const inFirst = memory.data(256);
const squeezed = memory.data(256);

export function main(): i32 {
  const options = new Options('cCds');
  let complement = false;
  let deletes = false;
  let squeezes = false;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x64) deletes = true;
    else if (option == 0x73) squeezes = true;
    else if (option == 0x63 || option == 0x43) complement = true;
    else return 1;
  }
  const operands = options.operands;
  if (operands.length == 0) return complain('missing operand');
  if (operands.length == 1 && !deletes && !squeezes) return complain(`missing operand after '${operands[0]}'`);
  let first = expand(operands[0]);
  for (let i = 0; i < first.length; i++) store<u8>(inFirst + load<u8>(first.start + i), 1);
  if (complement) {
    const others = new ByteBuffer();
    for (let byte = 0; byte < 256; byte++) {
      if (load<u8>(inFirst + byte) == 0) others.byte(byte);
      store<u8>(inFirst + byte, load<u8>(inFirst + byte) ^ 1);
    }
    first = others;
  }
  for (let byte = 0; byte < 256; byte++) store<u8>(map + byte, <u8>byte);
  if (operands.length > 1) {
    const second = expand(operands[1]);
    if (second.length == 0 && !deletes) return complain('when not truncating set1, string2 must be non-empty');
    if (!deletes) {
      for (let i = 0; i < first.length; i++) {
        store<u8>(map + load<u8>(first.start + i), load<u8>(second.start + min(i, second.length - 1)));
      }
    }
    for (let i = 0; i < second.length; i++) store<u8>(squeezed + load<u8>(second.start + i), 1);
  } else memory.copy(squeezed, inFirst, 256);
  return run(deletes, squeezes);
}

function run(deletes: bool, squeezes: bool): i32 {
  const buffer = malloc(CHUNK);
  let last: i32 = -1;
  while (true) {
    const count = readSome(0, buffer, CHUNK);
    if (count < 0) return complainOf('read error', count);
    if (count == 0) return 0;
    let to = buffer;
    for (let at = buffer; at < buffer + count; at++) {
      const byte = load<u8>(at);
      if (deletes && load<u8>(inFirst + byte) != 0) continue;
      const mapped = load<u8>(map + byte);
      if (squeezes && <i32>mapped == last && load<u8>(squeezed + mapped) != 0) continue;
      last = mapped;
      store<u8>(to++, mapped);
    }
    out.raw(buffer, <i32>(to - buffer));
  }
}
