// Private memory that begins as the contents of a file: pages are the file's own frames until they are written to, when the FCM copies them. Of what
// the file gets later, private memory may show what it has not touched yet.
import { EFAULT } from '../../posix/abi';
import { dref } from '../cobj/rep';
import { FCM } from './fcm';
import { newFR } from './fr';
import { HeldFR } from './fr-held';
import { PAGE_COPY_ON_WRITE } from './page-descriptor';
import { PM } from './pm';

class CopyFR extends HeldFR {
  constructor(private readonly file: usize) {
    super();
    dref<FCM>(file).hold();
  }

  provide(page: i32, pm: usize): i32 {
    const frame = dref<FCM>(this.file).pageOf(page, false);
    if (frame < 0) return frame;
    dref<PM>(pm).countFrames(1);
    return frame | PAGE_COPY_ON_WRITE;
  }

  protected end(): void {
    dref<FCM>(this.file).letGo();
  }
}

/** Its COID, held by the caller; it holds the file's FCM `file`. */
export function newCopyFR(file: usize): usize {
  return newFR(new CopyFR(file));
}
