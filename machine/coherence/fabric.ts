// The fabric of a machine, which native code executes (machine/native/coherence/fabric.ts): its times as constants of that code, and what it has booked
// and counted, as others read it.
import { Links, type SavedLinks } from '../interconnect/links.ts';
import type { NativeInterconnect } from '../interconnect/native-interconnect.ts';
import { Origin } from '../interconnect/origin.ts';
import { Resources, type SavedResources } from '../interconnect/resources.ts';
import { Rounds } from '../interconnect/rounds.ts';
import type { Topology } from '../interconnect/topology.ts';
import type { MachineProfile } from '../profile/schema.ts';
import * as layout from '../state/coherence-layout.ts';
import type { CoherenceMemory } from '../state/coherence-memory.ts';
import { TICKS_PER_CYCLE } from '../state/layout.ts';
import type { CoherenceConstants } from './coherence-places.ts';

/** What the memory system reads of a profile. */
export type MemoryProfile = Pick<MachineProfile, 'lineBytes' | 'topology' | 'shared' | 'coherence' | 'memory'>;
export type FabricKind = MemoryProfile['coherence']['fabric']['kind'];

const KIND_NUMBERS: Record<FabricKind, number> = {
  bus: layout.FABRIC_BUS,
  broadcast: layout.FABRIC_BROADCAST,
  directory: layout.FABRIC_DIRECTORY,
};

/** What a fabric has booked and counted, as a snapshot keeps it. Buses and their bytes, and directories, where there are any. */
export interface SavedFabric {
  /** The epoch of booked times, in ticks. */
  readonly epoch: number;
  readonly links: SavedLinks;
  readonly memory: SavedResources;
  readonly buses?: SavedResources;
  readonly busBytes?: number;
  readonly directories?: SavedResources;
}

export function ticks(cycles: number): number {
  return Math.round(cycles * TICKS_PER_CYCLE);
}

/** Time that `bytes` take at a bandwidth, in whole ticks. */
export function lengthTicks(bytes: number, bytesPerCycle: number): number {
  return Math.ceil((bytes * TICKS_PER_CYCLE) / bytesPerCycle);
}

/** A fabric's times, 0 where it has none of the name. */
export function fabricTicks({ coherence, lineBytes }: MemoryProfile) {
  const { fabric } = coherence;
  const onBus = fabric.kind === 'bus';
  const looks = fabric.kind === 'directory';
  return {
    fabric: KIND_NUMBERS[fabric.kind],
    arbitrationTicks: onBus ? ticks(fabric.arbitrationCycles) : 0,
    snoopTicks: onBus ? ticks(fabric.snoopCycles) : 0,
    transferTicks: onBus ? ticks(fabric.transferCycles) : 0,
    busLineTicks: onBus ? lengthTicks(lineBytes, fabric.bytesPerCycle) : 0,
    requestTicks: onBus ? 0 : ticks(fabric.requestCycles),
    probeTicks: onBus ? 0 : ticks(fabric.probeCycles),
    responseTicks: onBus ? 0 : ticks(fabric.responseCycles),
    lookupTicks: looks ? ticks(fabric.lookupCycles) : 0,
    occupancyTicks: looks ? ticks(fabric.occupancyCycles ?? fabric.lookupCycles) : 0,
  };
}

export class Fabric {
  readonly origin: Origin;
  readonly links: Links;
  /** The memory controller of each node. */
  readonly memory: { readonly resources: Resources };
  /** Address bus and data bus, where there is a bus. */
  readonly buses: Resources | undefined;
  /** Of each node, where there are any. */
  readonly directories: Resources | undefined;
  /** Where it is a broadcast. */
  readonly rounds: Rounds | undefined;
  readonly #busBytes: Float64Array;

  constructor(
    profile: MemoryProfile,
    topology: Topology,
    memory: CoherenceMemory,
    places: CoherenceConstants,
    native: NativeInterconnect,
  ) {
    const { fabric } = profile.coherence;
    const resources = (first: number, count: number) => new Resources(memory, places, native, first, count);
    this.origin = new Origin(memory, native);
    this.links = new Links(profile, topology, memory, places, native);
    this.memory = { resources: resources(places.firstMemory, topology.nodes) };
    this.buses = fabric.kind === 'bus' ? resources(places.firstBus, 2) : undefined;
    this.directories = fabric.kind === 'directory' ? resources(places.firstDirectory, topology.nodes) : undefined;
    this.rounds =
      fabric.kind === 'broadcast' ? new Rounds(this.links, places.probeTicks, memory, places, native) : undefined;
    this.#busBytes = memory.f64(layout.COHERENCE_BUS_BYTES, 1);
    memory.f64(layout.COHERENCE_BUS_BANDWIDTH, 1)[0] = fabric.kind === 'bus' ? fabric.bytesPerCycle : 1;
    memory.f64(layout.COHERENCE_MEMORY_BANDWIDTH, 1)[0] = profile.memory.bytesPerCycle;
    memory.f64(layout.COHERENCE_CONTROL_BYTES, 1)[0] = profile.coherence.controlBytes;
  }

  /** Bytes that passed the data bus. */
  get bytes(): number {
    return this.#busBytes[0]!;
  }

  save(): SavedFabric {
    const { origin, links, memory, buses, directories } = this;
    return {
      epoch: origin.save(),
      links: links.save(),
      memory: memory.resources.save(),
      ...(buses && { buses: buses.save(), busBytes: this.bytes }),
      ...(directories && { directories: directories.save() }),
    };
  }

  /** Becomes what a fabric of the same profile has saved. */
  restore(saved: SavedFabric): void {
    this.origin.restore(saved.epoch);
    this.links.restore(saved.links);
    this.memory.resources.restore(saved.memory);
    if (saved.buses) this.buses?.restore(saved.buses);
    if (saved.directories) this.directories?.restore(saved.directories);
    this.#busBytes[0] = saved.busBytes ?? 0;
  }
}
