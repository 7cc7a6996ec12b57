// ls [-1aAdl] [PATH]...: names of files in the order of their bytes: one on a line, on a terminal in columns; -l with what there is to know.

import {
  Bytes,
  CLOCK_REALTIME,
  FileStatus,
  Options,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFMT,
  clock,
  complainThat,
  isatty,
  joinPath,
  namesIn,
  out,
} from '../posix/index';
import { Calendar, MONTHS } from './ls/calendar';

const TERMINAL_COLUMNS: i32 = 80;
const NANOSECONDS: i64 = 1_000_000_000;
const HALF_A_YEAR: i64 = 15_778_476;

let long = false;
let hidden = 0;
let columns = false;

class Entry {
  readonly status: FileStatus = new FileStatus();

  constructor(readonly name: Bytes) {}
}

function kindLetter(mode: i32): i32 {
  const kind = mode & S_IFMT;
  if (kind == S_IFDIR) return 0x64;
  if (kind == S_IFCHR) return 0x63;
  return kind == S_IFIFO ? 0x70 : 0x2d;
}

function showMode(mode: i32): void {
  out.byte(kindLetter(mode));
  const letters = 'rwxrwxrwx';
  for (let i = 0; i < 9; i++) out.byte((mode >> (8 - i)) & 1 ? letters.charCodeAt(i) : 0x2d);
}

/** As "Jan  1 00:00", or with the year if it is long ago. */
function showTime(nanoseconds: i64): void {
  const seconds = nanoseconds / NANOSECONDS;
  const time = new Calendar(seconds);
  out.text(MONTHS[time.month]).byte(0x20).padded(time.day, 2).byte(0x20);
  const age = clock(CLOCK_REALTIME) / NANOSECONDS - seconds;
  if (age > HALF_A_YEAR || age < -HALF_A_YEAR) {
    out.padded(time.year, 5);
    return;
  }
  if (time.hour < 10) out.byte(0x30);
  out.number(time.hour).byte(0x3a);
  if (time.minute < 10) out.byte(0x30);
  out.number(time.minute);
}

function digits(value: i64): i32 {
  let count = 1;
  for (; value >= 10; value /= 10) count++;
  return count;
}

function showLong(entries: Entry[]): void {
  let links = 1;
  let sizes = 1;
  for (let i = 0; i < entries.length; i++) {
    links = max(links, digits(entries[i].status.links));
    sizes = max(sizes, digits(entries[i].status.size));
  }
  for (let i = 0; i < entries.length; i++) {
    const status = entries[i].status;
    showMode(status.mode);
    out.byte(0x20).padded(status.links, links).text(' root root ').padded(status.size, sizes).byte(0x20);
    showTime(status.modified);
    out.byte(0x20).bytes(entries[i].name).byte(0x0a);
  }
}

/** In columns from top to bottom, as many as fit. */
function showColumns(entries: Entry[]): void {
  let width = 0;
  for (let i = 0; i < entries.length; i++) width = max(width, entries[i].name.length + 2);
  const across = max(1, TERMINAL_COLUMNS / max(width, 1));
  const rows = (entries.length + across - 1) / across;
  for (let row = 0; row < rows; row++) {
    for (let i = row; i < entries.length; i += rows) {
      out.bytes(entries[i].name);
      if (i + rows < entries.length) for (let blank = entries[i].name.length; blank < width; blank++) out.byte(0x20);
    }
    out.byte(0x0a);
  }
}

function show(entries: Entry[]): void {
  if (long) showLong(entries);
  else if (columns) showColumns(entries);
  else for (let i = 0; i < entries.length; i++) out.bytes(entries[i].name).byte(0x0a);
}

function showDirectory(path: Bytes): i32 {
  const names = namesIn(path);
  if (names === null) return complainThat('cannot open directory', path, -13) + 1;
  const entries: Entry[] = [];
  if (hidden == 2) {
    names.unshift(Bytes.of('..'));
    names.unshift(Bytes.of('.'));
  }
  let blocks: i64 = 0;
  for (let i = 0; i < names.length; i++) {
    if (hidden == 0 && names[i][0] == 0x2e) continue;
    const entry = new Entry(names[i]);
    if (long) {
      entry.status.ofPath(joinPath(path, names[i]));
      blocks += ((entry.status.size + 4095) >> 12) << 2;
    }
    entries.push(entry);
  }
  if (long) out.text('total ').number(blocks).byte(0x0a);
  show(entries);
  return 0;
}

export function main(): i32 {
  const options = new Options('1aAdl');
  columns = isatty(1) == 1;
  let plain = false;
  for (let option = options.next(); option != 0; option = options.next()) {
    if (option == 0x31) columns = false;
    else if (option == 0x61) hidden = 2;
    else if (option == 0x41) hidden = 1;
    else if (option == 0x64) plain = true;
    else if (option == 0x6c) long = true;
    else return 2;
  }
  const operands = options.operands.sort((a, b) => a.compare(b));
  if (operands.length == 0) operands.push(Bytes.of('.'));
  let status = 0;
  const files: Entry[] = [];
  const folders: Bytes[] = [];
  for (let i = 0; i < operands.length; i++) {
    const entry = new Entry(operands[i]);
    const error = entry.status.ofPath(operands[i]);
    if (error < 0) status = complainThat('cannot access', operands[i], error) + 1;
    else if (entry.status.isDirectory && !plain) folders.push(operands[i]);
    else files.push(entry);
  }
  if (files.length > 0) show(files);
  for (let i = 0; i < folders.length; i++) {
    if (operands.length > 1) {
      if (i > 0 || files.length > 0) out.byte(0x0a);
      out.bytes(folders[i]).text(':\n');
    }
    status = max(status, showDirectory(folders[i]));
  }
  return status;
}
