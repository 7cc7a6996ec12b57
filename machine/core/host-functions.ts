// The embedder's functions that modules import: a snapshot knows what they are called, and whoever restores it gives them anew.
import { signatureKey } from '../translate/references.ts';
import type { FunctionRef, HostFunction, Imports } from './external.ts';
import type { FunctionTable } from './function-table.ts';
import { LinkError } from './trap.ts';

export interface SavedHostFunction {
  readonly id: number;
  readonly module: string;
  readonly name: string;
  readonly signature: string;
}

export class HostFunctions {
  readonly #functions: FunctionTable;
  readonly #imported: SavedHostFunction[] = [];

  constructor(functions: FunctionTable) {
    this.#functions = functions;
  }

  /** A function of the embedder's that a module imports by these names. */
  imported(fn: HostFunction, module: string, name: string): FunctionRef {
    const made = this.#functions.host(fn, `${module}.${name}`);
    this.#imported.push({ id: made.id, module, name, signature: signatureKey(fn.type) });
    return made;
  }

  save(): SavedHostFunction[] {
    return [...this.#imported];
  }

  /** Throws a LinkError where one is not among the imports, or of another signature. */
  restore(saved: readonly SavedHostFunction[], imports: Imports): void {
    for (const place of saved) {
      const given = find(place, imports);
      this.#functions.at(place.id, () => this.imported(given, place.module, place.name));
    }
  }
}

function find({ module, name, signature }: SavedHostFunction, imports: Imports): HostFunction {
  const group = Object.hasOwn(imports, module) ? imports[module] : {};
  const given = Object.hasOwn(group, name) ? group[name] : undefined;
  if (given === undefined || 'kind' in given) {
    throw new LinkError(`the snapshot's guests call "${module}"."${name}" of the host: give it among the imports`);
  }
  const found = signatureKey(given.type);
  if (found === signature) return given;
  throw new LinkError(
    `the snapshot's guests call "${module}"."${name}" with signature ${signature}, a function of signature ${found} is given`,
  );
}
