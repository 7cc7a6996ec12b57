// What the parts of a snapshot refer to by number: a machine's images and instances, in the order in which they were made.
import type { Image } from './image.ts';
import type { Instance } from './instance.ts';

export interface Inventory {
  readonly images: readonly Image[];
  readonly instances: readonly Instance[];
}
