// New FCMs, each of a family. Which one it is depends on what the FCM is for: private memory of a process, or a file that anybody may use.
import { coreCount } from '../../lib/machine';
import { MOST_LINE_BYTES } from '../../lib/limits';
import { memoryStaysShort } from './global-pm';
import { MasterDHashTable } from './dhash';
import { AdaptiveFCMRoot } from './fcm-adaptive';
import { FCMCore } from './fcm-core';
import { DistributedFCMRoot } from './fcm-distributed';
import { PartitionedFCMRoot } from './fcm-partitioned';
import { SharedFCMRoot } from './fcm-shared';
import { PageHash } from './page-hash';
import { PartitionedPages } from './partitioned-pages';

export const FCM_SHARED: i32 = 0;
export const FCM_DISTRIBUTED: i32 = 1;
export const FCM_PARTITIONED: i32 = 2;
/** Shared first, partitioned when several CPUs use it. */
export const FCM_ADAPTIVE: i32 = 3;

/** The families of private memory and of files: for all CPUs. */
const place = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** On the boot CPU, before there are FCMs. */
export function setFcmFamilies(ofMemory: i32, ofFiles: i32): void {
  store<i32>(place, ofMemory);
  store<i32>(place, ofFiles, 4);
}

/** Private memory, with its pages from the FR `fr`, up to a limit, and frames from the PM `pm`: its COID, held by the caller. 0 without memory. */
export function newFcm(fr: usize, pm: usize, limit: i32): usize {
  return coidOf(makeFcm(load<i32>(place), fr, pm, limit));
}

/** The same for a file. */
export function newFileFcm(fr: usize, pm: usize, limit: i32): usize {
  return coidOf(makeFcm(load<i32>(place, 4), fr, pm, limit));
}

@inline
function coidOf(core: FCMCore | null): usize {
  return core === null ? 0 : core.coid;
}

/** One of a family, FCM_*; null without memory. */
export function makeFcm(kind: i32, fr: usize, pm: usize, limit: i32): FCMCore | null {
  if (memoryStaysShort()) return null;
  if (kind == FCM_DISTRIBUTED) return makeDistributed(fr, pm, limit);
  if (kind == FCM_PARTITIONED) return makePartitioned(fr, pm, limit);
  const pages = PageHash.create();
  if (pages === null) return null;
  const core = new FCMCore(kind, pages, fr, pm, limit);
  if (kind == FCM_ADAPTIVE) new AdaptiveFCMRoot(core);
  else new SharedFCMRoot(core);
  return core;
}

function makeDistributed(fr: usize, pm: usize, limit: i32): FCMCore | null {
  const pages = MasterDHashTable.create();
  if (pages === null) return null;
  const core = new FCMCore(FCM_DISTRIBUTED, pages, fr, pm, limit);
  new DistributedFCMRoot(core, pages);
  return core;
}

function makePartitioned(fr: usize, pm: usize, limit: i32): FCMCore | null {
  const pages = PartitionedPages.create(coreCount());
  if (pages === null) return null;
  const core = new FCMCore(FCM_PARTITIONED, pages, fr, pm, limit);
  new PartitionedFCMRoot(core);
  return core;
}
