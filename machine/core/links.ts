// Links: images that are ready to run, by the numbers that guests use for them. Link 0 is the kernel, of which every core has an instance
// of its own: what is a mutable global there is a variable of the core.
//
// Guests name functions by their index in the link's function table (in AssemblyScript `fn.index`).
import { I32 } from '../wasm/types.ts';
import type { FunctionRef } from './external.ts';
import type { FunctionTable } from './function-table.ts';
import type { Instance } from './instance.ts';

export const KERNEL_LINK = 0;

/** Functions that stand in no table have numbers from here on: this plus their index in the module. No table is as long. */
const FIRST_EXPORTED = 0x4000_0000;

export class Links {
  readonly #functions: FunctionTable;
  readonly #kernel: (core: number) => Instance;
  readonly #users: Instance[] = [];

  /** `kernel` gives the kernel's instance for a core. */
  constructor(functions: FunctionTable, kernel: (core: number) => Instance) {
    this.#functions = functions;
    this.#kernel = kernel;
  }

  /** Instances of user images, by their numbers from 1 on. */
  get users(): readonly Instance[] {
    return this.#users;
  }

  /** Makes a user image's instance a link; returns its number. */
  add(instance: Instance): number {
    return this.#users.push(instance);
  }

  isLink(link: number): boolean {
    return link <= this.#users.length;
  }

  isUser(link: number): boolean {
    return link !== KERNEL_LINK;
  }

  /** The link's instance, as the core sees it. */
  instance(link: number, core: number): Instance {
    return link === KERNEL_LINK ? this.#kernel(core) : this.#users[link - 1];
  }

  /** The function at an index of the link's table, or that `exported` has named, if it takes `parameters` i32 and nothing else. */
  resolve(link: number, core: number, index: number, parameters: number): FunctionRef | undefined {
    if (!this.isLink(link)) return undefined;
    const found = this.#function(this.instance(link, core), index);
    if (!found || found.type.params.length !== parameters || found.type.params.some((type) => type !== I32)) {
      return undefined;
    }
    return found;
  }

  #function(instance: Instance, index: number): FunctionRef | undefined {
    if (index >= FIRST_EXPORTED) return instance.functions[index - FIRST_EXPORTED];
    const table = instance.tables[0];
    return table !== undefined && index < table.length ? this.#functions.byId(table.get(index)) : undefined;
  }

  /** What stands for an exported function in the place of an index; undefined where there is no such export. */
  exported(link: number, core: number, name: string): number | undefined {
    const instance = this.instance(link, core);
    const found = instance.exports[name];
    if (found?.kind !== 'function') return undefined;
    return FIRST_EXPORTED + instance.functions.indexOf(found);
  }
}
