// Into the kernel and back: a system call that does nothing, a page fault whose handler maps the page, and an interrupt that a core sends to
// itself. Cycles of a round trip on one core.
import { arena, core, pageRoot, reportCell, start, stopOnTrap } from '../lib/bare';
import { RAM } from '../lib/boot-info';
import { cycles, interrupts, ipiSend, pause, syscall, tlbFlush } from '../lib/machine';
import { PTE_PRESENT, PTE_WRITE, TRAP_INTERRUPT, TRAP_PAGE_FAULT, TRAP_SYSCALL } from '../lib/machine-constants';
import { addPageTable, PAGE_BYTES, pageEntry } from '../lib/page-table';
import { parameter } from '../lib/parameters';

const ROUND_TRIPS: i32 = 1000;
const WARM_UP: i32 = 10;
const VECTOR: i32 = 1;
/** Addresses that the firmware leaves unmapped; one page table maps them all. */
const PAGES: usize = 0x1000_0000;
const MAPPED_PAGES: usize = 1024;

/** Rows of the table. */
const SYSTEM_CALL: i32 = 0;
const PAGE_FAULT: i32 = 1;
const INTERRUPT: i32 = 2;

let nextPage: usize = PAGES;
let interruptsTaken: i32 = 0;

export function boot(info: usize): void {
  start(info, measure);
}

export function trap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  if (cause >= TRAP_SYSCALL) return a;
  if (cause == TRAP_INTERRUPT) {
    interruptsTaken++;
  } else if (cause == TRAP_PAGE_FAULT) {
    // One frame serves all pages.
    store<u32>(pageEntry(pageRoot, a), (arena(core) + PAGE_BYTES - RAM) | PTE_PRESENT | PTE_WRITE);
  } else {
    return stopOnTrap(cause, a, b, c, d, e, f);
  }
  return 0;
}

function measure(): void {
  if (core != 0) return;
  addPageTable(pageRoot, PAGES, arena(core) - RAM);
  repeat(SYSTEM_CALL, () => {
    syscall(1, 2, 3, 4, 5, 6, 7);
  });
  repeat(PAGE_FAULT, () => {
    if (nextPage == PAGES + MAPPED_PAGES * PAGE_BYTES) unmapAll();
    store<i32>(nextPage, 1);
    nextPage += PAGE_BYTES;
  });
  interrupts(true);
  repeat(INTERRUPT, () => {
    const before = interruptsTaken;
    ipiSend(core, VECTOR);
    while (interruptsTaken == before) pause();
  });
}

/** What one page table maps is used up: all of it faults again. */
function unmapAll(): void {
  nextPage = PAGES;
  for (let page: usize = 0; page < MAPPED_PAGES; page++) store<u32>(pageEntry(pageRoot, PAGES + page * PAGE_BYTES), 0);
  tlbFlush(-1);
}

function repeat(row: i32, operation: () => void): void {
  const only = parameter('only', -1);
  if (only >= 0 && only != row) return;
  const operations = parameter('operations', ROUND_TRIPS);
  let before: i64 = 0;
  for (let i = -WARM_UP; i < operations; i++) {
    if (i == 0) before = cycles();
    operation();
  }
  reportCell(row, 'round trip', <f64>(cycles() - before) / <f64>operations);
}
