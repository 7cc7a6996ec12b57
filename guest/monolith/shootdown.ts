// TLB shootdown: when a page's mapping is taken away or loses rights, each core that may have its translation in its TLB must forget it.
//
// The initiator writes what is to be forgotten into its core's request, sends an interrupt to one core after the other, and waits until all
// have acknowledged: by subtracting one from a word in the request. Only cores that have the address space loaded are asked; the others begin with
// an empty TLB when they load it. A core that idles with the space loaded gives it up instead, so that it is asked once.
//
// A core that waits with interrupts disabled, for a lock or for acknowledgements, serves requests as it waits: see lock.ts.
import { coreId, invlpg, ipiSend, setPageRoot, tlbFlush } from '../lib/machine';
import { PAGE_BYTES } from '../lib/page-table';
import { AddressSpace, kernelRoot, NO_SPACE } from './address-space';
import { Cpu, cpuOf, thisCpu } from './cpu';
import { relax } from './lock';

export const VECTOR_SHOOTDOWN: i32 = 2;
/** From so many pages on it is better to forget all. */
const MOST_SINGLE_PAGES: usize = 32;

export class ShootdownRequest {
  space: AddressSpace | null = null;
  start: usize = 0;
  end: usize = 0;
  /** Nothing of the space may stay loaded: it is about to be freed. */
  leave: bool = false;
  /** Cores that have not acknowledged. */
  missing: i32 = 0;
}

/** Lets all cores forget the pages from `start` to `end` of an address space, whose lock the caller has. */
export function shootDown(space: AddressSpace, start: usize, end: usize): void {
  forget(thisCpu(), space, start, end);
  askOthers(space, start, end, false);
}

/** Lets all cores leave an address space that nobody runs in any more. */
export function leaveEverywhere(space: AddressSpace): void {
  const cpu = thisCpu();
  if (cpu.space === space) leave(cpu, space);
  askOthers(space, 0, 0, true);
}

function askOthers(space: AddressSpace, start: usize, end: usize, leaving: bool): void {
  const cpu = thisCpu();
  const request = cpu.request;
  request.space = space;
  request.start = start;
  request.end = end;
  request.leave = leaving;
  const missing = changetype<usize>(request) + offsetof<ShootdownRequest>('missing');
  for (let core = space.cores.next(0); core >= 0; core = space.cores.next(core + 1)) {
    if (core == cpu.id) continue;
    atomic.add<i32>(missing, 1);
    atomic.or<u64>(inboxOf(cpuOf(core), cpu.id), (<u64>1) << (cpu.id & 63));
    ipiSend(core, VECTOR_SHOOTDOWN);
  }
  while (atomic.load<i32>(missing) != 0) {
    relax();
  }
}

/** Serves what others have asked of this core. Called by the interrupt, and by whoever waits without interrupts. */
export function serveShootdowns(): void {
  const cpu = cpuOf(coreId());
  if (cpu.inbox != 0) serve(cpu, inboxOf(cpu, 0), 0);
  if (cpu.inboxHigh != 0) serve(cpu, inboxOf(cpu, 64), 64);
}

@inline
function inboxOf(cpu: Cpu, initiator: i32): usize {
  return changetype<usize>(cpu) + (initiator < 64 ? offsetof<Cpu>('inbox') : offsetof<Cpu>('inboxHigh'));
}

function serve(cpu: Cpu, inbox: usize, first: i32): void {
  let initiators = atomic.xchg<u64>(inbox, 0);
  for (; initiators != 0; initiators &= initiators - 1) {
    const request = cpuOf(first + <i32>ctz(initiators)).request;
    const space = request.space!;
    if (cpu.space === space) {
      if (request.leave || cpu.current === null) leave(cpu, space);
      else forget(cpu, space, request.start, request.end);
    }
    atomic.sub<i32>(changetype<usize>(request) + offsetof<ShootdownRequest>('missing'), 1);
  }
}

function forget(cpu: Cpu, space: AddressSpace, start: usize, end: usize): void {
  if (cpu.space !== space) return;
  if (end - start > MOST_SINGLE_PAGES * PAGE_BYTES) tlbFlush(NO_SPACE);
  else for (let page = start; page < end; page += PAGE_BYTES) invlpg(page);
}

function leave(cpu: Cpu, space: AddressSpace): void {
  space.cores.remove(cpu.id);
  cpu.space = null;
  setPageRoot(kernelRoot, NO_SPACE);
}
