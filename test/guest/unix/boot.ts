// Boots a kernel that provides posix with some programs, and tells what came of it.
import { readFileSync } from 'node:fs';
import { serversOf } from '../../../host/boot/kernels.ts';
import { guestFile } from '../../../host/guest-programs.ts';
import { Machine, type MachineOptions, type RunOutcome } from '../../../machine/index.ts';
import { compileProgram } from '../../../scripts/program.mjs';

const ROOT = new URL('../../..', import.meta.url).pathname;

/** What a test gives the machine and the kernel. */
export interface GuestSetting extends MachineOptions {
  /** By its name in guest/. */
  readonly kernel: string;
  /** Words for the kernel. */
  readonly options?: string;
  /** The first process. */
  readonly program: readonly string[];
  /** Files by their paths, besides the programs. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** What arrives at the console, which then ends. */
  readonly input?: string;
  readonly maxCycles?: number;
  /** Whether the console is a terminal; its input does not end then. */
  readonly terminal?: boolean;
}

export interface GuestRun {
  readonly outcome: RunOutcome;
  readonly machine: Machine;
  /** What came out at the console. */
  readonly output: string;
  readonly errors: string;
  /** Both, in the order in which they came. */
  readonly transcript: string;
  readonly log: readonly string[];
  /** Values that the kernel has reported, by name. */
  readonly reports: ReadonlyMap<string, number>;
  /** Files that the kernel has given to the people outside, by path. */
  readonly saved: ReadonlyMap<string, Uint8Array>;
}

let suite: Promise<Uint8Array> | undefined;

/** The program of these tests, compiled once. */
export function suiteProgram(): Promise<Uint8Array> {
  suite ??= compileProgram('test/guest/unix/programs/suite.assembly.ts', {
    baseDir: ROOT,
    options: `${ROOT}guest/programs/asconfig.json`,
    layer: '../../../../guest/posix/index',
  }).then(({ wasm }) => wasm);
  return suite;
}

/** A booted machine, to be run, and what it tells. */
export function bootGuest(setting: GuestSetting): { machine: Machine; told: Omit<GuestRun, 'outcome'> } {
  const { options = '', program, files = {}, input, terminal = false } = setting;
  const log: string[] = [];
  const reports = new Map<string, number>();
  const saved = new Map<string, Uint8Array>();
  const written: { stream: number; bytes: Uint8Array }[] = [];
  const textOf = (...streams: number[]) =>
    Buffer.concat(written.filter(({ stream }) => streams.includes(stream)).map(({ bytes }) => bytes)).toString();
  const machine = new Machine({
    ramBytes: 64 << 20,
    ...setting,
    onConsole: (stream, bytes) => {
      written.push({ stream, bytes: bytes.slice() });
    },
    onLog: (_, text) => log.push(text),
    onReport: (_, name, value) => reports.set(name, value),
    onSave: (name, bytes) => saved.set(name, Buffer.concat([saved.get(name) ?? new Uint8Array(), bytes])),
  });
  const kernel = machine.load(readFileSync(guestFile(`${setting.kernel}/kernel`)), { privilege: 'kernel' });
  const system = {
    '/lib/posix.wasm': readFileSync(guestFile(`${setting.kernel}/posix`)),
    ...Object.fromEntries(serversOf(setting.kernel).map(({ path, bytes }) => [path, bytes])),
    '/bin/echo': readFileSync(guestFile('bin/echo')),
    '/bin/cat': readFileSync(guestFile('bin/cat')),
    '/bin/wc': readFileSync(guestFile('bin/wc')),
  };
  machine.boot({
    kernel,
    terminal,
    files: Object.entries({ ...system, ...files }).map(([path, bytes]) => ({ path, bytes })),
    commandLine: `${options} -- ${program.map(encodeURIComponent).join(' ')}`,
  });
  if (input !== undefined) machine.console.input(Buffer.from(input));
  if (!terminal) machine.console.end();
  const told = {
    machine,
    log,
    reports,
    saved,
    get output() {
      return textOf(1);
    },
    get errors() {
      return textOf(2);
    },
    get transcript() {
      return textOf(1, 2);
    },
  };
  return { machine, told };
}

/** Runs to the end. */
export function runGuest(setting: GuestSetting): GuestRun {
  const { machine, told } = bootGuest(setting);
  const outcome = machine.run({ maxCycles: setting.maxCycles ?? 500_000_000 });
  const { output, errors, transcript } = told;
  return { outcome, ...told, output, errors, transcript };
}
