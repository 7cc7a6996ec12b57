// What a fabric is to coherence: it says how long a transaction takes that the protocol has already decided, and charges the links, buses and memory
// controllers that it passes. One file for each kind; docs/coherence.md lists their steps. A machine's code has one of them.
//
// Times are ticks since the Origin.
import { FABRIC_BROADCAST, FABRIC_BUS, FABRIC_DIRECTORY } from '../../state/coherence-layout';
import { FABRIC, REQUEST_TICKS, RESPONSE_TICKS } from './constants';
import { fetchByBroadcast, writeBackHome } from './fabric-broadcast';
import { fetchOverBus, uncachedOverBus, writeBackOverBus } from './fabric-bus';
import { fetchByDirectory, putToDirectory, writeBackToDirectory } from './fabric-directory';
import { sendBytes } from './links';
import { accessMemory } from './memory';

/** `supplier` when memory at the home supplies. */
export const FROM_MEMORY: i32 = -1;

/** Whether the order of requests at the home (or bus) makes a line wait for reads that change nothing. */
@inline
export function blocksReads(): bool {
  return FABRIC == FABRIC_BROADCAST;
}

/** Whether it asks only those who have copies: targets.ts. */
@inline
export function asksTargets(): bool {
  return FABRIC == FABRIC_DIRECTORY;
}

/**
 * When the requester, on `node`, has data and all answers. The request leaves its caches at `at`; the line's last transaction is done at `lineBusy`. Whether
 * it needs the data from outside of its unit; the node of the cache that supplies it, or FROM_MEMORY; and whether that updates memory as well.
 */
export function fetch(
  node: u32,
  home: u32,
  at: i32,
  lineBusy: i32,
  needsData: bool,
  supplier: i32,
  writesBack: bool,
): i32 {
  if (FABRIC == FABRIC_BUS) return fetchOverBus(home, at, lineBusy, needsData, supplier, writesBack);
  if (FABRIC == FABRIC_BROADCAST) return fetchByBroadcast(node, home, at, lineBusy, needsData, supplier, writesBack);
  return fetchByDirectory(node, home, at, lineBusy, needsData, supplier, writesBack);
}

/** A modified line goes from a node to memory at its home; nobody waits. */
export function writeBack(node: u32, home: u32, at: i32): void {
  if (FABRIC == FABRIC_BUS) writeBackOverBus(home, at);
  else if (FABRIC == FABRIC_BROADCAST) writeBackHome(node, home, at);
  else writeBackToDirectory(node, home, at);
}

/** A unit tells the home that it gives up an unmodified line. */
@inline
export function put(node: u32, home: u32, at: i32): void {
  if (FABRIC == FABRIC_DIRECTORY) putToDirectory(node, home, at);
}

/** `bytes` between a core and memory, past all caches; returns when it is done. */
export function uncached(node: u32, home: u32, bytes: u32, write: bool, at: i32): i32 {
  if (FABRIC == FABRIC_BUS) return uncachedOverBus(home, bytes, write, at);
  const request = sendBytes(node, home, write ? bytes : 0, at + REQUEST_TICKS);
  return sendBytes(home, node, write ? 0 : bytes, accessMemory(home, request, bytes)) + RESPONSE_TICKS;
}
