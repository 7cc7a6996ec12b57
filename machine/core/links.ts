// Links: images that are ready to run, by the numbers that guests use for them. Link 0 is the kernel, of which every core has an instance
// of its own: what is a mutable global there is a variable of the core. The others are user images, each link with a block of its own
// for their globals and tables: what an operating system has for each process.
//
// Guests name functions by their index in the table of the link's program (in AssemblyScript `fn.index`).
import type { MachineMemory } from '../state/machine-memory.ts';
import { I32 } from '../wasm/types.ts';
import type { Context } from './context.ts';
import type { FunctionRef } from './external.ts';
import type { FunctionTable } from './function-table.ts';
import type { Instance, InstanceContext } from './instance.ts';
import type { Inventory } from './inventory.ts';
import { copyBlock, type Linkage, type Linkages, type LinkEntry, releaseBlock, type SavedLinkage } from './linkage.ts';

export const KERNEL_LINK = 0;

/** Functions that stand in no table have numbers from here on: this plus their index in the module. No table is as long. */
const FIRST_EXPORTED = 0x4000_0000;
/** Functions of the libraries before the program: this much more for each step back. No module has as many. */
const LIBRARY_STEP = 0x10_0000;

/** A user link. */
export interface Link {
  readonly linkage: Linkage;
  /** Address of its block. */
  readonly block: number;
  /** Whether a context of it has begun, which runs the start functions first. */
  started: boolean;
  /** How many contexts there are of it. */
  contexts: number;
}

/** Links as a snapshot keeps them: by number from 1 on, linkages by number; null where there is none. */
export interface SavedLinks {
  readonly linkages: readonly SavedLinkage[];
  readonly links: readonly ((Omit<Link, 'linkage'> & { readonly linkage: number }) | null)[];
  readonly free: readonly number[];
}

export class Links {
  readonly #memory: MachineMemory;
  readonly #functions: FunctionTable;
  readonly #context: InstanceContext;
  readonly #linkages: Linkages;
  readonly #kernel: (core: number) => Instance;
  /** By their numbers; nothing at 0. */
  readonly #links: (Link | undefined)[] = [undefined];
  /** Numbers that are free again, the last one first. */
  readonly #free: number[] = [];

  /** `kernel` gives the kernel's instance for a core. */
  constructor(context: InstanceContext, linkages: Linkages, kernel: (core: number) => Instance) {
    this.#memory = context.memory;
    this.#functions = context.functions;
    this.#context = context;
    this.#linkages = linkages;
    this.#kernel = kernel;
  }

  /** The user link with a number; undefined where there is none, and for the kernel. */
  of(number: number): Link | undefined {
    return this.#links[number];
  }

  isLink(number: number): boolean {
    return number === KERNEL_LINK || this.#links[number] !== undefined;
  }

  /** Whether a context of one link can go on in another, which it can only in copies of its own. */
  isCopy(number: number, other: number): boolean {
    return number === other || (this.isUser(number) && this.#links[number]?.linkage === this.#links[other]?.linkage);
  }

  isUser(number: number): boolean {
    return number !== KERNEL_LINK;
  }

  /** Links images; returns the link's number. Throws a LinkError where imports are missing or do not fit, a RangeError when memory is used up. */
  link(entries: readonly LinkEntry[]): number {
    const linkage = this.#linkages.of(entries);
    return this.#add({ linkage, block: copyBlock(this.#memory, linkage.block, linkage), started: false, contexts: 0 });
  }

  /** A link with the same globals and tables, as they are now. Throws a RangeError when memory is used up. */
  copy({ linkage, block, started }: Link): number {
    return this.#add({ linkage, block: copyBlock(this.#memory, block, linkage), started, contexts: 0 });
  }

  /** The link is gone; it must have no contexts. */
  release(number: number): void {
    const { block, linkage } = this.#links[number] as Link;
    releaseBlock(this.#memory, block, linkage);
    this.#links[number] = undefined;
    this.#free.push(number);
  }

  #add(link: Link): number {
    const number = this.#free.pop() ?? this.#links.length;
    this.#links[number] = link;
    return number;
  }

  /** A context that has just been created in a link: the first one runs the start functions before anything else. */
  begin(number: number, context: Context): void {
    const link = this.#links[number];
    if (!link) return;
    context.belongTo(number, link.block);
    link.contexts++;
    if (link.started) return;
    link.started = true;
    for (const start of link.linkage.starts.toReversed()) context.call(start, []);
  }

  /** The same for a copy of a context. */
  join(number: number, context: Context): void {
    const link = this.#links[number];
    if (!link) return;
    context.belongTo(number, link.block);
    link.contexts++;
  }

  /** A context of a link is gone. */
  leave(number: number): void {
    const link = this.#links[number];
    if (link) link.contexts--;
  }

  /**
   * The function at an index of the link's table, or that `exported` has named, if it takes i32s alone, as many as one of `parameters` says.
   */
  resolve(number: number, core: number, index: number, parameters: readonly number[]): FunctionRef | undefined {
    if (!this.isLink(number)) return undefined;
    const link = this.#links[number];
    const found = link
      ? this.#context.block.during(link.block, () => this.#function(link.linkage.instances, index))
      : this.#function([this.#kernel(core)], index);
    if (!found || !parameters.includes(found.type.params.length) || found.type.params.some((type) => type !== I32)) {
      return undefined;
    }
    return found;
  }

  /** `instances`: the program's first. */
  #function(instances: readonly Instance[], index: number): FunctionRef | undefined {
    if (index >= FIRST_EXPORTED) {
      const at = index - FIRST_EXPORTED;
      return instances[Math.floor(at / LIBRARY_STEP)]?.functions[at % LIBRARY_STEP];
    }
    const table = instances[0].tables[0];
    return table !== undefined && index < table.length ? this.#functions.byId(table.get(index)) : undefined;
  }

  /** What stands for an exported function in the place of an index; undefined where there is no such export. The program's comes first. */
  exported(number: number, core: number, name: string): number | undefined {
    const instances = this.#links[number]?.linkage.instances ?? [this.#kernel(core)];
    for (const [back, instance] of instances.entries()) {
      const found = instance.exports[name];
      if (found?.kind === 'function') {
        return FIRST_EXPORTED + back * LIBRARY_STEP + instance.functions.indexOf(found);
      }
    }
    return undefined;
  }

  save(inventory: Inventory): SavedLinks {
    const { list } = this.#linkages;
    return {
      linkages: this.#linkages.save(inventory),
      links: Array.from(this.#links, (link) => (link ? { ...link, linkage: list.indexOf(link.linkage) } : null)),
      free: [...this.#free],
    };
  }

  /** When instances are restored already. */
  restore({ linkages, links, free }: SavedLinks, inventory: Inventory): void {
    this.#linkages.restore(linkages, inventory);
    const { list } = this.#linkages;
    links.forEach((link, number) => {
      this.#links[number] = link ? { ...link, linkage: list[link.linkage] } : undefined;
    });
    this.#free.push(...free);
  }
}
