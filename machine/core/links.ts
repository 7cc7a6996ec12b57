// Links: images that are ready to run, by the numbers that guests use for them. Link 0 is the kernel, of which every core has an instance
// of its own: what is a mutable global there is a variable of the core.
//
// Guests name functions by their index in the link's function table (in AssemblyScript `fn.index`).
import { I32 } from '../wasm/types.ts';
import type { FunctionRef, TableRef } from './external.ts';
import type { FunctionTable } from './function-table.ts';
import type { Instance } from './instance.ts';

export const KERNEL_LINK = 0;

export class Links {
  readonly #functions: FunctionTable;
  readonly #kernel: (core: number) => Instance;
  readonly #users: Instance[] = [];

  /** `kernel` gives the kernel's instance for a core. */
  constructor(functions: FunctionTable, kernel: (core: number) => Instance) {
    this.#functions = functions;
    this.#kernel = kernel;
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

  /** The function at an index of the link's table, if it takes `parameters` i32 and nothing else. */
  resolve(link: number, core: number, index: number, parameters: number): FunctionRef | undefined {
    if (!this.isLink(link)) return undefined;
    const table = this.instance(link, core).tables[0];
    if (table === undefined || index >= table.length) return undefined;
    const found = this.#functions.byId(table.get(index));
    if (!found || found.type.params.length !== parameters || found.type.params.some((type) => type !== I32)) {
      return undefined;
    }
    return found;
  }

  /** Index of an exported function in the link's table, which gets it if need be; undefined where there is no such export. */
  exported(link: number, core: number, name: string): number | undefined {
    const instance = this.instance(link, core);
    const found = instance.exports[name];
    const table: TableRef | undefined = instance.tables[0];
    if (found?.kind !== 'function' || table === undefined) return undefined;
    for (let index = 0; index < table.length; index++) if (table.get(index) === found.id) return index;
    const index = table.length;
    return table.grow(1, found.id, this.#functions.signature(found.type)) ? index : undefined;
  }
}
