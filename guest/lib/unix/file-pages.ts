// What is in the kernel's files, whoever knows their names: frames and locks of the kernel's, and pages for who maps a file.
import { BootInfo } from '../boot-info';
import { Contents } from '../fs/contents';
import { File, FIRST_READING } from '../fs/file';
import { FrameStorage } from '../fs/frame-storage';
import { PageStorage } from '../fs/page-storage';
import { BOOT_INFO_MEGAHERTZ } from '../machine-constants';
import { newContents } from 'kernel/contents';
import { acquireOne, relax, releaseOne } from 'kernel/lock';

/** Nobody finds files without a name, so they have no number of their own. */
const NO_NUMBER: i32 = 0;

/** Frames for pages, and the kernel's locks; and what it has in the place of contents. */
class KernelStorage extends FrameStorage {
  newContents(): Contents {
    return newContents(this);
  }

  /** The kernel's interrupts are disabled anyway. */
  enter(): bool {
    return false;
  }

  leave(before: bool): void {}

  acquire(word: usize): void {
    acquireOne(word);
  }

  release(word: usize): void {
    releaseOne(word);
  }

  relax(): void {
    relax();
  }
}

/** The one that there is; the same on each core. */
let storage: PageStorage = changetype<PageStorage>(0);

export function setFileStorage(value: PageStorage): void {
  storage = value;
}

export function makeFileStorage(info: BootInfo): PageStorage {
  return new KernelStorage(load<i32>(changetype<usize>(info), BOOT_INFO_MEGAHERTZ));
}

export function fileStorage(): PageStorage {
  return storage;
}

/** A file without a name, of zeroes: memory that processes share. */
export function anonymousFile(bytes: usize): File {
  const file = new File(storage, NO_NUMBER, 0);
  const before = file.lock();
  file.truncate(bytes);
  file.unlock(before);
  return file;
}

/** The frame of a file's page, with a reference; 0 behind its end, or where there is no memory for it. */
export function frameOfFile(file: File, page: i32): usize {
  const reading = file.startReading(FIRST_READING);
  const found = file.frameOf(page, false);
  // Each page is found as it is at some moment, and no other is looked for.
  file.endReading(reading);
  if (found != 0) return found;
  const before = file.lock();
  const frame = file.frameOf(page, true);
  file.unlock(before);
  return frame;
}
