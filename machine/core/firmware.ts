// The firmware: puts a kernel into RAM and maps it, writes the boot information, and starts cores in the kernel.
//
// The kernel's image is mapped at KERNEL_ADDRESS, up to where its memory's smallest size ends; all RAM, up to MOST_WINDOW_BYTES, at
// WINDOW_ADDRESS. Its data segments are put there once; each core that is started gets an instance of its own, whose linear memory is
// whatever the core's page tables say.
import { FIRMWARE_PAGE, PageTables } from '../memory/page-tables.ts';
import { type PhysicalMemory, RAM_BLOCK_BYTES } from '../memory/physical-memory.ts';
import { CONSOLE_TERMINAL, KERNEL_ADDRESS, MOST_WINDOW_BYTES, WINDOW_ADDRESS } from '../platform.ts';
import type { MachineProfile } from '../profile/schema.ts';
import { FRAME_BYTES, PAGE_BYTES, PTE_GLOBAL } from '../state/layout.ts';
import { type FunctionType, I32, I64 } from '../wasm/types.ts';
import { type BootImage, bootInformation, type PlacedFile } from './boot-information.ts';
import type { ExternalValue, FunctionRef, Imports } from './external.ts';
import { encodeText } from './guest-text.ts';
import type { Image } from './image.ts';
import type { Images } from './images.ts';
import { Instance, type InstanceContext } from './instance.ts';
import type { Inventory } from './inventory.ts';
import { Linkages } from './linkage.ts';
import { link } from './linking.ts';
import { Links, type SavedLinks } from './links.ts';
import { LinkError } from './trap.ts';

export interface BootOptions {
  /** Loaded as a kernel: exports boot(info_va), and trap(cause, a, b, c, d, e, f) i64 if it is to take traps. */
  readonly kernel: Image;
  /** Loaded as user images; the boot information describes them in this order. */
  readonly user?: readonly Image[];
  readonly commandLine?: string;
  /** Put into RAM, for the kernel to make a file system of. Paths are absolute by convention. */
  readonly files?: readonly BootFile[];
  /** The console's input comes from a terminal, as it is typed. */
  readonly terminal?: boolean;
}

export interface BootFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A booted kernel as a snapshot keeps it: images and instances by their numbers, physical addresses. */
export interface SavedFirmware {
  readonly kernel: number;
  /** The kernel's instance on each core; -1 where there is none. */
  readonly instances: readonly number[];
  readonly links: SavedLinks;
  readonly kernelPhysical: number;
  readonly pageRoot: number;
  readonly information: number;
}

/** What a firmware is restored from: `inventory` is what its numbers stand for. */
export interface RestoredFirmware {
  readonly firmware: SavedFirmware;
  readonly inventory: Inventory;
}

/** What the firmware knows of its machine. */
export interface FirmwareMachine {
  readonly profile: MachineProfile;
  readonly cores: number;
  readonly images: Images;
  readonly imports: ImportsOf;
}

/** What imports images of each privilege are given. */
export type ImportsOf = (privilege: 'kernel' | 'user') => Imports;

const BOOT_TYPE: FunctionType = { params: [I32], results: [] };
const TRAP_TYPE: FunctionType = { params: [I32, I32, I32, I32, I32, I32, I32], results: [I64] };

function sameType(a: FunctionType, b: FunctionType): boolean {
  return `${a.params}` === `${b.params}` && `${a.results}` === `${b.results}`;
}

export class Firmware {
  readonly links: Links;
  readonly #kernel: Image;
  readonly #ram: PhysicalMemory;
  readonly #context: InstanceContext;
  readonly #images: Images;
  readonly #imports: ImportsOf;
  readonly #tables: PageTables;
  readonly #instances: (Instance | undefined)[] = [];
  readonly #kernelPhysical: number;
  readonly #kernelBytes: number;
  /** Address of the boot information for the kernel. */
  readonly information: number;

  /**
   * Throws a LinkError where images are not what they must be, a RangeError when the RAM is too small. With `saved` the kernel is in RAM
   * already.
   */
  constructor(
    { kernel, user = [], commandLine = '', files = [], terminal = false }: BootOptions,
    context: InstanceContext,
    ram: PhysicalMemory,
    machine: FirmwareMachine,
    saved?: RestoredFirmware,
  ) {
    this.#kernel = kernel;
    this.#ram = ram;
    this.#context = context;
    this.#imports = machine.imports;
    this.#images = machine.images;
    const linkages = new Linkages(context, () => machine.imports('user'));
    this.links = new Links(context, linkages, (core) => this.instance(core));
    this.#tables = new PageTables(ram, 0, saved?.firmware.pageRoot);
    this.#kernelBytes = kernelBytes(kernel);
    if (saved) {
      const { firmware, inventory } = saved;
      this.#kernelPhysical = firmware.kernelPhysical;
      this.information = firmware.information;
      firmware.instances.forEach((number, core) => {
        this.#instances[core] = inventory.instances[number];
      });
      this.links.restore(firmware.links, inventory);
      return;
    }
    this.#kernelPhysical = this.#contiguous(this.#kernelBytes, 'the kernel');
    const windowBytes = Math.min(ram.bytes, MOST_WINDOW_BYTES);
    this.#tables.map(KERNEL_ADDRESS, this.#kernelPhysical, this.#kernelBytes, FIRMWARE_PAGE | PTE_GLOBAL);
    this.#tables.map(WINDOW_ADDRESS, 0, windowBytes, FIRMWARE_PAGE | PTE_GLOBAL);
    // The first core's instance brings the data.
    this.#instances[0] = this.#instantiate((address, bytes) => this.#placeKernelData(address, bytes));
    this.#export('boot', BOOT_TYPE);
    this.#export('trap', TRAP_TYPE);
    const images = user.map((image) => this.#load(image));
    const placed = this.#placeFiles(files);
    const facts = {
      profile: machine.profile,
      cores: machine.cores,
      commandLine: encodeText(commandLine),
      ramBytes: ram.bytes,
      kernel: { physical: this.#kernelPhysical, bytes: this.#kernelBytes },
      windowBytes,
      pageRoot: this.#tables.root,
      images,
      files: placed,
      console: terminal ? CONSOLE_TERMINAL : 0,
    };
    const physical = this.#contiguous(bootInformation(facts, this.#nodes(), 0).length, 'the boot information');
    this.information = WINDOW_ADDRESS + physical;
    ram.write(physical, bootInformation(facts, this.#nodes(), this.information));
  }

  save(inventory: Inventory): SavedFirmware {
    const { images, instances } = inventory;
    return {
      kernel: images.indexOf(this.#kernel),
      instances: Array.from(this.#instances, (instance) => (instance ? instances.indexOf(instance) : -1)),
      links: this.links.save(inventory),
      kernelPhysical: this.#kernelPhysical,
      pageRoot: this.pageRoot,
      information: this.information,
    };
  }

  /** Physical address of the page directory that the kernel starts with. */
  get pageRoot(): number {
    return this.#tables.root;
  }

  /** `boot`, as core 0 has it. */
  get boot(): FunctionRef {
    return this.#export('boot', BOOT_TYPE) as FunctionRef;
  }

  /** The kernel's instance on a core. */
  instance(core: number): Instance {
    this.#instances[core] ??= this.#instantiate(() => {});
    return this.#instances[core] as Instance;
  }

  /** The trap function as a core has it; undefined where the kernel takes no traps. */
  trap(core: number): FunctionRef | undefined {
    return this.instance(core).exports.trap as FunctionRef | undefined;
  }

  /** The start function of the kernel's instance on a core, which runs before anything else of it. */
  startFunction(core: number): FunctionRef | undefined {
    const { start } = this.#kernel.module;
    return start === undefined ? undefined : this.instance(core).functions[start];
  }

  #export(name: string, type: FunctionType): FunctionRef | undefined {
    const found: ExternalValue | undefined = this.instance(0).exports[name];
    if (found === undefined) return undefined;
    if (found.kind !== 'function' || !sameType(found.type, type)) {
      throw new LinkError(`the kernel exports "${name}", but not as a function of the type that the machine calls`);
    }
    return found;
  }

  #nodes() {
    return Array.from({ length: this.#ram.nodes }, (_, node) => ({
      start: node * this.#ram.nodeBytes,
      end: (node + 1) * this.#ram.nodeBytes,
      freeStart: this.#ram.firstFree(node),
    }));
  }

  /** Physical address of `bytes` bytes of RAM in one piece, on the first node. */
  #contiguous(bytes: number, what: string): number {
    let first: number | undefined;
    for (let got = 0; got < Math.max(bytes, 1); got += RAM_BLOCK_BYTES) {
      const block = this.#ram.allocateBlock(0);
      first ??= block;
      if (block === undefined || block !== (first as number) + got) {
        throw new RangeError(`${what} takes ${bytes} bytes, for which the RAM of the first node is too small`);
      }
    }
    return first as number;
  }

  #instantiate(place: (address: number, bytes: Uint8Array) => void): Instance {
    const linked = link(this.#kernel, this.#imports('kernel'), this.#context, { virtual: true });
    const instance = new Instance(this.#kernel, linked, this.#context);
    instance.initialize(place);
    return instance;
  }

  #placeKernelData(address: number, bytes: Uint8Array): void {
    const offset = address - KERNEL_ADDRESS;
    if (offset < 0 || offset + bytes.length > this.#kernelBytes) {
      const end = KERNEL_ADDRESS + this.#kernelBytes;
      throw new LinkError(
        `the kernel has data at 0x${address.toString(16)}, outside of its memory from 0x${KERNEL_ADDRESS.toString(16)} to 0x${end.toString(16)}`,
      );
    }
    this.#ram.write(this.#kernelPhysical + offset, bytes);
  }

  /** Each in one piece, page to page, anywhere in RAM. */
  #placeFiles(files: readonly BootFile[]): PlacedFile[] {
    // The first file may be too large for a node and the second not, so all nodes are looked at for each.
    const runs = Array.from({ length: this.#ram.nodes }, (_, node) => ({ node, next: 0, end: 0 }));
    return files.map(({ path, bytes }) => {
      const physical = firstOf(runs, (run) => this.#ram.allocateRun(bytes.length, run));
      if (physical === undefined) {
        const all = files.reduce((sum, file) => sum + file.bytes.length, 0);
        throw new RangeError(
          `there is no room in RAM for ${path}: it has ${bytes.length} bytes, which must lie in one piece; ${this.#ram.bytesLeft} of ${this.#ram.bytes} bytes are left on ${this.#ram.nodes} nodes, and all files together have ${all}: give the machine more RAM`,
        );
      }
      this.#ram.write(physical, bytes);
      return { path: encodeText(path), physical, bytes: bytes.length };
    });
  }

  /** Links a user image, and puts its data into RAM for the kernel to find. */
  #load(image: Image): BootImage {
    if (image.privilege !== 'user') throw new LinkError('a user image has been loaded as a kernel');
    // The host does not know, when it loads an image, what is to become of it.
    const forLinks = this.#images.loadForLinks(image.bytes);
    const segments = forLinks.segments.filter(({ bytes }) => bytes.length > 0);
    const placed = segments.map(({ address, bytes }) => {
      const offset = address % FRAME_BYTES;
      const physical = this.#contiguous(offset + bytes.length, 'a user image') + offset;
      this.#ram.write(physical, bytes);
      return { address, physical, bytes: bytes.length };
    });
    const number = this.links.link([{ image: forLinks, name: '' }]);
    return { link: number, pages: image.module.memories[0]?.min ?? 0, segments: placed };
  }
}

function firstOf<T, R>(items: readonly T[], of: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = of(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Bytes of the kernel's own memory: from KERNEL_ADDRESS to where the memory that it asks for ends. */
function kernelBytes(kernel: Image): number {
  if (kernel.privilege !== 'kernel') throw new LinkError('the kernel has been loaded as a user image');
  const { exports, memories } = kernel.module;
  if (!exports.some(({ name, kind }) => name === 'boot' && kind === 'function')) {
    throw new LinkError('the kernel exports no function "boot"');
  }
  const end = (memories[0]?.min ?? 0) * PAGE_BYTES;
  if (end <= KERNEL_ADDRESS) {
    throw new LinkError(
      `the kernel's memory ends at 0x${end.toString(16)}: it must begin at 0x${KERNEL_ADDRESS.toString(16)} (asc: --memoryBase ${KERNEL_ADDRESS}, and --initialMemory more than ${KERNEL_ADDRESS / PAGE_BYTES} pages)`,
    );
  }
  return end - KERNEL_ADDRESS;
}
