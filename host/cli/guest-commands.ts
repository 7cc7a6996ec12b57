// The commands that boot kernels and build programs for them, and those that show machines.
import { type Command, Option } from 'commander';
import { addObservationOptions } from '../observe/options.ts';
import type { Invocation } from './command-line.ts';
import {
  fileName,
  fileNameIfAny,
  integer,
  MAX_CORES,
  maxCyclesOption,
  parkingOption,
  repeated,
  windowOption,
} from './option-values.ts';

type Finish = (code: number) => void;

/** How `[file]` is read: host/cli/manycore-command.ts. */
const REPORT_HELP = `What stands behind --stats, --contention or --objects is the file to write if it has a dot or a slash in its name and is no .ts, .wasm or .wat.
`;

const BOOT_HELP = `
Examples:
  manycore boot monolith                                        an interactive shell
  manycore boot monolith --machine amd-4x4 -- sh -c 'ps; echo $?'
  manycore boot monolith --mount README.md:/README.md -- grep -c the /README.md
  manycore boot monolith --machine amd-8x4 --set locks=big --stats -- pagebench
  manycore boot k42 --machine ibm-s85 --set objects=shared --contention -- memclone -t 8
  manycore boot monolith --mount ./data:/data --export /tmp/out:out.txt -- sh -c 'sort /data/words > /tmp/out'

A key of --set with a dot in it is a field of the machine (core.atomicCycles=30); any other is an option of the kernel:
  monolith  locks=big, fine or percpu
  k42       objects=shared or distributed, and of single classes process=, region=, globalpm= (the same) and fcm=shared, dhash or partitioned

${REPORT_HELP}`;

const RUN_HELP = `
Examples:
  manycore run hello.ts                    compiles it first
  manycore run --machine amd-4x4 --stats sum.wasm 1 2 3
  cat words | manycore run count.wasm -v

Options stand before the file; what stands behind it are the program's arguments. The directory of the caller is not visible to the
program: --mount gives it files. A key of --set is told by manycore boot --help.

${REPORT_HELP}`;

/** Options of everything that boots a kernel. */
function addSystemOptions(command: Command): Command {
  command
    .option('--machine <profile>', 'the name of a machine profile, or a JSON file', 'uniform-4')
    .addOption(
      new Option('--cores <n>', 'cores of the machine (default: all of the profile)').argParser(integer(1, MAX_CORES)),
    )
    .addOption(repeated('--set <key=value>', 'set a field of the machine or an option of the kernel'))
    .addOption(repeated('--mount <host:guest>', 'give the guest a copy of a file or directory'))
    .addOption(repeated('--export <guest:host>', 'write a file of the guest at the end'))
    .addOption(
      new Option('--ram <mib>', 'RAM (default: 256 MiB, or more for what is mounted)').argParser(integer(16, 1024)),
    )
    .addOption(windowOption())
    .option('--checked', 'send every memory access through the slow path (same results, slower)')
    .addOption(parkingOption())
    .addOption(maxCyclesOption())
    .option('--stats [file]', 'what each core has done: on stderr, or to a file (.json, else text)', fileNameIfAny)
    .option('--digest', 'print the digest of the run on stderr');
  return addObservationOptions(command);
}

export function addBoot(program: Command, { terminal, signal }: Invocation, finish: Finish): void {
  const command = program
    .command('boot')
    .description('boot a kernel and run a program on it, or an interactive shell')
    .argument('<kernel>', 'monolith, k42, or the file of a kernel of your own (.wasm)')
    .argument('[program...]', 'the first process and its arguments, behind --')
    .addHelpText('after', BOOT_HELP);
  addSystemOptions(command).action(async (kernel: string, words: string[], options) => {
    const { runBoot } = await import('./boot.ts');
    finish(await runBoot(terminal, kernel, words, systemOptions(options, signal)));
  });
}

export function addRun(program: Command, { terminal, signal }: Invocation, finish: Finish): void {
  const command = program
    .command('run')
    .description('run one program, AssemblyScript or WebAssembly, on a kernel')
    .argument('<file>', 'FILE.ts is compiled first; FILE.wasm imports "posix" or "wasi_snapshot_preview1"')
    .argument('[args...]', 'its arguments')
    .option('--kernel <name>', 'the kernel that runs it', 'monolith')
    .passThroughOptions()
    .addHelpText('after', RUN_HELP);
  addSystemOptions(command).action(async (file: string, args: string[], options) => {
    const { runProgram } = await import('./run.ts');
    finish(await runProgram(terminal, file, args, { ...systemOptions(options, signal), kernel: options.kernel }));
  });
}

/** Loosely typed: what commander makes of the options above. */
function systemOptions(options: Record<string, never>, signal: AbortSignal | undefined) {
  type Values = Omit<import('./boot.ts').BootOptions, 'signal' | 'observation' | 'parking'> & { parking: string };
  const values = options as unknown as Values;
  return {
    ...values,
    checked: values.checked === true,
    parking: values.parking === 'on',
    digest: values.digest === true,
    stats: values.stats ?? false,
    observation: options,
    ...(signal === undefined ? {} : { signal }),
  };
}

export function addBuild(program: Command, { terminal }: Invocation, finish: Finish): void {
  program
    .command('build')
    .description('compile an AssemblyScript program for the guests')
    .argument('<file>', 'exports main(): i32; imports from "posix"')
    .option('-o, --output <file>', 'the module (default: beside the source); its source map goes next to it', fileName)
    .action(async (file: string, options) => {
      const { runBuild } = await import('./build.ts');
      finish(await runBuild(terminal, file, options));
    });
}

export function addMachines(program: Command, { terminal }: Invocation, finish: Finish): void {
  const machines = program.command('machines').description('the machine profiles: list, show, check');
  machines
    .command('list')
    .description('the profiles that come with Manycore')
    .action(async () => finish((await import('./machines.ts')).listMachines(terminal)));
  machines
    .command('show')
    .description('a profile as JSON; without a name, the JSON Schema of profiles')
    .argument('[profile]', 'a name, or a JSON file')
    .addOption(repeated('--set <path=value>', 'set a field first'))
    .action(async (name: string | undefined, options) =>
      finish((await import('./machines.ts')).showMachine(terminal, name, options.set)),
    );
  machines
    .command('check')
    .description('whether a JSON file is a profile, and what is wrong with it')
    .argument('<file>')
    .action(async (file: string) => finish((await import('./machines.ts')).checkMachine(terminal, file)));
}
