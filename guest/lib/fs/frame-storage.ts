// The storage of a file system inside a kernel: its pages are frames, which processes can map as they are; locks are held with interrupts off.
import { REALTIME_START } from '../../posix/abi';
import { RAM } from '../boot-info';
import { cycles, interrupts, label, pause } from '../machine';
import { memoryIsShort, releaseFrame, shareFrame, takeZeroFrame } from '../page-frames';
import { TicketLock } from '../ticket-lock';
import { Contents } from './contents';
import { File } from './file';
import { Inode } from './inode';
import { PageStorage } from './page-storage';
import { TreeContents } from './tree-contents';

export class FrameStorage extends PageStorage {
  private megahertz: i32;

  /** megahertz: of the reference clock. */
  constructor(megahertz: i32) {
    super();
    this.base = RAM;
    this.megahertz = megahertz;
  }

  takePage(): usize {
    return takeZeroFrame();
  }

  sharePage(page: usize): void {
    shareFrame(page);
  }

  releasePage(page: usize): void {
    releaseFrame(page);
  }

  newFile(number: i32, mode: i32, path: usize, pathBytes: i32): Inode | null {
    const file = new File(this, number, mode);
    label(changetype<usize>(file), offsetof<File>(), path, pathBytes);
    return file;
  }

  newContents(): Contents {
    return new TreeContents(this);
  }

  isShort(): bool {
    return memoryIsShort();
  }

  enter(): bool {
    return interrupts(false);
  }

  leave(before: bool): void {
    interrupts(before);
  }

  acquire(word: usize): void {
    changetype<TicketLock>(word).acquire();
  }

  release(word: usize): void {
    changetype<TicketLock>(word).release();
  }

  relax(): void {
    pause();
  }

  now(): i64 {
    return REALTIME_START + (cycles() * 1000) / this.megahertz;
  }
}
