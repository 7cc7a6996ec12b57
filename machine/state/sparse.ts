// Large arrays of words of which little is in use, as a snapshot keeps them: without the pages that hold nothing but a background value.
// Reading an array makes the host map nothing that has not been written before.

const PAGE_WORDS = 1024;
/** Words that are looked at in one step. */
const STEP = 16;

export interface SparseWords {
  /** Words of the whole array, and what those are that are not kept. */
  readonly length: number;
  readonly background: number;
  /** Words of a page; numbers of the pages that are kept, ascending; and their words, page after page (the last may be shorter). */
  readonly pageWords: number;
  readonly pages: Uint32Array;
  readonly words: Int32Array;
}

function isUsed(words: Int32Array, from: number, to: number, background: number): boolean {
  let i = from;
  for (const end = to - STEP; i <= end; i += STEP) {
    // Whether one of sixteen words differs.
    const differ =
      (words[i]! ^ background) |
      (words[i + 1]! ^ background) |
      (words[i + 2]! ^ background) |
      (words[i + 3]! ^ background) |
      (words[i + 4]! ^ background) |
      (words[i + 5]! ^ background) |
      (words[i + 6]! ^ background) |
      (words[i + 7]! ^ background) |
      (words[i + 8]! ^ background) |
      (words[i + 9]! ^ background) |
      (words[i + 10]! ^ background) |
      (words[i + 11]! ^ background) |
      (words[i + 12]! ^ background) |
      (words[i + 13]! ^ background) |
      (words[i + 14]! ^ background) |
      (words[i + 15]! ^ background);
    if (differ !== 0) return true;
  }
  for (; i < to; i++) if (words[i] !== background) return true;
  return false;
}

/** Numbers of the pages that are not all background. */
function usedPages(words: Int32Array, background: number): number[] {
  const pages: number[] = [];
  for (let from = 0; from < words.length; from += PAGE_WORDS) {
    if (isUsed(words, from, Math.min(from + PAGE_WORDS, words.length), background)) pages.push(from / PAGE_WORDS);
  }
  return pages;
}

export function saveSparse(words: Int32Array, background = 0): SparseWords {
  const pages = usedPages(words, background);
  const parts = pages.map((page) => words.subarray(page * PAGE_WORDS, (page + 1) * PAGE_WORDS));
  const kept = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    kept.set(part, at);
    at += part.length;
  }
  return { length: words.length, background, pageWords: PAGE_WORDS, pages: Uint32Array.from(pages), words: kept };
}

/** Makes `into`, which has the length of what was saved, equal to it. */
export function restoreSparse(saved: SparseWords, into: Int32Array): void {
  const { background, pageWords, pages, words } = saved;
  for (const page of usedPages(into, background)) into.fill(background, page * PAGE_WORDS, (page + 1) * PAGE_WORDS);
  let at = 0;
  for (const page of pages) {
    const part = words.subarray(at, at + pageWords);
    into.set(part, page * pageWords);
    at += part.length;
  }
}
