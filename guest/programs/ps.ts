// ps: the processes, with state (R, S, Z), threads, memory in KiB, the core on which each has run last, and the time that it has had.

import {
  Bytes,
  PROCESS_BYTES,
  PROCESS_CORE,
  PROCESS_ID,
  PROCESS_NAME,
  PROCESS_NAME_BYTES,
  PROCESS_PAGES,
  PROCESS_PARENT,
  PROCESS_STATE,
  PROCESS_THREADS,
  PROCESS_TIME,
  complainOf,
  findByte,
  malloc,
  out,
  processes,
} from '../posix/index';

const PAGE_KIBIBYTES: i32 = 4;
const SPARE: i32 = 16;

export function main(): i32 {
  const count = processes(0, 0);
  if (count < 0) return complainOf('processes', count);
  const bytes = (count + SPARE) * PROCESS_BYTES;
  const records = malloc(bytes);
  const there = min(processes(records, bytes), count + SPARE);
  out.text('  PID  PPID S THR    KiB CORE       TIME COMMAND\n');
  for (let i = 0; i < there; i++) {
    const record = records + i * PROCESS_BYTES;
    out.padded(load<i32>(record, PROCESS_ID), 5).byte(0x20).padded(load<i32>(record, PROCESS_PARENT), 5).byte(0x20);
    out.byte(load<i32>(record, PROCESS_STATE)).byte(0x20).padded(load<i32>(record, PROCESS_THREADS), 3).byte(0x20);
    out
      .padded(load<i32>(record, PROCESS_PAGES) * PAGE_KIBIBYTES, 6)
      .byte(0x20)
      .padded(load<i32>(record, PROCESS_CORE), 4);
    const microseconds = load<i64>(record, PROCESS_TIME) / 1000;
    out
      .byte(0x20)
      .padded(microseconds / 1000, 6)
      .byte(0x2e);
    const rest = microseconds % 1000;
    if (rest < 100) out.byte(0x30);
    if (rest < 10) out.byte(0x30);
    const name = record + PROCESS_NAME;
    const end = findByte(name, name + PROCESS_NAME_BYTES, 0);
    out
      .number(rest)
      .byte(0x20)
      .bytes(new Bytes(name, <i32>(end - name)))
      .byte(0x0a);
  }
  return 0;
}
