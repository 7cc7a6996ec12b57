// What a transaction comes to, besides its time: written by who serves it, read by the controller.
import { SOURCE_NONE, STATE_I } from './states.ts';

export class Outcome {
  /** State that the requester gets: STATE_*. */
  granted: number = STATE_I;
  /** SOURCE_*, and the number of the node, group or core. */
  source: number = SOURCE_NONE;
  supplier = -1;
}
