// The modules that a machine has loaded, in the order in which it did: by the host, or by guests.
import type { MachineMemory } from '../state/machine-memory.ts';
import type { Privilege, TranslationOptions } from '../translate/context.ts';
import { Image } from './image.ts';
import type { HostOptions } from './machine-options.ts';

/** An image as a snapshot keeps it. */
export interface SavedImage {
  readonly bytes: Uint8Array;
  readonly privilege: Privilege;
  readonly linked: boolean;
  /** Address of its point descriptors. */
  readonly points: number;
  /** Hash of its translation: frames mean nothing to another one. */
  readonly code: string;
}

type Kind = Pick<TranslationOptions, 'privilege' | 'linked'>;

const FOR_LINKS: Kind = { privilege: 'user', linked: true };

export class Images {
  readonly list: Image[] = [];
  /** Those for links, in the order in which they were loaded. */
  readonly forLinks: Image[] = [];
  readonly #options: Omit<TranslationOptions, keyof Kind>;
  readonly #memory: MachineMemory;
  readonly #byBytes: Record<Privilege, Map<Uint8Array, Image>> = { kernel: new Map(), user: new Map() };

  readonly #host: Pick<HostOptions, 'onTranslation' | 'storedTranslation'>;

  /** `host`: is told of each translation when it begins and ends, and may have it already. */
  constructor(
    options: Omit<TranslationOptions, keyof Kind>,
    memory: MachineMemory,
    host: Pick<HostOptions, 'onTranslation' | 'storedTranslation'>,
  ) {
    this.#options = options;
    this.#memory = memory;
    this.#host = host;
  }

  /** Once for the same array and privilege. Throws a WasmError. */
  load(bytes: Uint8Array, privilege: Privilege): Image {
    return this.#byBytes[privilege].get(bytes) ?? this.#add(bytes, { privilege, linked: false });
  }

  /** A user image for links, once for the same contents. `bytes` must not change any more. Throws a WasmError. */
  loadForLinks(bytes: Uint8Array): Image {
    return this.forLinks.find((image) => sameBytes(image.bytes, bytes)) ?? this.#add(bytes, FOR_LINKS);
  }

  #add(bytes: Uint8Array, kind: Kind, points?: number): Image {
    const image = this.#translate(bytes, kind, points);
    if (kind.linked) this.forLinks.push(image);
    else this.#byBytes[kind.privilege].set(bytes, image);
    this.list.push(image);
    return image;
  }

  #translate(bytes: Uint8Array, kind: Kind, points: number | undefined): Image {
    const { onTranslation, storedTranslation } = this.#host;
    onTranslation?.('begin', bytes);
    try {
      return new Image(bytes, { ...this.#options, ...kind }, this.#memory, storedTranslation, points);
    } finally {
      onTranslation?.('end', bytes);
    }
  }

  save(): SavedImage[] {
    return this.list.map((image) => ({
      bytes: new Uint8Array(image.bytes),
      privilege: image.privilege,
      linked: image.linked,
      points: image.points,
      code: image.codeHash,
    }));
  }

  /** Loads what another machine has loaded, when machine memory is restored already. */
  restore(saved: readonly SavedImage[]): void {
    for (const { bytes, points, ...kind } of saved) this.#add(bytes, kind, points);
  }
}

/** Images of different contents differ in length, or near their beginning: nothing is gained by hashing them. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
