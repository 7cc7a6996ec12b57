// A bare module on every core of a machine: each core runs its own instance. Memories that the module imports are made
// here: one for all cores when it is declared shared, else one for each core.
import type { ExternalValue, HostFunction, Image, Imports, Instance, Machine } from '../machine/index.ts';

/** One instance for each core. Throws what the machine throws when an import is unknown or instantiating traps. */
export function instantiatePerCore(machine: Machine, image: Image): Instance[] {
  const shared = new Map<string, ExternalValue>();
  return Array.from({ length: machine.coreCount }, () =>
    machine.instantiate(image, importsFor(machine, image, shared)),
  );
}

/** The machine's own imports, and a memory for each that the module asks for. */
function importsFor(machine: Machine, image: Image, shared: Map<string, ExternalValue>): Imports {
  const imports: Record<string, Record<string, ExternalValue | HostFunction>> = { ...machine.intrinsics };
  for (const entry of image.module.imports) {
    if (entry.kind !== 'memory') continue;
    const key = JSON.stringify([entry.module, entry.name]);
    const memory = shared.get(key) ?? machine.createMemory(entry.memory);
    if (entry.memory.shared) shared.set(key, memory);
    imports[entry.module] = { ...imports[entry.module], [entry.name]: memory };
  }
  return imports;
}
