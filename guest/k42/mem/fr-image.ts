// The memory of a program, from address 0 on: its image's data segments, and zeroes. Pages that were never written can be made again from the image's file.
import { release } from '../../lib/objects';
import { frameAddress, zeroFrame } from '../../lib/page-frames';
import { PAGE_BYTES } from '../../lib/page-table';
import { ProgramImage } from '../../lib/unix/program-image';
import { ENOMEM } from '../../posix/abi';
import { dref } from '../cobj/rep';
import { newFR } from './fr';
import { HeldFR } from './fr-held';
import { PM } from './pm';

class ImageFR extends HeldFR {
  constructor(private readonly image: ProgramImage) {
    super();
    image.hold();
  }

  provide(page: i32, pm: usize): i32 {
    const frame = dref<PM>(pm).takeFrame();
    if (frame == 0) return -ENOMEM;
    zeroFrame(frame);
    this.image.fill(<usize>page * PAGE_BYTES, frameAddress(frame));
    return <i32>frame;
  }

  protected end(): void {
    this.image.letGo();
  }
}

/** Its COID, held by the caller; it holds the image. */
export function newImageFR(image: ProgramImage): usize {
  return newFR(new ImageFR(image));
}
