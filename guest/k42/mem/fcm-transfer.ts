// What goes from an FCM to the one that takes its place (cobj/hot-swap.ts): what all FCMs have in common, with its pages. Regions and the PM do not notice.
import { TransferState } from '../cobj/transfer';
import { FCMCore } from './fcm-core';

/** The one format that there is. */
export const FORMAT_CORE: u32 = 1;

export class FCMState extends TransferState {
  constructor(readonly core: FCMCore) {
    super();
  }
}

/** In the place of the core of an FCM that has not got one yet, or has given it away. */
@inline
export function noCore(): FCMCore {
  return changetype<FCMCore>(0);
}
