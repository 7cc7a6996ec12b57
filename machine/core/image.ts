// A module that is ready to be instantiated any number of times: decoded, validated, translated and compiled.
import { FRAME_OF_KERNEL, POINT_BYTES } from '../state/layout.ts';
import type { MachineMemory } from '../state/machine-memory.ts';
import { CodeFacts } from '../translate/code-facts.ts';
import type { FunctionContext, Privilege, TranslationOptions } from '../translate/context.ts';
import { decodeTranslation, translationKey } from '../translate/pretranslate.ts';
import { analyse, type FunctionInfo, type Translation, translate } from '../translate/translate.ts';
import { decodeModule } from '../wasm/decode.ts';
import { unsupported } from '../wasm/errors.ts';
import { decodeNames, type NameSection } from '../wasm/names.ts';
import { type Module, SECTION } from '../wasm/types.ts';
import { validateModule } from '../wasm/validate.ts';
import { Digest } from './digest.ts';
import type { HostOptions } from './machine-options.ts';

export interface ImageStatistics {
  /** Size of all bodies of the guest's functions and of the host's, in bytes. */
  readonly guestBytes: number;
  readonly hostBytes: number;
  /** Resume points and traps. */
  readonly points: number;
}

/** Data that is to be in memory before an image runs. */
export interface ImageSegment {
  /** Where the image expects it. */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Where the bytes are among the image's. */
  readonly offset: number;
}

export class Image {
  readonly bytes: Uint8Array;
  readonly module: Module;
  readonly names: NameSection;
  readonly translation: Translation;
  readonly facts: CodeFacts;
  readonly hostModule: WebAssembly.Module;
  readonly #options: TranslationOptions;
  /** Address of the point descriptors in machine memory. */
  readonly points: number;
  /** By function: number of its first point in the image; made when it is first asked for. */
  #firstPoints: Uint32Array | undefined;
  #segments: readonly ImageSegment[] | undefined;

  /**
   * Throws a WasmError when the bytes are not a module, an invalid one, or one that needs what is not supported. `stored`: who may have its
   * translation. `points`: where the point descriptors are already, from a snapshot.
   */
  constructor(
    bytes: Uint8Array,
    options: TranslationOptions,
    memory: MachineMemory,
    stored: HostOptions['storedTranslation'],
    points?: number,
  ) {
    this.bytes = bytes;
    this.#options = options;
    this.module = decodeModule(bytes);
    const record = stored?.(bytes, translationKey(options));
    const known = record && decodeTranslation(record);
    // What has been translated before was valid then.
    if (!known) validateModule(this.module);
    if (options.linked) checkSegments(this.module);
    this.names = decodeNames(this.module);
    this.translation = known?.translation ?? translate(this.module, options);
    this.facts = new CodeFacts(this.module, known?.settled);
    this.hostModule = new WebAssembly.Module(this.translation.bytes);
    this.points = points ?? memory.allocate(Math.max(this.translation.points.length, POINT_BYTES));
    memory.u8.set(this.translation.points, this.points);
  }

  get privilege(): Privilege {
    return this.#options.privilege;
  }

  /** Whether it is translated for links. */
  get linked(): boolean {
    return this.#options.linked;
  }

  /** The active data segments of an image for links. */
  get segments(): readonly ImageSegment[] {
    this.#segments ??= this.module.data.flatMap(({ mode, offset, bytes }) =>
      mode === 'active' && offset?.kind === 'const'
        ? [{ address: Number(offset.bits), bytes, offset: bytes.byteOffset - this.bytes.byteOffset }]
        : [],
    );
    return this.#segments;
  }

  /** Names of the modules that it imports anything but a memory from, each once, in the order in which they appear. */
  get importedModules(): string[] {
    return [...new Set(this.module.imports.filter(({ kind }) => kind !== 'memory').map(({ module }) => module))];
  }

  get statistics(): ImageStatistics {
    let guestBytes = 0;
    for (const body of this.module.code) guestBytes += body.end - body.start;
    return {
      guestBytes,
      hostBytes: this.translation.codeBytes,
      points: this.translation.points.length / POINT_BYTES,
    };
  }

  /** Hash of the translation: 16 hexadecimal digits. Equal for equal bytes and options as long as the translator stays the same. */
  get codeHash(): string {
    const digest = new Digest();
    // Who counts tallies must not matter to a snapshot: frames are the same without.
    const { bytes, points } = this.#options.tallies
      ? translate(this.module, { ...this.#options, tallies: false })
      : this.translation;
    digest.addBytes(bytes);
    digest.addBytes(points);
    return digest.toString();
  }

  /** Name of a function, by its index in the module: from the name section, else what it is exported as. */
  functionName(index: number): string {
    const name = this.names.functions.get(index);
    if (name !== undefined) return name;
    const exported = this.module.exports.find((item) => item.kind === 'function' && item.index === index);
    return exported?.name ?? `function ${index}`;
  }

  /** Instructions, costs and resume points of one of the module's own functions, as the translator sees them. */
  analyse(index: number): FunctionContext {
    return analyse(this.module, this.#options, index);
  }

  /** What the table of frames says of a function's resumable code. */
  frameInfo(index: number): number {
    return this.functionInfo(index).frameBytes | (this.privilege === 'kernel' ? FRAME_OF_KERNEL : 0);
  }

  /** The function and the offset in the module of the point whose descriptor is at an address; undefined when it is another image's. */
  pointAt(address: number): { readonly function: number; readonly offset: number } | undefined {
    const point = (address - this.points) / POINT_BYTES;
    const { info, points } = this.translation;
    if (point < 0 || point >= points.length / POINT_BYTES) return undefined;
    this.#firstPoints ??= firstPoints(info);
    let low = 0;
    for (let high = info.length; high - low > 1; ) {
      const middle = (low + high) >>> 1;
      if (this.#firstPoints[middle] <= point) low = middle;
      else high = middle;
    }
    const offset = info[low].offsets[point - this.#firstPoints[low]];
    return { function: this.module.importedFunctions + low, offset };
  }

  functionInfo(index: number): FunctionInfo {
    return this.translation.info[index - this.module.importedFunctions];
  }
}

/** Whoever loads an image for links puts its data into memory by itself: so it must say where without knowing any global. */
function checkSegments(module: Module): void {
  const other = module.data.findIndex(({ mode, offset }) => mode === 'active' && offset?.kind !== 'const');
  if (other < 0) return;
  const at = module.sectionOffsets.get(SECTION.data) ?? 0;
  throw unsupported(`data segment ${other} at an address that is no constant, in an image for links`, at);
}

function firstPoints(info: readonly FunctionInfo[]): Uint32Array {
  const first = new Uint32Array(info.length);
  for (let i = 1; i < info.length; i++) first[i] = first[i - 1] + info[i - 1].offsets.length;
  return first;
}
