// filescan [-t THREADS] [-r ROUNDS] FILE: each thread, on a core of its own, reads a byte of every page of a mapped file. Writes the sum of these bytes over all
// threads and rounds.

import {
  FileStatus,
  MAP_SHARED,
  NOT_A_NUMBER,
  O_RDONLY,
  Options,
  PROT_READ,
  Thread,
  complain,
  complainOf,
  cores,
  mmap,
  munmap,
  openPath,
  out,
  parseNumber,
  threadAffinity,
} from '../posix/index';

const PAGE_BYTES: i32 = 4096;

let rounds: i32 = 1;
let start: usize = 0;
let bytes: i32 = 0;
const sum = memory.data(4, 64);

function scan(_: i32): i32 {
  let own = 0;
  for (let round = 0; round < rounds; round++)
    for (let at = 0; at < bytes; at += PAGE_BYTES) own += load<u8>(start + at);
  atomic.add<i32>(sum, own);
  return 0;
}

export function main(): i32 {
  const options = new Options('t:r:');
  let threads = 1;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x3f) return 2;
    const value = parseNumber(options.value);
    if (value == NOT_A_NUMBER || value < 1 || value > 1024) return complain(`not a number: ${options.value}`);
    if (option == 0x74) threads = <i32>value;
    else rounds = <i32>value;
  }
  if (options.operands.length != 1) return complain('usage: filescan [-t THREADS] [-r ROUNDS] FILE');
  const name = options.operands[0];
  const fd = openPath(name, O_RDONLY);
  if (fd < 0) return complainOf(name, fd);
  const status = new FileStatus();
  status.ofDescriptor(fd);
  bytes = <i32>status.size;
  const region = mmap(0, bytes, PROT_READ, MAP_SHARED, fd, 0);
  if (region < 0) return complainOf(name, region);
  start = region;
  const started: Thread[] = [];
  for (let i = 1; i < threads; i++) {
    const thread = Thread.start(scan, i, i % cores());
    if (thread.id < 0) return complainOf('thread', thread.id);
    started.push(thread);
  }
  if (threads > 1) threadAffinity(0, 0);
  scan(0);
  for (let i = 0; i < started.length; i++) started[i].join();
  munmap(start, bytes);
  out.number(load<i32>(sum)).line();
  return 0;
}
