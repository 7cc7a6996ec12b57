// What goes from a Process to the one that takes its place (cobj/hot-swap.ts): its layout, with all its Regions, and how many faults it has handled. Regions do not
// notice. The new one makes a list of its own kind of the elements; copies that the old one's Reps had are forgotten.
import { TransferState } from '../cobj/transfer';
import { Layout } from './layout';

/** The one format that there is. */
export const FORMAT_LAYOUT: u32 = 1;

export class ProcessState extends TransferState {
  constructor(
    readonly layout: Layout,
    readonly faults: i32,
  ) {
    super();
  }
}

/** In the place of the layout of a Process that has not got one yet, or has given it away. */
@inline
export function noLayout(): Layout {
  return changetype<Layout>(0);
}
