// A kernel on a machine, with its files and its console: what `manycore boot` and `manycore run` run.
import { type Image, Machine, type MachineProfile } from '../../machine/index.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { callChain, explainLoading } from '../cli/explain.ts';
import { CommandFailure } from '../cli/failure.ts';
import { readHostFile } from '../module-file.ts';
import type { Observation } from '../observe/observation.ts';
import { type BootRequest, bootWords } from './boot-words.ts';
import { compileAhead, optimiseLater } from './compilation.ts';
import { GuestImages } from './guest-images.ts';
import { type BootFile, type Kernel, kernelFile, systemFiles } from './kernels.ts';
import { expectTree } from './mounts.ts';
import { shippedTranslation } from './shipped-translations.ts';

export interface SystemOptions {
  readonly kernel: Kernel;
  readonly profile: MachineProfile;
  /** How many of the profile's cores there are; all when not given. */
  readonly cores?: number;
  readonly ramBytes?: number;
  readonly windowCycles?: number;
  readonly mode?: 'fast' | 'checked';
  readonly parking?: boolean;
  readonly request: BootRequest;
  /** Beside those of the kernel; a later one replaces an earlier one of the same path. */
  readonly files: readonly BootFile[];
  /** Whether the console is a terminal. */
  readonly terminal: boolean;
  readonly observation?: Observation;
  /** What the guest writes to stream 1 (stdout) or 2 (stderr) of its console. */
  readonly onConsole: (stream: number, bytes: Uint8Array) => void;
  /** Messages of the kernel and of the hardware for the people outside. */
  readonly onLog: (core: number, text: string) => void;
}

/** Host time that translating programs has taken since the machine was booted. */
export interface TranslationClock {
  readonly ms: number;
}

export interface System {
  readonly translation: TranslationClock;
  readonly machine: Machine;
  readonly images: GuestImages;
  /** By the path in the guest: the pieces of what the kernel has saved. */
  readonly saved: ReadonlyMap<string, readonly Uint8Array[]>;
}

const MIB = 2 ** 20;
const DEFAULT_RAM_BYTES = 256 * MIB;
/** Of each context: what calls may take. Functions of a shell that call themselves take much. The host gives memory for what is used. */
const FRAME_STACK_BYTES = MIB;
/** RAM is at least this many times what the files take: they are copied when they are written, and processes need room. */
const ROOM = 2;

/** Loads the kernel and boots it; nothing runs yet. Throws a CommandFailure where something is missing or does not fit. */
export function bootSystem(options: SystemOptions): System {
  optimiseLater();
  const files = withoutDuplicates([...systemFiles(options.kernel), ...options.files]);
  expectTree(files);
  const saved = new Map<string, Uint8Array[]>();
  const translation = { ms: 0, begun: 0 };
  const machine = new Machine({
    profile: options.profile,
    ramBytes: options.ramBytes ?? ramFor(files),
    frameStackBytes: FRAME_STACK_BYTES,
    ...(options.cores === undefined ? {} : { cores: options.cores }),
    ...(options.windowCycles === undefined ? {} : { windowCycles: options.windowCycles }),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.parking === undefined ? {} : { parking: options.parking }),
    ...(options.observation?.observer === undefined ? {} : { observer: options.observation.observer }),
    onConsole: options.onConsole,
    onLog: options.onLog,
    onTranslation: (phase, bytes) => {
      if (phase === 'end') translation.ms += performance.now() - translation.begun;
      else {
        translation.begun = performance.now();
        compileAhead(bytes.length);
      }
    },
    storedTranslation: shippedTranslation,
    onSave: (name, bytes) => {
      saved.set(name, [...(saved.get(name) ?? []), bytes]);
    },
    onCalls: (core, context, frames) => {
      const calls = callChain(frames.map((frame) => images.code(frame.image).location(frame.function, frame.offset)));
      options.onLog(core, [`context ${context}`, ...calls, ''].join('\n  '));
    },
  });
  const file = kernelFile(options.kernel);
  const kernel = loadKernel(machine, file);
  const images = new GuestImages(machine, { image: kernel, file }, files);
  try {
    machine.boot({
      kernel,
      commandLine: bootWords(options.request),
      files: files.map(({ path, bytes }) => ({ path, bytes })),
      terminal: options.terminal,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CommandFailure(EXIT.usage, `${options.kernel.name} does not fit into the machine: ${error.message}`, {
      hint: 'give --ram more MiB, or mount less',
    });
  }
  // Loading the kernel is no part of the run.
  translation.ms = 0;
  return { machine, images, saved, translation };
}

function loadKernel(machine: Machine, file: string): Image {
  try {
    return machine.load(readHostFile(file), { privilege: 'kernel' });
  } catch (error) {
    throw explainLoading(error, file);
  }
}

function ramFor(files: readonly BootFile[]): number {
  const taken = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return Math.max(DEFAULT_RAM_BYTES, Math.ceil((ROOM * taken + DEFAULT_RAM_BYTES / 2) / MIB) * MIB);
}

function withoutDuplicates(files: readonly BootFile[]): BootFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
