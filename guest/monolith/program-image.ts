// A WebAssembly module that processes run, as the kernel sees it: the machine's number for its code, and its data segments, which are read from its
// file when the pages that they belong to are touched for the first time. The machine knows images by their contents, so loading one again costs
// little more than finding it.
import { File } from '../lib/fs/file';
import { imageImport, imageInfo, imageLoad, imageSegment } from '../lib/machine';
import {
  IMAGE_IMPORTS,
  IMAGE_PAGES,
  IMAGE_SEGMENT_ADDRESS,
  IMAGE_SEGMENT_LENGTH,
  IMAGE_SEGMENT_OFFSET,
  IMAGE_SEGMENTS,
} from '../lib/machine-constants';
import { release } from '../lib/objects';
import { PAGE_BYTES } from '../lib/page-table';
import { SCRATCH_FAULT, SCRATCH_RECORD, scratchAt } from './cpu';
import { readFile } from './file-tree';
import { mapFile, unmapFile } from './file-window';

/** Bytes of the name by which an image is imported, at most. */
export const MODULE_NAME_BYTES: i32 = 64;

export class ProgramImage {
  private references: i32 = 1;
  /** The name by which others import it; empty for a program. */
  readonly name: StaticArray<u8> = new StaticArray<u8>(MODULE_NAME_BYTES);
  nameBytes: i32 = 0;
  /** Pages of 64 KiB that its memory begins with. */
  readonly pages: u32;
  private readonly segments: i32;
  /** How many modules it imports from. */
  readonly imports: i32;

  private constructor(
    readonly number: i32,
    private readonly file: File,
  ) {
    const record = scratchAt(SCRATCH_RECORD);
    imageInfo(number, record);
    this.pages = load<u32>(record, IMAGE_PAGES);
    this.segments = load<i32>(record, IMAGE_SEGMENTS);
    this.imports = load<i32>(record, IMAGE_IMPORTS);
    file.get();
  }

  /** Translates a file's code, unless the machine has done so before; none where the machine cannot run it, of which its log tells. */
  static load(file: File): ProgramImage | null {
    const address = mapFile(file);
    if (address == 0) return null;
    const number = imageLoad(address, <i32>file.size);
    unmapFile(file, address);
    return number < 0 ? null : new ProgramImage(number, file);
  }

  /** Name of a module that it imports from, at an address in the kernel: its bytes, or an error where they are more than MODULE_NAME_BYTES. */
  importName(i: i32, name: usize): i32 {
    return imageImport(this.number, i, name, MODULE_NAME_BYTES);
  }

  /** Puts what its data segments have on a page into a frame, at `to` in the kernel. */
  fill(page: usize, to: usize): void {
    const record = scratchAt(SCRATCH_FAULT);
    for (let i = 0; i < this.segments; i++) {
      imageSegment(this.number, i, record);
      const start = load<usize>(record, IMAGE_SEGMENT_ADDRESS);
      const from = max(start, page);
      const end = min(start + load<usize>(record, IMAGE_SEGMENT_LENGTH), page + PAGE_BYTES);
      if (from >= end) continue;
      const offset = load<u32>(record, IMAGE_SEGMENT_OFFSET) + <u32>(from - start);
      readFile(this.file, offset, to + (from - page), <i32>(end - from));
    }
  }

  hold(): void {
    atomic.add<i32>(changetype<usize>(this) + offsetof<ProgramImage>('references'), 1);
  }

  letGo(): void {
    if (atomic.sub<i32>(changetype<usize>(this) + offsetof<ProgramImage>('references'), 1) != 1) return;
    this.file.put();
    release(this.name);
    release(this);
  }
}
