// What a program says on stderr when one of its checks fails. Nothing is allocated: the heap may be what failed.

import { write } from './posix';

const BUFFER_BYTES: i32 = 512;
const buffer = memory.data(BUFFER_BYTES);
let length: i32 = 0;

function put(text: string): void {
  for (let i = 0; i < text.length && length < BUFFER_BYTES; i++) {
    const code = text.charCodeAt(i);
    store<u8>(buffer + length++, code < 0x80 ? <u8>code : 0x3f);
  }
}

function putNumber(value: u32): void {
  if (value >= 10) putNumber(value / 10);
  if (length < BUFFER_BYTES) store<u8>(buffer + length++, <u8>(0x30 + (value % 10)));
}

/** Writes `aborted: MESSAGE, at FILE:LINE:COLUMN` to stderr. */
export function reportAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  length = 0;
  put('aborted: ');
  put(message === null ? 'an assertion failed' : message);
  if (file !== null) {
    put(', at ');
    put(file);
    put(':');
    putNumber(line);
    put(':');
    putNumber(column);
  }
  put('\n');
  write(2, buffer, length);
}
