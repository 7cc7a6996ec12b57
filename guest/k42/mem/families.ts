// Which implementation each kind of object has: the non-distributed one, or the distributed one. Chosen at boot, for all of them by `objects=`, or one by
// one; by default all are distributed.
//
//   objects=shared|distributed     process= region= globalpm= the same for these; the processes' PMs are of the Global PM's family
//   fcm=shared|dhash|partitioned   all FCMs; where objects are distributed and nothing is said, files have a DHash, and private memory what its use asks
//                                  for (fcm-adaptive.ts)
import { MOST_LINE_BYTES } from '../../lib/limits';
import { EBUSY, ENOMEM } from '../../posix/abi';
import { HelpingGate } from '../cobj/gate';
import { hotSwap, isBeingSwapped, objectOf } from '../cobj/hot-swap';
import { Root } from '../cobj/root';
import { FCM_ADAPTIVE, setFcmFamilies } from './fcm-family';
import { release } from '../../lib/objects';
import { memoryStaysShort } from './global-pm';
import { newGlobalPmDistributed } from './global-pm-distributed';
import { newGlobalPmShared } from './global-pm-shared';
import { newHat } from './hat-distributed';
import { Layout } from './layout';
import { MasterList } from './master-list';
import { newPmDistributed } from './pm-distributed';
import { newPmShared } from './pm-shared';
import { layOutProcessDistributed, ProcessRoot } from './process-distributed';
import { layOutProcessShared, sharedSuccessor } from './process-shared';
import { RegionFirst } from './region-distributed';
import { RegionShared } from './region-shared';

export const SHARED: i32 = 0;
export const DISTRIBUTED: i32 = 1;
export const PARTITIONED: i32 = 2;
/** Of FCMs: each one's by its use. */
export const BY_USE: i32 = 3;

/** A word for each kind. */
export const KIND_PROCESS: i32 = 0;
export const KIND_REGION: i32 = 1;
export const KIND_GLOBAL_PM: i32 = 2;

/** Written at boot, so every CPU keeps a copy in its cache. */
const families = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

@inline
export function familyOf(kind: i32): i32 {
  return load<i32>(families + ((<usize>kind) << 2));
}

/** On the boot CPU, before there are objects. */
export function setFamilies(process: i32, region: i32, globalPm: i32, fcm: i32): void {
  store<i32>(families, process, KIND_PROCESS << 2);
  store<i32>(families, region, KIND_REGION << 2);
  store<i32>(families, globalPm, KIND_GLOBAL_PM << 2);
  if (fcm == BY_USE) setFcmFamilies(FCM_ADAPTIVE, DISTRIBUTED);
  else setFcmFamilies(fcm, fcm);
}

// --- new objects, by their COIDs

/** 0 without memory. */
export function newProcess(): usize {
  const layout = familyOf(KIND_PROCESS) == SHARED ? layOutProcessShared() : layOutProcessDistributed();
  return layout ? layout.process : 0;
}

/**
 * Lets a Process be of another family from now on, while it is used: 0 when that has begun; -EBUSY when it is being changed already, -ENOMEM, or DEAD. Faults that
 * come in the middle wait at the gate, and so do other calls, with whatever locks their callers hold.
 */
export function swapProcess(coid: usize, family: i32): i32 {
  if (memoryStaysShort()) return -ENOMEM;
  const gate = new HelpingGate();
  const next: Root = family == SHARED ? sharedSuccessor(coid) : new ProcessRoot(coid);
  const answer = hotSwap(coid, next, gate);
  if (answer != 0) {
    next.reclaimReps();
    release(next);
    release(gate);
  }
  return answer;
}

/** Of which family a Process is; -EBUSY while that changes. */
export function processFamily(coid: usize): i32 {
  if (isBeingSwapped(coid)) return -EBUSY;
  return objectOf(coid) instanceof ProcessRoot ? DISTRIBUTED : SHARED;
}

/** An empty layout, with a HAT and a PM; null without memory. */
export function newLayout(regions: MasterList): Layout | null {
  if (!memoryStaysShort()) return new Layout(regions, newHat(), newPm());
  release(regions.list);
  release(regions);
  return null;
}

export function newRegion(
  start: usize,
  end: usize,
  protection: i32,
  kind: i32,
  hat: usize,
  fcm: usize,
  firstPage: i32,
): usize {
  const isShared = familyOf(KIND_REGION) == SHARED;
  const first = isShared
    ? new RegionShared(start, end, protection, kind, hat, fcm, firstPage)
    : new RegionFirst(start, end, protection, kind, hat, fcm, firstPage);
  return first.begin();
}

export function newPm(): usize {
  return familyOf(KIND_GLOBAL_PM) == SHARED ? newPmShared() : newPmDistributed();
}

export function newGlobalPm(): usize {
  return familyOf(KIND_GLOBAL_PM) == SHARED ? newGlobalPmShared() : newGlobalPmDistributed();
}
