// Whether there is memory for what a system call makes, and how much there is in the end. All free frames are in the kit's allocator.
export { freeFrames as countFreeFrames, memoryIsShort } from '../lib/page-frames';
