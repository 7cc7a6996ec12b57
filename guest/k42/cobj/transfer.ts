// What goes from an object to the one that takes its place (hot-swap.ts), and in which format. A format is a bit whose meaning the two implementations agree on: which
// subclass of TransferState, and what is in it. A Root says which ones it can give and which ones it can take (`exportSet`, `importSet`). The
// highest that both have is used.
//
// State goes in parts: the Root's own, and one for each CPU that has a Rep, which that CPU moves itself, in its cache and beside the others.
import { Root } from './root';

/** One part, made by the old object and released when the new one has taken it. */
export abstract class TransferState {}

/** In the place of a CPU: the part of the Root. */
export const ROOT_PART: i32 = -1;

/** The format in which the new object gets what the old one has; 0 when there is none. */
export function commonFormat(old: Root, next: Root): u32 {
  const common = old.exportSet & next.importSet;
  return common == 0 ? 0 : (<u32>1) << (31 - clz(common));
}
