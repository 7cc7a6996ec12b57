// How many frames are free when the machine's run is about to end. Those in the caches of the cores are.
export { freeFrames as countFreeFrames } from '../lib/page-frames';
