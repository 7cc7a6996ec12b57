// Runs a small test kernel twice: uninstrumented in V8, where a few functions stand in for the machine's intrinsics, and on the machine. What it
// reports must be the same. In V8 one instance plays all cores: `pause`, with which a kernel waits for its turn, lets the next core go on.

import { bootInformation } from '../../../machine/core/boot-information.ts';
import { Machine, type MachineOptions, type MachineProfile, uniform } from '../../../machine/index.ts';
import { WINDOW_ADDRESS } from '../../../machine/platform.ts';
import { compile } from '../../../scripts/asc.mjs';

export interface GuestRun {
  /** What was reported, in order. */
  readonly values: number[];
  readonly lines: string[];
  /** Undefined when it has trapped. */
  readonly exitCode: number | undefined;
  /** Of a trap. */
  readonly message: string | undefined;
}

export interface GuestSetting {
  readonly commandLine?: string;
  readonly profile?: MachineProfile;
  readonly ramBytes?: number;
  readonly options?: MachineOptions;
  /** On the machine only. */
  readonly files?: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

const RAM_BYTES = 8 << 20;
/** Milliseconds that compiling may take, on a busy host. */
export const COMPILE_TIME = 300_000;
const WASM_PAGE = 65536;

/** Compiles FOLDER/NAME.assembly.ts as a kernel, with settings that may bring another runtime. */
export async function compileKernel(
  name: string,
  folder = 'test/guest/lib',
  settings = 'guest/kernel.asconfig.json',
): Promise<Uint8Array<ArrayBuffer>> {
  const { wasm } = await compile(`${folder}/${name}.assembly.ts`, settings, name);
  return wasm;
}

export function runOnMachine(wasm: Uint8Array, setting: GuestSetting): GuestRun {
  const values: number[] = [];
  const lines: string[] = [];
  const machine = new Machine({
    profile: setting.profile ?? uniform(1),
    ramBytes: setting.ramBytes ?? RAM_BYTES,
    ...setting.options,
    onReport: (_, __, value) => values.push(value),
    onLog: (_, text) => lines.push(text),
  });
  const kernel = machine.load(wasm, { privilege: 'kernel' });
  machine.boot({ kernel, commandLine: setting.commandLine ?? '', files: setting.files ?? [] });
  const outcome = machine.run({ maxCycles: 2_000_000_000 });
  const message = outcome.trap?.message ?? outcome.message;
  return { values, lines, exitCode: outcome.exitCode, message };
}

class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit(${code})`);
    this.code = code;
  }
}

/** The import module `machine` of a machine that has no time: cores are whoever is said to be running. */
function fakeMachine(memory: WebAssembly.Memory, cores: number, lineBytes: number, run: GuestRun) {
  let core = 0;
  let enabled = false;
  const bytes = () => new Uint8Array(memory.buffer);
  const text = (address: number, count: number) =>
    new TextDecoder().decode(bytes().slice(address >>> 0, (address >>> 0) + count));
  return {
    cycles: () => 0n,
    core_id: () => core,
    core_count: () => cores,
    pause: () => {
      core = (core + 1) % cores;
    },
    fence: () => {},
    line_zero: (address: number) => {
      const line = (address >>> 0) & ~(lineBytes - 1);
      bytes().fill(0, line >>> 0, (line >>> 0) + lineBytes);
    },
    interrupts: (enable: number) => {
      const before = enabled;
      enabled = enable !== 0;
      return before ? 1 : 0;
    },
    core_start: () => {},
    set_page_root: () => {},
    log: (address: number, count: number) => run.lines.push(text(address, count)),
    label: () => {},
    prefetch: () => {},
    report: (_: number, __: number, value: number) => run.values.push(value),
    exit: (code: number) => {
      throw new Exit(code);
    },
  };
}

/** Boots a kernel in V8. RAM is where the window onto it would be. */
export function runInV8(wasm: Uint8Array<ArrayBuffer>, setting: GuestSetting): GuestRun {
  const profile = setting.profile ?? uniform(1);
  const { nodes, groupsPerNode, coresPerGroup } = profile.topology;
  const cores = setting.options?.cores ?? nodes * groupsPerNode * coresPerGroup;
  const ramBytes = setting.ramBytes ?? RAM_BYTES;
  const initial = (WINDOW_ADDRESS + ramBytes) / WASM_PAGE;
  const memory = new WebAssembly.Memory({ initial, maximum: 65536, shared: true });
  const run: GuestRun = { values: [], lines: [], exitCode: undefined, message: undefined };
  const machine = fakeMachine(memory, cores, profile.lineBytes, run);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory }, machine });
  const facts = {
    profile,
    cores,
    commandLine: new TextEncoder().encode(setting.commandLine ?? ''),
    ramBytes,
    kernel: { physical: 0, bytes: 0 },
    windowBytes: ramBytes,
    pageRoot: 0,
    images: [],
    files: [],
    console: 0,
  };
  const share = ramBytes / nodes;
  const rangesFrom = (free: number) =>
    Array.from({ length: nodes }, (_, node) => ({
      start: node * share,
      end: (node + 1) * share,
      freeStart: node * share + (node === 0 ? free : 0),
    }));
  const { length } = bootInformation(facts, rangesFrom(0), 0);
  const ranges = rangesFrom(Math.ceil((4096 + length) / 4096) * 4096);
  const information = WINDOW_ADDRESS + 4096;
  new Uint8Array(memory.buffer).set(bootInformation(facts, ranges, information), information);
  try {
    (instance.exports as { boot(info: number): void }).boot(information);
  } catch (error) {
    if (error instanceof Exit) return { ...run, exitCode: error.code };
    if (error instanceof WebAssembly.RuntimeError) return { ...run, message: error.message };
    throw error;
  }
  return run;
}

/** Runs it in both ways; throws when their reports or messages differ. */
export function runBoth(wasm: Uint8Array<ArrayBuffer>, setting: GuestSetting): GuestRun {
  const reference = runInV8(wasm, setting);
  const emulated = runOnMachine(wasm, setting);
  for (const part of ['values', 'exitCode'] as const) {
    if (`${reference[part]}` === `${emulated[part]}`) continue;
    throw new Error(`${part} differ: in V8 ${reference[part]}, on the machine ${emulated[part]}`);
  }
  return emulated;
}
