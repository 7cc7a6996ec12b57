// The fabric that a profile asks for.
import type { Fabric, MemoryProfile } from './fabric.ts';
import { BroadcastFabricModel } from './fabric-broadcast.ts';
import { BusFabricModel } from './fabric-bus.ts';
import { DirectoryFabricModel } from './fabric-directory.ts';

export function createFabric(profile: MemoryProfile): Fabric {
  const { fabric } = profile.coherence;
  switch (fabric.kind) {
    case 'bus':
      return new BusFabricModel(profile, fabric);
    case 'broadcast':
      return new BroadcastFabricModel(profile, fabric);
    case 'directory':
      return new DirectoryFabricModel(profile, fabric);
  }
}
