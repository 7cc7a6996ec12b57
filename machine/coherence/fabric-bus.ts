// A snooping bus: all caches see every request in one order and answer at once.
//
// Address and data have lines of their own, so a request may be snooped while another one's data passes. The bus is pipelined: a request keeps the
// address lines busy until it is on them (arbitration), and others follow while the caches still snoop. Data comes from the cache that supplies it
// or from memory, and keeps the data lines busy for its length.
// Everything is on one bus, also where the profile has several nodes; links are not used.
import { Links } from '../interconnect/links.ts';
import { Origin } from '../interconnect/origin.ts';
import { Resources } from '../interconnect/resources.ts';
import type { BusFabric } from '../profile/schema.ts';
import {
  type Fabric,
  FROM_MEMORY,
  lengthTicks,
  MemoryControllers,
  type MemoryProfile,
  restoreFabric,
  type SavedFabric,
  saveFabric,
  type Transaction,
  ticks,
} from './fabric.ts';

const ADDRESS_BUS = 0;
const DATA_BUS = 1;

export class BusFabricModel implements Fabric {
  readonly origin = new Origin();
  readonly links: Links;
  readonly blocksReads = false;
  readonly asksTargets = false;
  /** Address bus and data bus. */
  readonly buses = new Resources(2, this.origin);
  /** Bytes that passed the data bus. */
  bytes = 0;
  readonly memory: MemoryControllers;
  readonly #arbitrationTicks: number;
  readonly #snoopTicks: number;
  readonly #transferTicks: number;
  readonly #lineTicks: number;
  readonly #lineBytes: number;
  readonly #bytesPerCycle: number;

  constructor(profile: MemoryProfile, bus: BusFabric) {
    this.links = new Links(profile, this.origin);
    this.memory = new MemoryControllers(profile, this.origin);
    this.#arbitrationTicks = ticks(bus.arbitrationCycles);
    this.#snoopTicks = ticks(bus.snoopCycles);
    this.#transferTicks = ticks(bus.transferCycles);
    this.#lineTicks = lengthTicks(profile.lineBytes, bus.bytesPerCycle);
    this.#lineBytes = profile.lineBytes;
    this.#bytesPerCycle = bus.bytesPerCycle;
  }

  fetch({ at, lineBusy, home, needsData, supplier, writesBack }: Transaction): number {
    const snooped = this.#address(lineBusy > at ? lineBusy : at);
    if (!needsData) return snooped;
    if (writesBack) this.memory.write(home, snooped);
    const ready = supplier === FROM_MEMORY ? this.memory.read(home, snooped) : snooped + this.#transferTicks;
    return this.#data(ready, this.#lineBytes, this.#lineTicks);
  }

  writeBack(_node: number, home: number, at: number): void {
    this.memory.write(home, this.#data(this.#address(at), this.#lineBytes, this.#lineTicks));
  }

  put(): void {
    // Nobody on a bus keeps a list of who has a line.
  }

  uncached(_node: number, home: number, bytes: number, write: boolean, at: number): number {
    const addressed = this.#address(at);
    const length = lengthTicks(bytes, this.#bytesPerCycle);
    if (write) return this.memory.access(home, this.#data(addressed, bytes, length), bytes);
    return this.#data(this.memory.access(home, addressed, bytes), bytes, length);
  }

  save(): SavedFabric {
    return { ...saveFabric(this), buses: this.buses.save(), busBytes: this.bytes };
  }

  restore(saved: SavedFabric): void {
    restoreFabric(this, saved);
    this.buses.restore(saved.buses!);
    this.bytes = saved.busBytes!;
  }

  #address(at: number): number {
    return this.buses.reserve(ADDRESS_BUS, at, this.#arbitrationTicks) + this.#arbitrationTicks + this.#snoopTicks;
  }

  #data(at: number, bytes: number, length: number): number {
    this.bytes += bytes;
    return this.buses.reserve(DATA_BUS, at, length) + length;
  }
}
