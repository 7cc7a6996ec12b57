// The boot information: what the firmware tables of a real machine tell an operating system, as one block in RAM. The layout is BOOT_* of
// machine/platform.ts.
import { Topology } from '../interconnect/topology.ts';
import * as platform from '../platform.ts';
import type { MachineProfile } from '../profile/schema.ts';
import { speedOf } from './core-costs.ts';

export interface BootImage {
  readonly link: number;
  readonly pages: number;
  readonly segments: readonly { readonly address: number; readonly physical: number; readonly bytes: number }[];
}

export interface BootFacts {
  readonly profile: MachineProfile;
  readonly cores: number;
  readonly commandLine: Uint8Array;
  readonly ramBytes: number;
  readonly kernel: { readonly physical: number; readonly bytes: number };
  readonly windowBytes: number;
  readonly pageRoot: number;
  readonly images: readonly BootImage[];
  readonly files: readonly PlacedFile[];
  /** CONSOLE_* bits. */
  readonly console: number;
}

/** A file of the host's, in RAM. */
export interface PlacedFile {
  /** UTF-8. */
  readonly path: Uint8Array;
  readonly physical: number;
  readonly bytes: number;
}

/** Physical addresses of a node's RAM, and of what of it is free. */
export interface NodeMemory {
  readonly start: number;
  readonly end: number;
  readonly freeStart: number;
}

/** The words that are written, and where the next table goes. */
class Block {
  readonly words: number[] = new Array(platform.BOOT_INFO_HEADER_BYTES / 4).fill(0);
  readonly #address: number;

  /** `address` is where it will be for the kernel. */
  constructor(address: number) {
    this.#address = address;
  }

  set(offset: number, value: number): void {
    this.words[offset / 4] = value >>> 0;
  }

  /** Appends a table of entries of `bytes` bytes; returns its address. */
  table(bytes: number, entries: readonly ReadonlyMap<number, number>[]): number {
    const address = this.#address + 4 * this.words.length;
    for (const entry of entries) {
      const start = this.words.length;
      for (let i = 0; i < bytes / 4; i++) this.words.push(0);
      for (const [offset, value] of entry) this.words[start + offset / 4] = value >>> 0;
    }
    return address;
  }

  /** Appends bytes; returns their address. */
  append(bytes: Uint8Array): number {
    const address = this.#address + 4 * this.words.length;
    const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    for (let at = 0; at < padded.length; at += 4) this.words.push(view.getUint32(at, true));
    return address;
  }

  bytes(): Uint8Array {
    return new Uint8Array(Uint32Array.from(this.words).buffer);
  }
}

/** The block as bytes, for a kernel that finds it at the virtual address `address`; `nodes` has one entry a node. */
export function bootInformation(facts: BootFacts, nodes: readonly NodeMemory[], address: number): Uint8Array {
  const { profile } = facts;
  const topology = new Topology(profile.topology);
  const block = new Block(address);
  block.set(platform.BOOT_INFO_MAGIC, platform.BOOT_MAGIC);
  block.set(platform.BOOT_INFO_LINE_BYTES, profile.lineBytes);
  block.set(platform.BOOT_INFO_MEGAHERTZ, Math.round(profile.clockMegahertz));
  block.set(platform.BOOT_INFO_RAM_BYTES, facts.ramBytes);
  block.set(platform.BOOT_INFO_KERNEL, platform.KERNEL_ADDRESS);
  block.set(platform.BOOT_INFO_KERNEL_PHYSICAL, facts.kernel.physical);
  block.set(platform.BOOT_INFO_KERNEL_BYTES, facts.kernel.bytes);
  block.set(platform.BOOT_INFO_WINDOW, platform.WINDOW_ADDRESS);
  block.set(platform.BOOT_INFO_WINDOW_BYTES, facts.windowBytes);
  block.set(platform.BOOT_INFO_PAGE_ROOT, facts.pageRoot);
  block.set(platform.BOOT_INFO_PPC_CYCLES, profile.reference?.ppcCycles ?? 0);
  block.set(platform.BOOT_INFO_USER_MWAIT, profile.core.mwaitInUserMode ? 1 : 0);
  writeCores(block, facts, topology);
  writeNodes(block, nodes, topology, profile);
  writeCaches(block, profile);
  writeImages(block, facts.images);
  writeFiles(block, facts.files);
  block.set(platform.BOOT_INFO_CONSOLE, facts.console);
  block.set(platform.BOOT_INFO_COMMAND_LINE, block.append(facts.commandLine));
  block.set(platform.BOOT_INFO_COMMAND_BYTES, facts.commandLine.length);
  block.set(platform.BOOT_INFO_BYTES, 4 * block.words.length);
  return block.bytes();
}

function writeCores(block: Block, { profile, cores }: BootFacts, topology: Topology): void {
  const entries = Array.from(
    { length: cores },
    (_, core) =>
      new Map([
        [platform.BOOT_CORE_NODE, topology.nodeOf(core)],
        [platform.BOOT_CORE_GROUP, topology.groupOf(core)],
        [platform.BOOT_CORE_SPEED, Math.round(speedOf(profile, core) * 65536)],
      ]),
  );
  block.set(platform.BOOT_INFO_CORES, cores);
  block.set(platform.BOOT_INFO_CORE_TABLE, block.table(platform.BOOT_CORE_BYTES, entries));
}

function writeNodes(block: Block, nodes: readonly NodeMemory[], topology: Topology, profile: MachineProfile): void {
  const entries = nodes.map(
    ({ start, end, freeStart }) =>
      new Map([
        [platform.BOOT_NODE_START, start],
        [platform.BOOT_NODE_END, end],
        [platform.BOOT_NODE_FREE_START, freeStart],
        [platform.BOOT_NODE_FREE_END, end],
      ]),
  );
  block.set(platform.BOOT_INFO_NODES, nodes.length);
  block.set(platform.BOOT_INFO_NODE_TABLE, block.table(platform.BOOT_NODE_BYTES, entries));
  const distances = nodes.flatMap((_, from) =>
    nodes.map((_, to) => new Map([[0, linkCycles(topology, profile, from, to)]])),
  );
  block.set(platform.BOOT_INFO_DISTANCES, block.table(4, distances));
}

/** Cycles that a message takes on the links from one node to another, without their bandwidth. */
function linkCycles(topology: Topology, { topology: { links } }: MachineProfile, from: number, to: number): number {
  let cycles = 0;
  for (let node = to; node !== from; node = topology.trees[from].previous[node]) {
    cycles += links[topology.trees[from].through[node] >> 1].latencyCycles;
  }
  return Math.round(cycles);
}

function writeCaches(block: Block, { l1, l2, shared, topology }: MachineProfile): void {
  const levels = [l1, ...(l2 ? [l2] : []), ...(shared ? [shared] : [])];
  const entries = levels.map(
    (cache, i) =>
      new Map([
        [platform.BOOT_CACHE_LEVEL, i + 1],
        [platform.BOOT_CACHE_SIZE, cache.sizeBytes],
        [platform.BOOT_CACHE_WAYS, cache.ways],
        [platform.BOOT_CACHE_LATENCY_CYCLES, Math.round(cache.latencyCycles)],
        [platform.BOOT_CACHE_CORES, cache === shared ? topology.coresPerGroup : 1],
      ]),
  );
  block.set(platform.BOOT_INFO_CACHES, levels.length);
  block.set(platform.BOOT_INFO_CACHE_TABLE, block.table(platform.BOOT_CACHE_BYTES, entries));
}

function writeImages(block: Block, images: readonly BootImage[]): void {
  const entries = images.map(({ link, pages, segments }) => {
    const table = block.table(
      platform.BOOT_SEGMENT_BYTES,
      segments.map(
        ({ address, physical, bytes }) =>
          new Map([
            [platform.BOOT_SEGMENT_ADDRESS, address],
            [platform.BOOT_SEGMENT_PHYSICAL, physical],
            [platform.BOOT_SEGMENT_LENGTH, bytes],
          ]),
      ),
    );
    return new Map([
      [platform.BOOT_IMAGE_LINK, link],
      [platform.BOOT_IMAGE_SEGMENTS, segments.length],
      [platform.BOOT_IMAGE_SEGMENT_TABLE, table],
      [platform.BOOT_IMAGE_PAGES, pages],
    ]);
  });
  block.set(platform.BOOT_INFO_IMAGES, images.length);
  block.set(platform.BOOT_INFO_IMAGE_TABLE, block.table(platform.BOOT_IMAGE_BYTES, entries));
}

function writeFiles(block: Block, files: readonly PlacedFile[]): void {
  const entries = files.map(
    ({ path, physical, bytes }) =>
      new Map([
        [platform.BOOT_FILE_PATH, block.append(path)],
        [platform.BOOT_FILE_PATH_BYTES, path.length],
        [platform.BOOT_FILE_PHYSICAL, physical],
        [platform.BOOT_FILE_LENGTH, bytes],
      ]),
  );
  block.set(platform.BOOT_INFO_FILES, files.length);
  block.set(platform.BOOT_INFO_FILE_TABLE, block.table(platform.BOOT_FILE_BYTES, entries));
}
