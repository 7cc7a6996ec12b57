// Images and links as kernels use them: programs are loaded from memory, linked with libraries, copied for forks, and released.
//
// Each answers a number that is not negative, or an error of machine/platform.ts, negated:
//   EFAULT   what a pointer names is not mapped, or not to be written
//   EINVAL   no such image, link, segment or import; a list of no images or too many
//   ENOEXEC  the bytes are no module that the machine can run, or imports are missing or do not fit; a line of the log says why
//   ESRCH    nothing is exported by that name
//   ERANGE   the name does not fit
//   EBUSY    contexts of the link are left
//   ENOMEM   machine memory is used up
import * as platform from '../platform.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { chargeRunning } from '../time/clock.ts';
import { WasmError } from '../wasm/errors.ts';
import type { FunctionTable } from './function-table.ts';
import { encodeText, readBytes, readText, writeBytes, writeWords } from './guest-text.ts';
import type { Image } from './image.ts';
import type { Images } from './images.ts';
import { type IntrinsicDefinition, onWords } from './intrinsic-definition.ts';
import type { LinkEntry } from './linkage.ts';
import type { Link, Links } from './links.ts';
import { LinkError } from './trap.ts';

export interface LinkIntrinsicParts {
  readonly memory: MachineMemory;
  readonly functions: FunctionTable;
  readonly images: () => Images;
  readonly links: () => Links;
  /** What each costs that makes something, in cycles. */
  readonly cycles: number;
  /** A line for the people outside, of the core that runs. */
  readonly log: (text: string) => void;
}

const MOST_ENTRIES = 64;
const MOST_NAME_BYTES = 1024;
const MOST_IMAGE_BYTES = 2 ** 28;
/** Bytes that are read or copied in a cycle, and cycles that one call takes at most. */
const BYTES_PER_CYCLE = 64;
const MOST_CYCLES = 500_000;
/** What memory.max is where a module gives none. */
const MOST_PAGES = 65536;

export class LinkIntrinsics {
  readonly #parts: LinkIntrinsicParts;

  constructor(parts: LinkIntrinsicParts) {
    this.#parts = parts;
  }

  definitions(): IntrinsicDefinition[] {
    const define = (name: string, number: number, count: number, act: (...words: number[]) => number) =>
      onWords(this.#parts.memory, name, number, count, (...words) => this.#guarded(name, () => act(...words)));
    return [
      define('image_load', platform.INTRINSIC_IMAGE_LOAD, 2, (va, bytes) => this.#load(va, bytes)),
      define('image_info', platform.INTRINSIC_IMAGE_INFO, 2, (image, out) => this.#info(image, out)),
      define('image_segment', platform.INTRINSIC_IMAGE_SEGMENT, 3, (image, i, out) => this.#segment(image, i, out)),
      define('image_import', platform.INTRINSIC_IMAGE_IMPORT, 4, (image, i, buffer, bytes) =>
        this.#import(image, i, buffer, bytes),
      ),
      define('link', platform.INTRINSIC_LINK, 2, (list, count) => this.#link(list, count)),
      define('link_copy', platform.INTRINSIC_LINK_COPY, 1, (link) => this.#copy(link)),
      define('link_release', platform.INTRINSIC_LINK_RELEASE, 1, (link) => this.#release(link)),
      define('link_export', platform.INTRINSIC_LINK_EXPORT, 3, (link, name, bytes) => this.#export(link, name, bytes)),
    ];
  }

  #guarded(name: string, act: () => number): number {
    try {
      return act();
    } catch (error) {
      if (error instanceof WasmError || error instanceof LinkError) {
        this.#parts.log(`${name}: ${error.message}`);
        return -platform.ENOEXEC;
      }
      if (error instanceof RangeError) return -platform.ENOMEM;
      throw error;
    }
  }

  /** Charges a call that reads or copies `bytes`. */
  #charge(bytes: number): void {
    const cycles = Math.min(this.#parts.cycles + Math.ceil(bytes / BYTES_PER_CYCLE), MOST_CYCLES);
    chargeRunning(this.#parts.memory, Math.round(cycles * TICKS_PER_CYCLE));
  }

  get #space() {
    return this.#parts.functions.currentSpace;
  }

  #image(number: number): Image | undefined {
    return this.#parts.images().forLinks[number - 1];
  }

  #userLink(number: number): Link | undefined {
    return this.#parts.links().of(number);
  }

  #load(address: number, length: number): number {
    if (length > MOST_IMAGE_BYTES) return -platform.ENOMEM;
    const bytes = readBytes(this.#space, address, length);
    if (!bytes) return -platform.EFAULT;
    this.#charge(length);
    const images = this.#parts.images();
    return images.forLinks.indexOf(images.loadForLinks(bytes)) + 1;
  }

  #info(number: number, out: number): number {
    const image = this.#image(number);
    if (!image) return -platform.EINVAL;
    const { min = 0, max } = image.module.memories[0] ?? {};
    const words = new Map([
      [platform.IMAGE_PAGES, min],
      [platform.IMAGE_MOST_PAGES, max ?? MOST_PAGES],
      [platform.IMAGE_SEGMENTS, image.segments.length],
      [platform.IMAGE_IMPORTS, image.importedModules.length],
      [platform.IMAGE_HAS_START, image.module.start === undefined ? 0 : 1],
    ]);
    return this.#answerWords(out, words, platform.IMAGE_BYTES);
  }

  #segment(number: number, i: number, out: number): number {
    const segment = this.#image(number)?.segments[i];
    if (!segment) return -platform.EINVAL;
    const words = new Map([
      [platform.IMAGE_SEGMENT_ADDRESS, segment.address],
      [platform.IMAGE_SEGMENT_LENGTH, segment.bytes.length],
      [platform.IMAGE_SEGMENT_OFFSET, segment.offset],
    ]);
    return this.#answerWords(out, words, platform.IMAGE_SEGMENT_BYTES);
  }

  #answerWords(out: number, words: ReadonlyMap<number, number>, bytes: number): number {
    return writeWords(this.#space, out, words, bytes) ? 0 : -platform.EFAULT;
  }

  #import(number: number, i: number, buffer: number, bytes: number): number {
    const name = this.#image(number)?.importedModules[i];
    if (name === undefined) return -platform.EINVAL;
    const text = encodeText(name);
    if (text.length > bytes) return -platform.ERANGE;
    return writeBytes(this.#space, buffer, text) ? text.length : -platform.EFAULT;
  }

  #link(list: number, count: number): number {
    if (count === 0 || count > MOST_ENTRIES) return -platform.EINVAL;
    const bytes = readBytes(this.#space, list, count * platform.LINK_ENTRY_BYTES);
    if (!bytes) return -platform.EFAULT;
    const view = new DataView(bytes.buffer);
    const entries: LinkEntry[] = [];
    for (let i = 0; i < count; i++) {
      const word = (offset: number) => view.getUint32(i * platform.LINK_ENTRY_BYTES + offset, true);
      const image = this.#image(word(platform.LINK_ENTRY_IMAGE));
      const nameBytes = word(platform.LINK_ENTRY_NAME_BYTES);
      if (!image || nameBytes > MOST_NAME_BYTES) return -platform.EINVAL;
      const isProgram = i === count - 1;
      const name = isProgram ? '' : readText(this.#space, word(platform.LINK_ENTRY_NAME), nameBytes);
      if (name === undefined) return -platform.EFAULT;
      entries.push({ image, name });
    }
    const links = this.#parts.links();
    const number = links.link(entries);
    this.#charge((links.of(number) as Link).linkage.bytes);
    return number;
  }

  #copy(number: number): number {
    const link = this.#userLink(number);
    if (!link) return -platform.EINVAL;
    this.#charge(link.linkage.bytes);
    return this.#parts.links().copy(link);
  }

  #release(number: number): number {
    const link = this.#userLink(number);
    if (!link) return -platform.EINVAL;
    if (link.contexts > 0) return -platform.EBUSY;
    this.#charge(0);
    this.#parts.links().release(number);
    return 0;
  }

  #export(number: number, address: number, length: number): number {
    const links = this.#parts.links();
    if (!links.isLink(number) || length > MOST_NAME_BYTES) return -platform.EINVAL;
    const name = readText(this.#space, address, length);
    if (name === undefined) return -platform.EFAULT;
    return links.exported(number, this.#parts.functions.currentCore, name) ?? -platform.ESRCH;
  }
}
