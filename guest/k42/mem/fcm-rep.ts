// A Rep of an FCM that leaves everything to what all Reps of it have in common (fcm-core.ts). What is faster on a CPU of its own is overridden.
import { destroy } from '../cobj/destruction';
import { dref } from '../cobj/rep';
import { FCM } from './fcm';
import { FCMCore } from './fcm-core';
import { makeFcm } from './fcm-family';

export class FCMRep extends FCM {
  constructor(readonly core: FCMCore) {
    super();
  }

  mapPage(hat: usize, address: usize, page: i32, rights: u32, write: bool): i32 {
    return this.core.mapPage(hat, address, page, rights, write);
  }

  pageOf(page: i32, write: bool): i32 {
    return this.core.pageOf(page, write);
  }

  readPage(page: i32, offset: usize, to: usize, bytes: usize): i32 {
    return this.core.readPage(page, offset, to, bytes);
  }

  clearPage(page: i32, offset: usize): i32 {
    return this.core.clearPage(page, offset);
  }

  attachRegion(region: usize): i32 {
    return this.core.attachRegion(region);
  }

  detachRegion(region: usize): i32 {
    this.core.detachRegion(region);
    return this.letGo();
  }

  hold(): i32 {
    return this.core.hold();
  }

  letGo(): i32 {
    const core = this.core;
    if (!core.letGo()) return 0;
    core.end();
    destroy(this.root.coid);
    return 0;
  }

  fork(pm: usize): usize {
    const core = this.core;
    const copy = makeFcm(core.kind, core.fr, pm, core.length);
    if (copy === null) return 0;
    if (core.sharePages(copy)) return copy.coid;
    dref<FCM>(copy.coid).letGo();
    return 0;
  }

  discard(first: i32, pages: i32): i32 {
    return this.core.discard(first, pages);
  }

  truncate(pages: i32): i32 {
    return this.core.truncate(pages);
  }

  reclaimPages(most: i32): i32 {
    return this.core.reclaimPages(most);
  }

  countPages(): i32 {
    return this.core.countPages();
  }
}
