// Checks of a core's TLB.
//   - a set's FIFO position is one of its ways; an entry belongs to its set, and no page of an address space is in it twice
//   - an entry is of a page that is present, in RAM and marked accessed, its host address is that of its frame
//   - TLB_LINES is empty where the filters cannot know the page: entries of other address spaces
//   - where nobody but the firmware writes page tables (memories of bare modules, which only grow), entries of the core's address space say
//     what the page tables say. A kernel may change its tables and leave the TLB as it is: only guests can tell what they should see then.
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import {
  CORE_PAGES,
  CORE_ROOT,
  FRAME_BYTES,
  FRAME_SHIFT,
  PTE_ACCESSED,
  PTE_PRESENT,
  PTE_USER,
  PTE_WRITE,
  TLB_ENTRY_BYTES,
  TLB_GLOBAL_TAG,
  TLB_HOST,
  TLB_LINES,
  TLB_PTE,
  TLB_SET_HEAD,
  TLB_TAG,
  TLB2_ENTRY_BYTES,
  TLB2_SET_HEAD,
} from '../state/layout.ts';
import type { CoreArrays, SetShape } from './core-arrays.ts';
import { type AuditReport, hex } from './report.ts';

const OFFSET_MASK = FRAME_BYTES - 1;
const RIGHTS = PTE_WRITE | PTE_USER;
/** CORE_PAGES of a core whose page tables are a kernel's. */
const KERNEL_PAGES = 0x10000;

export class TlbCheck {
  readonly #arrays: CoreArrays;
  readonly #ram: PhysicalMemory;
  readonly #report: AuditReport;

  constructor(arrays: CoreArrays, ram: PhysicalMemory, report: AuditReport) {
    this.#arrays = arrays;
    this.#ram = ram;
    this.#report = report;
  }

  /** Everything. */
  all(): void {
    const { tlb, tlb2 } = this.#arrays;
    for (let set = 0; set < tlb.sets; set++) this.#first(set);
    if (!tlb2) return;
    for (let set = 0; set < tlb2.sets; set++) this.#second(tlb2, set);
  }

  #first(number: number): void {
    const arrays = this.#arrays;
    const { tlb } = arrays;
    const set = tlb.base + number * tlb.setBytes;
    const ways = tlb.waysBytes / TLB_ENTRY_BYTES;
    if (arrays.load(set) >= ways) this.#fail('first', number, `its FIFO is at way ${arrays.load(set)} of ${ways}`);
    const first = set + TLB_SET_HEAD;
    for (let entry = first; entry < first + tlb.waysBytes; entry += TLB_ENTRY_BYTES) {
      const tag = arrays.load(entry + TLB_TAG);
      if (tag === 0) {
        if (arrays.load64(entry + TLB_LINES) !== 0n)
          this.#fail('first', number, 'an empty entry has lines that the filters may know');
        continue;
      }
      const page = tag >>> FRAME_SHIFT;
      if ((page & (tlb.sets - 1)) !== number) this.#fail('first', number, `page ${hex(page)} does not belong to it`);
      for (let other = first; other < entry; other += TLB_ENTRY_BYTES) {
        if (arrays.load(other + TLB_TAG) === tag) this.#fail('first', number, `page ${hex(page)} is in it twice`);
      }
      this.#entry(entry, tag, number);
    }
  }

  #entry(entry: number, tag: number, set: number): void {
    const arrays = this.#arrays;
    const page = tag >>> FRAME_SHIFT;
    const pte = arrays.load(entry + TLB_PTE);
    const host = this.#ram.hostAddress((pte & ~OFFSET_MASK) >>> 0);
    if (arrays.load(entry + TLB_HOST) !== host)
      this.#fail(
        'first',
        set,
        `page ${hex(page)} is at ${hex(arrays.load(entry + TLB_HOST))}, its frame at ${hex(host)}`,
      );
    const space = tag & OFFSET_MASK;
    const current = space === TLB_GLOBAL_TAG || space === arrays.spaceTag;
    if (!current && arrays.load64(entry + TLB_LINES) !== 0n)
      this.#fail('first', set, `page ${hex(page)} of another address space has lines that the filters may know`);
    this.#translation('first', page, pte, current, set);
  }

  #second(tlb2: SetShape, number: number): void {
    const arrays = this.#arrays;
    const set = tlb2.base + number * tlb2.setBytes;
    const ways = tlb2.waysBytes / TLB2_ENTRY_BYTES;
    if (arrays.load(set) >= ways) this.#fail('second', number, `its FIFO is at way ${arrays.load(set)} of ${ways}`);
    const first = set + TLB2_SET_HEAD;
    for (let entry = first; entry < first + tlb2.waysBytes; entry += TLB2_ENTRY_BYTES) {
      const tag = arrays.load(entry);
      if (tag === 0) continue;
      const page = tag >>> FRAME_SHIFT;
      if ((page & (tlb2.sets - 1)) !== number) this.#fail('second', number, `page ${hex(page)} does not belong to it`);
      for (let other = first; other < entry; other += TLB2_ENTRY_BYTES) {
        if (arrays.load(other) === tag) this.#fail('second', number, `page ${hex(page)} is in it twice`);
      }
      const space = tag & OFFSET_MASK;
      const current = space === TLB_GLOBAL_TAG || space === arrays.spaceTag;
      this.#translation('second', page, arrays.load(entry + 4), current, number);
    }
  }

  /** What an entry says of a page, against the page tables where these cannot have changed. */
  #translation(level: string, page: number, pte: number, current: boolean, set: number): void {
    const marks = PTE_PRESENT | PTE_ACCESSED;
    if ((pte & marks) !== marks || (pte & ~OFFSET_MASK) >>> 0 >= this.#ram.bytes)
      this.#fail(level, set, `page ${hex(page)} has the entry ${hex(pte)}, which nothing may use`);
    if (!current || this.#arrays.field(CORE_PAGES) === KERNEL_PAGES) return;
    const table = this.#ram.load32(this.#arrays.field(CORE_ROOT) + 4 * (page >>> 10));
    const found =
      (table & PTE_PRESENT) === 0 ? 0 : this.#ram.load32(((table & ~OFFSET_MASK) >>> 0) + 4 * (page & 1023));
    const expected = (found & (table | ~RIGHTS)) >>> 0;
    if (pte !== expected)
      this.#fail(level, set, `page ${hex(page)} has the entry ${hex(pte)}, the page tables say ${hex(expected)}`);
  }

  #fail(level: string, set: number, what: string): never {
    this.#report.fail(this.#arrays.core, -1, `set ${set} of the ${level} level of its TLB: ${what}`);
  }
}
