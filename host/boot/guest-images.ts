// The images that a booted machine has loaded, and the host's files that they came from: for messages and reports with names and source lines.
//
// A kernel loads programs by itself, so the host only sees their bytes; it knows them again by these.
import type { Image, Machine } from '../../machine/index.ts';
import { GuestCode } from '../guest-code.ts';
import type { Observation } from '../observe/observation.ts';
import type { BootFile } from './kernels.ts';

export class GuestImages {
  readonly #machine: Machine;
  readonly #files: readonly BootFile[];
  readonly #origins = new Map<Image, string>();
  readonly #codes = new Map<Image, GuestCode>();

  /** `kernel` is the file that the first image came from. */
  constructor(machine: Machine, kernel: { readonly image: Image; readonly file: string }, files: readonly BootFile[]) {
    this.#machine = machine;
    this.#files = files;
    this.#origins.set(kernel.image, kernel.file);
  }

  /** Functions and lines of an image; offsets instead of lines where the file it came from is not known. */
  code(image: Image): GuestCode {
    let code = this.#codes.get(image);
    if (code === undefined) {
      code = new GuestCode(image.module, this.#origin(image));
      this.#codes.set(image, code);
    }
    return code;
  }

  /** Lets reports name places in all images that there are now. */
  observe(observation: Observation): void {
    for (const image of this.#machine.images) observation.addImage(image, this.#origin(image));
  }

  #origin(image: Image): string {
    let origin = this.#origins.get(image);
    if (origin === undefined) {
      origin = this.#files.find(({ bytes }) => sameBytes(bytes, image.bytes))?.origin ?? '';
      this.#origins.set(image, origin);
    }
    return origin;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
