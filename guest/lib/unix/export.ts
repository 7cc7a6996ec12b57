// Files that the people outside have asked for (`export=PATH` on the command line): given to them, page by page, when the first process has ended.
import { BootInfo } from '../boot-info';
import { save } from '../machine';
import { frameAddress, releaseFrame } from '../page-frames';
import { PAGE_BYTES } from '../page-table';
import { PATH_MAX } from '../../posix/abi';
import { release } from '../objects';
import { CommandLine } from './command-line';
import { frameOfFile } from './file-pages';
import { findFile } from 'kernel/naming';

const EXPORT = 'export=';

export function exportFiles(info: BootInfo): void {
  const line = new CommandLine(info);
  const path = new StaticArray<u8>(PATH_MAX);
  let word = line.find(line.first, EXPORT);
  while (word < line.last) {
    const end = line.wordEnd(word);
    const at = changetype<usize>(path);
    exportFile(at, line.decode(word + EXPORT.length, end, at, PATH_MAX));
    word = line.find(end, EXPORT);
  }
  release(path);
}

/** What there is no file of is not given. An empty file is: nothing is saved under its name. */
function exportFile(path: usize, pathBytes: i32): void {
  const file = findFile(path, pathBytes);
  if (file === null) return;
  const bytes = <usize>file.size;
  if (bytes == 0) save(path, pathBytes, path, 0);
  for (let at: usize = 0; at < bytes; at += PAGE_BYTES) {
    const part = <i32>min(PAGE_BYTES, bytes - at);
    const frame = frameOfFile(file, <i32>(at / PAGE_BYTES));
    if (frame == 0) break;
    save(path, pathBytes, frameAddress(frame), part);
    releaseFrame(frame);
  }
  file.put();
}
