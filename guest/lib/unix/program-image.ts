// A WebAssembly module that processes run, as the kernel sees it: the machine's number for its code, and its data segments, which are read from its
// file when the pages that they belong to are touched for the first time.
//
// Images that nobody runs any more are kept for a while, in case somebody does again: image-cache.ts.
import { File, FIRST_READING } from '../fs/file';
import { imageImport, imageInfo, imageSegment } from '../machine';
import {
  IMAGE_IMPORTS,
  IMAGE_PAGES,
  IMAGE_SEGMENT_ADDRESS,
  IMAGE_SEGMENT_LENGTH,
  IMAGE_SEGMENT_OFFSET,
  IMAGE_SEGMENTS,
} from '../machine-constants';
import { release } from '../objects';
import { frameAddress, releaseFrame, takeFrame } from '../page-frames';
import { PAGE_BYTES } from '../page-table';
import { SCRATCH_RECORD, scratchAt } from './scratch';

/** Bytes of the name of a module that an image imports from, at most. */
export const MODULE_NAME_BYTES: i32 = 64;

/** Segments are kept in frames: address, bytes, and offset in the file, a word each. */
const RECORD_BYTES: usize = 12;
const RECORDS_OF_FRAME: i32 = 341;
const MOST_FRAMES: i32 = 16;

export class ProgramImage {
  /** Processes that run it, or are about to, and the cache. */
  private references: i32 = 1;
  /** Pages of 64 KiB that its memory begins with. */
  readonly pages: u32;
  /** How many modules it imports from. */
  readonly imports: i32;
  private readonly segments: i32;
  /** Where there are any: from the first to behind the last. */
  private start: usize = usize.MAX_VALUE;
  private end: usize = 0;
  private readonly frames: StaticArray<usize> = new StaticArray<usize>(MOST_FRAMES);
  /** When the file was changed last, as far as the image knows. */
  private readonly modified: i64;

  /** With a reference of the caller's to it. `number`: the machine's. */
  constructor(
    readonly number: i32,
    private readonly file: File,
  ) {
    const record = scratchAt(SCRATCH_RECORD);
    imageInfo(number, record);
    this.pages = load<u32>(record, IMAGE_PAGES);
    this.segments = load<i32>(record, IMAGE_SEGMENTS);
    this.imports = load<i32>(record, IMAGE_IMPORTS);
    this.modified = file.modified;
    file.get();
  }

  /** Whether its file is as it was. */
  get isCurrent(): bool {
    return this.file.modified == this.modified;
  }

  /** Makes the table of segments; false where there are too many, or no memory. */
  readSegments(): bool {
    const found = scratchAt(SCRATCH_RECORD);
    for (let i = 0; i < this.segments; i++) {
      const frame = i / RECORDS_OF_FRAME;
      if (frame == MOST_FRAMES) return false;
      if (unchecked(this.frames[frame]) == 0) unchecked((this.frames[frame] = takeFrame()));
      if (unchecked(this.frames[frame]) == 0) return false;
      imageSegment(this.number, i, found);
      const record = this.recordOf(i);
      const address = load<usize>(found, IMAGE_SEGMENT_ADDRESS);
      const bytes = load<usize>(found, IMAGE_SEGMENT_LENGTH);
      store<usize>(record, address);
      store<usize>(record, bytes, 4);
      store<u32>(record, load<u32>(found, IMAGE_SEGMENT_OFFSET), 8);
      this.start = min(this.start, address);
      this.end = max(this.end, address + bytes);
    }
    return true;
  }

  @inline
  private recordOf(segment: i32): usize {
    const frame = unchecked(this.frames[segment / RECORDS_OF_FRAME]);
    return frameAddress(frame) + <usize>(segment % RECORDS_OF_FRAME) * RECORD_BYTES;
  }

  /** Name of a module that it imports from, at an address in the kernel: its bytes, or an error where they are more than MODULE_NAME_BYTES. */
  importName(i: i32, name: usize): i32 {
    return imageImport(this.number, i, name, MODULE_NAME_BYTES);
  }

  /** Puts what its data segments have on a page into a frame, at `to` in the kernel. Later ones are put over earlier ones. */
  fill(page: usize, to: usize): void {
    const pageEnd = page + PAGE_BYTES;
    if (this.start >= pageEnd || this.end <= page) return;
    let reading = FIRST_READING;
    do {
      reading = this.file.startReading(reading);
      this.copySegments(page, to);
    } while (!this.file.endReading(reading));
  }

  private copySegments(page: usize, to: usize): void {
    const pageEnd = page + PAGE_BYTES;
    for (let i = 0; i < this.segments; i++) {
      const record = this.recordOf(i);
      const start = load<usize>(record);
      const from = max(start, page);
      const end = min(start + load<usize>(record, 4), pageEnd);
      if (from >= end) continue;
      this.file.read(load<u32>(record, 8) + <u32>(from - start), to + (from - page), <i32>(end - from));
    }
  }

  hold(): void {
    atomic.add<i32>(changetype<usize>(this) + offsetof<ProgramImage>('references'), 1);
  }

  letGo(): void {
    if (atomic.sub<i32>(changetype<usize>(this) + offsetof<ProgramImage>('references'), 1) != 1) return;
    this.file.put();
    for (let i = 0; i < MOST_FRAMES; i++) if (unchecked(this.frames[i])) releaseFrame(unchecked(this.frames[i]));
    release(this.frames);
    release(this);
  }
}
