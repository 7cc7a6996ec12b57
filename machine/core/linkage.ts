// Images that have been linked in an order: libraries first, the program last. Links of the same images share everything here, which is
// all that the host makes of them: instances, their places in the function table, and a block to copy.
//
// A block holds what the instances have of their own: mutable state of a process that is not in its memory. Linkages with the same
// first images share the linkage of those, so a library that every program begins with has one instance.
import { TABLE_CAPACITY, TABLE_ENTRIES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import type { FunctionRef, Imports } from './external.ts';
import type { Image } from './image.ts';
import { Instance, type InstanceContext } from './instance.ts';
import type { Inventory } from './inventory.ts';
import { link, ownBytes, ownTables } from './linking.ts';
import { LinkError, TrapRequest } from './trap.ts';

/** An image of a list, and by which name those behind it import it: nothing for the last. */
export interface LinkEntry {
  readonly image: Image;
  readonly name: string;
}

/** A linkage as a snapshot keeps it: linkages, images and instances by their numbers. */
export interface SavedLinkage {
  readonly parent: number;
  readonly image: number;
  readonly name: string;
  /** How it failed, or what was made. */
  readonly made: string | { readonly instance: number; readonly block: number };
}

export class Linkage {
  readonly parent: Linkage | undefined;
  readonly entry: LinkEntry;
  readonly instance: Instance;
  /** Bytes of a block. */
  readonly bytes: number;
  /** Distances in it of the records of tables. */
  readonly tables: readonly number[];
  /** A block as it is before anything has run. */
  readonly block: number;
  /** Start functions of the images that have one, in the order of the list. */
  readonly starts: readonly FunctionRef[];

  constructor(parent: Linkage | undefined, entry: LinkEntry, instance: Instance, block: number) {
    this.parent = parent;
    this.entry = entry;
    this.instance = instance;
    this.block = block;
    const { module } = entry.image;
    this.bytes = (parent?.bytes ?? 0) + ownBytes(module);
    this.tables = [...(parent?.tables ?? []), ...ownTables(instance.tables, module)];
    const start = module.start === undefined ? [] : [instance.functions[module.start]];
    this.starts = [...(parent?.starts ?? []), ...start];
  }

  /** The instances, the program's first. */
  get instances(): Instance[] {
    return [this.instance, ...(this.parent?.instances ?? [])];
  }
}

/** A copy of the first `used` bytes of a block, with entries of its own for its tables. Throws a RangeError when machine memory is used up. */
export function copyBlock(
  memory: MachineMemory,
  from: number,
  { bytes, tables }: Pick<Linkage, 'bytes' | 'tables'>,
  used = bytes,
): number {
  const block = memory.allocate(bytes);
  memory.u8.copyWithin(block, from, from + used);
  for (const table of tables) memory.store32(block + table + TABLE_CAPACITY, 0);
  try {
    for (const table of tables) copyEntries(memory, from + table, block + table);
  } catch (error) {
    releaseBlock(memory, block, { bytes, tables });
    throw error;
  }
  return block;
}

/** Gives a copy of a table's record entries of its own. */
function copyEntries(memory: MachineMemory, from: number, to: number): void {
  const capacity = memory.load32(from + TABLE_CAPACITY);
  if (capacity === 0) return;
  const entries = memory.allocate(8 * capacity, 16, false);
  const old = memory.load32(from + TABLE_ENTRIES);
  memory.u8.copyWithin(entries, old, old + 8 * capacity);
  memory.store32(to + TABLE_ENTRIES, entries);
  memory.store32(to + TABLE_CAPACITY, capacity);
}

/** Gives back what `copyBlock` gave. */
export function releaseBlock(
  memory: MachineMemory,
  block: number,
  { bytes, tables }: Pick<Linkage, 'bytes' | 'tables'>,
): void {
  for (const table of tables) {
    const room = 8 * memory.load32(block + table + TABLE_CAPACITY);
    if (room > 0) memory.release(memory.load32(block + table + TABLE_ENTRIES), room);
  }
  memory.release(block, bytes);
}

export class Linkages {
  readonly #context: InstanceContext;
  readonly #imports: () => Imports;
  /** Those that were made or that failed, by the images in their order. */
  readonly #made = new Map<string, Linkage | LinkError>();
  /** In the order in which they were made or failed. */
  readonly #list: { parent: Linkage | undefined; entry: LinkEntry; result: Linkage | LinkError }[] = [];
  readonly #keys = new Map<Linkage | undefined, string>([[undefined, '']]);

  /** `imports`: what every image is given besides what stands before it in its list. */
  constructor(context: InstanceContext, imports: () => Imports) {
    this.#context = context;
    this.#imports = imports;
  }

  /** The linkage of a list that is not empty. Throws a LinkError where imports are missing or do not fit, a RangeError when memory is used up. */
  of(entries: readonly LinkEntry[]): Linkage {
    const [first, ...others] = entries;
    return others.reduce((linkage, entry) => this.#extend(linkage, entry), this.#extend(undefined, first));
  }

  #extend(parent: Linkage | undefined, entry: LinkEntry): Linkage {
    const key = this.#key(parent, entry);
    let result = this.#made.get(key);
    if (!result) {
      try {
        result = this.#make(parent, entry);
      } catch (error) {
        if (!(error instanceof LinkError)) throw error;
        result = error;
      }
      this.#enter(key, parent, entry, result);
    }
    if (result instanceof LinkError) throw result;
    return result;
  }

  /** Points are the image's own, so their address tells images apart. */
  #key(parent: Linkage | undefined, { image, name }: LinkEntry): string {
    return `${this.#keys.get(parent)}/${image.points}:${name}`;
  }

  #enter(key: string, parent: Linkage | undefined, entry: LinkEntry, result: Linkage | LinkError): void {
    this.#made.set(key, result);
    this.#list.push({ parent, entry, result });
    if (result instanceof Linkage) this.#keys.set(result, key);
  }

  #make(parent: Linkage | undefined, entry: LinkEntry): Linkage {
    const { memory, block: current } = this.#context;
    const { module } = entry.image;
    const before = parent?.bytes ?? 0;
    const parts = { bytes: before + ownBytes(module), tables: parent?.tables ?? [] };
    const block = copyBlock(memory, parent?.block ?? 0, parts, before);
    const { env, machine } = this.#imports();
    const imports: Record<string, Imports[string]> = { env };
    for (const { entry, instance } of chain(parent)) imports[entry.name] = instance.exports;
    imports.machine = machine;
    try {
      return current.during(block, () => {
        const area = current.from(before);
        const instance = new Instance(
          entry.image,
          link(entry.image, imports, this.#context, { virtual: true, area }),
          this.#context,
        );
        instance.initialize(() => {});
        return new Linkage(parent, entry, instance, block);
      });
    } catch (error) {
      releaseBlock(memory, block, parts);
      if (error instanceof TrapRequest) throw new LinkError(error.message);
      throw error;
    }
  }

  /** All that there are, in the order of their numbers in a snapshot. */
  get list(): readonly Linkage[] {
    return this.#list.flatMap(({ result }) => (result instanceof Linkage ? [result] : []));
  }

  save({ images, instances }: Inventory): SavedLinkage[] {
    const { list } = this;
    return this.#list.map(({ parent, entry, result }) => ({
      parent: parent ? list.indexOf(parent) : -1,
      image: images.indexOf(entry.image),
      name: entry.name,
      made:
        result instanceof Linkage
          ? { instance: instances.indexOf(result.instance), block: result.block }
          : result.message,
    }));
  }

  /** When instances are restored already. */
  restore(saved: readonly SavedLinkage[], { images, instances }: Inventory): void {
    for (const { parent: number, image, name, made } of saved) {
      const parent = this.list[number];
      const entry = { image: images[image], name };
      const result =
        typeof made === 'string'
          ? new LinkError(made)
          : new Linkage(parent, entry, instances[made.instance], made.block);
      this.#enter(this.#key(parent, entry), parent, entry, result);
    }
  }
}

/** A linkage and those of the images before its last, in the order of the list. */
function chain(linkage: Linkage | undefined): Linkage[] {
  return linkage ? [...chain(linkage.parent), linkage] : [];
}
