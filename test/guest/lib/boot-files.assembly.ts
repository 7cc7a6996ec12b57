// Makes a file system of the boot files: reports of each its size and a sum of its bytes, read by its path; then removes them and reports how many frames
// that has freed. The command line is a path that must not exist.
import { BootInfo } from '../../../guest/lib/boot-info';
import { placeBootFiles } from '../../../guest/lib/fs/boot-files';
import { File } from '../../../guest/lib/fs/file';
import { FileSystem } from '../../../guest/lib/fs/file-system';
import { FrameStorage } from '../../../guest/lib/fs/frame-storage';
import { Walk } from '../../../guest/lib/fs/walk';
import { layOutKernel } from '../../../guest/lib/kernel';
import { exit, report } from '../../../guest/lib/machine';
import { freeFrames } from '../../../guest/lib/page-frames';

const buffer = memory.data(256, 8);

export function boot(info: usize): void {
  const facts: BootInfo = layOutKernel(info);
  const files = new FileSystem(new FrameStorage(1000));
  report(0, 0, placeBootFiles(files, facts));
  const walk = new Walk();
  for (let i = 0; i < facts.files; i++) {
    report(0, 0, files.lookup(walk, files.root, facts.filePath(i), facts.filePathBytes(i)));
    readAll(changetype<File>(walk.inode!));
  }
  report(0, 0, files.lookup(walk, files.root, facts.commandLine, <i32>facts.commandLineBytes));
  const before = freeFrames();
  for (let i = 0; i < facts.files; i++) files.unlink(walk, files.root, facts.filePath(i), facts.filePathBytes(i));
  report(0, 0, freeFrames() - before);
  exit(0);
}

/** Reads in pieces; the last reference is given back. */
function readAll(file: File): void {
  let sum: u32 = 0;
  let at: i64 = 0;
  const locked = file.lock();
  for (let bytes = file.read(0, buffer, 256); bytes > 0; bytes = file.read(at, buffer, 256)) {
    for (let i = 0; i < bytes; i++) sum = sum * 31 + load<u8>(buffer + i);
    at += bytes;
  }
  file.unlock(locked);
  report(0, 0, <f64>file.size);
  report(0, 0, sum);
  file.put();
}
