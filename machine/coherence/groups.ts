// The shared caches of all groups and their ports, which native code drives (machine/native/coherence/groups.ts).
import { type NativeSharedCaches, SharedCache } from '../cache/shared-cache.ts';
import type { NativeInterconnect } from '../interconnect/native-interconnect.ts';
import { Resources, type SavedResources } from '../interconnect/resources.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import type { SparseWords } from '../state/sparse.ts';
import type { CoherenceConstants } from './coherence-places.ts';
import type { MemoryProfile } from './fabric.ts';
import type { CompiledSharedTable } from './shared-tables.ts';

export interface SavedGroupCaches {
  /** By group: the entries of its shared cache. */
  readonly caches: readonly SparseWords[];
  readonly ports: SavedResources;
}

export class GroupCaches {
  readonly table: CompiledSharedTable;
  readonly caches: readonly SharedCache[];
  readonly ports: Resources;

  constructor(
    shared: NonNullable<MemoryProfile['shared']>,
    lineBytes: number,
    groups: number,
    table: CompiledSharedTable,
    memory: CoherenceMemory,
    places: CoherenceConstants,
    native: NativeInterconnect & NativeSharedCaches,
  ) {
    this.table = table;
    const address = (group: number) => places.sharedCaches + group * places.sharedCacheBytes;
    this.caches = Array.from(
      { length: groups },
      (_, group) => new SharedCache(shared, lineBytes, group, memory, address(group), native),
    );
    this.ports = new Resources(memory, places, native, places.firstPort, groups);
  }

  save(): SavedGroupCaches {
    return { caches: this.caches.map((cache) => cache.save()), ports: this.ports.save() };
  }

  restore({ caches, ports }: SavedGroupCaches): void {
    this.caches.forEach((cache, group) => {
      cache.restore(caches[group]!);
    });
    this.ports.restore(ports);
  }
}
