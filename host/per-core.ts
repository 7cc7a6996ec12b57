// A bare module on every core of a machine: each core runs its own instance. Memories that the module imports are made
// here: one for all cores when it is declared shared, else one for each core.
import type { ExternalValue, Image, Imports, Instance, Machine } from '../machine/index.ts';

/** Throws what the machine throws when an import is unknown, or a start function or segment traps. */
export function instantiatePerCore(machine: Machine, image: Image, cores: number): Instance[] {
  const shared = new Map<string, ExternalValue>();
  return Array.from({ length: cores }, (_, core) =>
    machine.instantiate(image, memoryImports(machine, image, shared), { core }),
  );
}

function memoryImports(machine: Machine, image: Image, shared: Map<string, ExternalValue>): Imports {
  const imports: Imports = Object.create(null);
  for (const entry of image.module.imports) {
    if (entry.kind !== 'memory') continue;
    const key = JSON.stringify([entry.module, entry.name]);
    const memory = shared.get(key) ?? machine.createMemory(entry.memory);
    if (entry.memory.shared) shared.set(key, memory);
    imports[entry.module] ??= Object.create(null);
    (imports[entry.module] as Record<string, ExternalValue>)[entry.name] = memory;
  }
  return imports;
}
