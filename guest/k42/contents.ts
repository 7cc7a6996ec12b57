// What is in regular files: each has an FCM, with pages from a FileFR, whose frames are nobody's but the file system's: the Global PM gives them. An empty
// file has none yet.
//
// Who reads takes no lock here: the FCM knows whether a page is there, and the file whether it has been changed meanwhile. What changes a file has
// the inode's lock.
import { copyAhead } from '../lib/copy';
import { Contents } from '../lib/fs/contents';
import { File } from '../lib/fs/file';
import { PageStorage } from '../lib/fs/page-storage';
import { release } from '../lib/objects';
import { frameAddress, releaseFrame } from '../lib/page-frames';
import { dref } from './cobj/rep';
import { FCM } from './mem/fcm';
import { newFileFcm } from './mem/fcm-family';
import { FR } from './mem/fr';
import { newFileFR } from './mem/fr-file';
import { globalPm } from './mem/global-pm';

class FileContents extends Contents {
  /** 0: there are no pages yet. */
  private fcm: usize = 0;
  private pages: i32 = 0;

  constructor() {
    super(false);
  }

  adopt(run: usize, pages: i32): void {
    this.pages = pages;
    this.begin(run, pages);
  }

  /** The FCM, which is made if need be; 0 without memory. */
  ensureFcm(): usize {
    if (this.fcm == 0) this.begin(0, 0);
    return this.fcm;
  }

  private begin(run: usize, runPages: i32): void {
    const fr = newFileFR(run, runPages);
    this.fcm = newFileFcm(fr, globalPm(), this.pages);
    dref<FR>(fr).letGo();
  }

  pageAt(index: i32, allocate: bool): usize {
    const fcm = allocate ? this.ensureFcm() : this.fcm;
    return fcm == 0 ? 0 : max(dref<FCM>(fcm).pageOf(index, false), 0);
  }

  read(index: i32, offset: usize, to: usize, bytes: usize): bool {
    if (this.fcm != 0) return dref<FCM>(this.fcm).readPage(index, offset, to, bytes) == 0;
    memory.fill(to, 0, bytes);
    return true;
  }

  write(index: i32, offset: usize, from: usize, bytes: usize): bool {
    const fcm = this.ensureFcm();
    const frame = fcm == 0 ? 0 : dref<FCM>(fcm).pageOf(index, true);
    if (frame <= 0) return false;
    copyAhead(frameAddress(frame) + offset, from, bytes);
    releaseFrame(frame);
    return true;
  }

  clear(index: i32, offset: usize): void {
    if (this.fcm != 0) dref<FCM>(this.fcm).clearPage(index, offset);
  }

  resize(before: i32, after: i32): void {
    this.pages = after;
    if (this.fcm != 0) dref<FCM>(this.fcm).truncate(after);
  }

  dispose(pages: i32): void {
    if (this.fcm != 0) dref<FCM>(this.fcm).letGo();
    release(this);
  }
}

export function newContents(storage: PageStorage): Contents {
  return new FileContents();
}

/** The COID of a file's FCM, for who maps the file, and has a reference to it; 0 without memory. */
export function fcmOf(file: File): usize {
  const before = file.lock();
  const fcm = changetype<FileContents>(file.contents).ensureFcm();
  file.unlock(before);
  return fcm;
}
