// An area of an address space: pages next to each other that have the same rights and the same source (Linux: vm_area_struct).
import { PAGE_BYTES } from '../lib/page-table';
import { File } from '../lib/fs/file';
import { release } from '../lib/objects';
import { MAP_SHARED, PROT_WRITE } from '../posix/abi';
import { ProgramImage } from '../lib/unix/program-image';

export class Area {
  next: Area | null = null;
  /** Its pages come from a file, from this offset on; or are those of an image, with its data; else they are zero. */
  file: File | null = null;
  offset: i64 = 0;
  image: ProgramImage | null = null;
  /** It shares a file that was opened for reading only. */
  isReadOnlyFile: bool = false;

  constructor(
    public start: usize,
    public end: usize,
    public protection: i32,
    readonly flags: i32,
  ) {}

  /** Whether what is stored is seen by others that map the same; otherwise pages are copied when they are written. */
  get isShared(): bool {
    return (this.flags & MAP_SHARED) != 0;
  }

  get isWritable(): bool {
    return (this.protection & PROT_WRITE) != 0;
  }

  /** Whether it and the one that begins where it ends could be one: zero pages of its own, with the same rights. */
  goesOnAs(next: Area): bool {
    return this.end == next.start && this.protection == next.protection && this.isPlain && next.isPlain;
  }

  private get isPlain(): bool {
    return this.file === null && this.image === null && !this.isShared;
  }

  /** Which page of its file a page of the area is. */
  filePage(page: usize): i32 {
    return <i32>((this.offset + <i64>(page - this.start)) / <i64>PAGE_BYTES);
  }

  /** One for a part of it, or for the same pages in another address space. */
  copy(start: usize, end: usize): Area {
    const copy = new Area(start, end, this.protection, this.flags);
    const file = this.file;
    if (file) {
      file.get();
      copy.file = file;
      copy.isReadOnlyFile = this.isReadOnlyFile;
      copy.offset = this.offset + <i64>(start - this.start);
    }
    const image = this.image;
    if (image) {
      image.hold();
      copy.image = image;
    }
    return copy;
  }

  /** Cuts it in two: this one ends at `address`, and the other one follows. */
  split(address: usize): void {
    const rest = this.copy(address, this.end);
    rest.next = this.next;
    this.next = rest;
    this.end = address;
  }

  drop(): void {
    const file = this.file;
    if (file) file.put();
    const image = this.image;
    if (image) image.letGo();
    release(this);
  }
}
