// The modules that a machine has loaded, in the order in which it did.
import type { MachineMemory } from '../state/machine-memory.ts';
import type { Privilege, TranslationOptions } from '../translate/context.ts';
import { Image } from './image.ts';

/** An image as a snapshot keeps it. */
export interface SavedImage {
  readonly bytes: Uint8Array;
  readonly privilege: Privilege;
  /** Address of its point descriptors. */
  readonly points: number;
  /** Hash of its translation: frames mean nothing to another one. */
  readonly code: string;
}

export class Images {
  readonly list: Image[] = [];
  readonly #options: Omit<TranslationOptions, 'privilege'>;
  readonly #memory: MachineMemory;
  readonly #byBytes: Record<Privilege, Map<Uint8Array, Image>> = { kernel: new Map(), user: new Map() };

  constructor(options: Omit<TranslationOptions, 'privilege'>, memory: MachineMemory) {
    this.#options = options;
    this.#memory = memory;
  }

  /** Once for the same array and privilege. Throws a WasmError. */
  load(bytes: Uint8Array, privilege: Privilege): Image {
    return this.#byBytes[privilege].get(bytes) ?? this.#add(bytes, privilege);
  }

  #add(bytes: Uint8Array, privilege: Privilege, points?: number): Image {
    const image = new Image(bytes, { ...this.#options, privilege }, this.#memory, points);
    this.#byBytes[privilege].set(bytes, image);
    this.list.push(image);
    return image;
  }

  save(): SavedImage[] {
    return this.list.map((image) => ({
      bytes: new Uint8Array(image.bytes),
      privilege: image.privilege,
      points: image.points,
      code: image.codeHash,
    }));
  }

  /** Loads what another machine has loaded, when machine memory is restored already. */
  restore(saved: readonly SavedImage[]): void {
    for (const { bytes, privilege, points } of saved) this.#add(bytes, privilege, points);
  }
}
