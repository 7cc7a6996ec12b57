// The images that programs have been loaded from, by the machine's numbers for them: equal contents have the same number, from whichever file they come.
// A few that nobody runs are kept as well, with their files.
import { File } from '../fs/file';
import { imageLoad } from '../machine';
import { mapFile, unmapFile } from './file-window';
import { Lockable } from 'kernel/lock';
import { ProgramImage } from './program-image';

const PLACES: i32 = 32;

export class ImageCache extends Lockable {
  private readonly images: StaticArray<ProgramImage | null> = new StaticArray<ProgramImage | null>(PLACES);
  /** Where the next one is put; the one there goes. */
  private hand: i32 = 0;

  /** A file's image with a reference for the caller; none where the machine cannot run it, of which its log tells, or there is no memory. */
  load(file: File): ProgramImage | null {
    const bytes = <usize>file.size;
    const address = mapFile(file, bytes);
    if (address == 0) return null;
    const number = imageLoad(address, bytes);
    unmapFile(address, bytes);
    if (number < 0) return null;
    this.lock();
    let image = this.find(number);
    if (image === null) image = this.add(number, file);
    else image.hold();
    this.unlock();
    return image;
  }

  private find(number: i32): ProgramImage | null {
    for (let i = 0; i < PLACES; i++) {
      const image = unchecked(this.images[i]);
      if (image && image.number == number && image.isCurrent) return image;
    }
    return null;
  }

  private add(number: i32, file: File): ProgramImage | null {
    const image = new ProgramImage(number, file);
    if (!image.readSegments()) {
      image.letGo();
      return null;
    }
    // Whoever runs the one that goes keeps it.
    const old = unchecked(this.images[this.hand]);
    if (old) old.letGo();
    unchecked((this.images[this.hand] = image));
    this.hand = (this.hand + 1) % PLACES;
    image.hold();
    return image;
  }
}

/** The one that there is; the same on each core. */
export let imageCache: ImageCache = changetype<ImageCache>(0);

export function setImageCache(cache: ImageCache): void {
  imageCache = cache;
}
