// Checks of a core's access filters. Every valid entry {guest line, host line} must have
//   - an entry of the first-level TLB for the address space that the core is in, with the rights for the access, of a page that may be
//     cached, and (for writes) marked dirty; the line's bit in its TLB_LINES
//   - the host address that this translation gives
//   - the physical line in the L1, in M for writes; its way knows the guest line, and has the filter's KNOWN_* bit
import { STATE_NAMES } from '../coherence/states.ts';
import { STATE_M } from '../state/coherence-layout.ts';
import {
  FILTER_ENTRIES,
  FRAME_BYTES,
  PTE_DIRTY,
  PTE_UNCACHED,
  PTE_USER,
  PTE_WRITE,
  TLB_HOST,
  TLB_LINES,
  TLB_PTE,
} from '../state/layout.ts';
import { type CoreArrays, FILTERS, type FilterKind, guestLineOf } from './core-arrays.ts';
import { type AuditReport, hex } from './report.ts';

const OFFSET_MASK = FRAME_BYTES - 1;

export class FilterCheck {
  readonly #arrays: CoreArrays;
  readonly #report: AuditReport;

  constructor(arrays: CoreArrays, report: AuditReport) {
    this.#arrays = arrays;
    this.#report = report;
  }

  /** Entries from `first` on, `count` of them, of all filters. */
  entries(first: number, count: number): void {
    for (const filter of FILTERS) {
      for (let index = first; index < Math.min(first + count, FILTER_ENTRIES); index++) this.#entry(filter, index);
    }
  }

  all(): void {
    this.entries(0, FILTER_ENTRIES);
  }

  /** The entries under which the filters may know a guest line. */
  guestLine(guestLine: number): void {
    const index = this.#arrays.filterIndex(guestLine);
    for (const filter of FILTERS) this.#entry(filter, index);
  }

  /** The entries of the guest line under which an L1 way's line is known. */
  way(way: number): void {
    this.guestLine(guestLineOf(this.#arrays.guestWord(way)));
  }

  #entry(filter: FilterKind, index: number): void {
    const arrays = this.#arrays;
    const guest = arrays.filterLine(filter, index);
    if (guest < 0) return;
    if ((guest & arrays.lineMask) !== 0) this.#fail(filter, guest, -1, ', which is not the address of a line');
    const entry = arrays.findEntry(guest);
    if (entry === 0) this.#fail(filter, guest, -1, ', whose page is not in the TLB for its address space');
    const pte = arrays.load(entry + TLB_PTE);
    const physical = ((pte & ~OFFSET_MASK) | (guest & OFFSET_MASK)) >>> 0;
    const line = physical >>> arrays.lineShift;
    const wanted = (filter.write ? PTE_WRITE | PTE_DIRTY : 0) | (filter.kernel ? 0 : PTE_USER);
    if ((pte & wanted) !== wanted || (pte & PTE_UNCACHED) !== 0)
      this.#fail(filter, guest, line, `, whose page (${hex(pte)}) does not give the rights for that`);
    // The bits of a page's lines are two words, each bit that of two lines where there are 128.
    const bit = (guest & OFFSET_MASK) >>> arrays.lineShift;
    if (((arrays.load(entry + TLB_LINES + (bit & 32 ? 4 : 0)) >>> (bit & 31)) & 1) === 0)
      this.#fail(filter, guest, line, ', of which the TLB entry of its page does not know');
    const host = arrays.load(entry + TLB_HOST) + (guest & OFFSET_MASK);
    const found = arrays.filterHost(filter, index);
    if (found !== host)
      this.#fail(filter, guest, line, ` at host address ${hex(found)}, which is at ${hex(host)} by the TLB`);
    this.#line(filter, guest, physical);
  }

  #line(filter: FilterKind, guest: number, physical: number): void {
    const arrays = this.#arrays;
    const line = physical >>> arrays.lineShift;
    const way = arrays.findL1(physical);
    if (way === 0) this.#fail(filter, guest, line, ', whose line is not in the L1');
    const state = arrays.stateAt(way);
    if (filter.write && state !== STATE_M)
      this.#fail(filter, guest, line, `, whose line is in ${STATE_NAMES[state]} in the L1`);
    const word = arrays.guestWord(way);
    if (guestLineOf(word) !== guest)
      this.#fail(filter, guest, line, `; the L1 way knows its line as ${hex(guestLineOf(word))}`);
    if ((word & filter.known) === 0) this.#fail(filter, guest, line, ', of which the L1 way of its line does not know');
  }

  #fail(filter: FilterKind, guest: number, line: number, what: string): never {
    this.#report.fail(this.#arrays.core, line, `its ${filter.name} has guest line ${hex(guest)}${what}`);
  }
}
