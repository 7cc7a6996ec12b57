// The command line: what there is, how it is spelled, and what its exit status means (`exit-codes.ts`).
import { type Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { addObservationOptions } from '../observe/options.ts';
import { EXIT, EXIT_CODE_HELP } from './exit-codes.ts';
import { addExperiment } from './experiment-commands.ts';
import { CommandFailure, printFailure } from './failure.ts';
import { addBoot, addBuild, addMachines, addRun } from './guest-commands.ts';
import { ManycoreCommand } from './manycore-command.ts';
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
import { paint, type Terminal } from './terminal.ts';

export interface Invocation {
  terminal: Terminal;
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal;
}

const DEFAULT_WINDOW_CYCLES = 40;

/** Runs one command line (without the program's name) and returns the exit status. Throws only defects. */
export async function runCommandLine(argv: string[], invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  let exitCode: number = EXIT.ok;
  const program = createProgram(invocation, (code) => {
    exitCode = code;
  });
  try {
    if (argv.length === 0) {
      terminal.stderr.write(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof CommandFailure) {
      printFailure(terminal, error);
      return error.exitCode;
    }
    printFailure(
      terminal,
      new CommandFailure(EXIT.internal, `a defect of manycore: ${(error as Error).stack ?? error}`),
    );
    return EXIT.internal;
  }
}

function createProgram(invocation: Invocation, finish: (code: number) => void): Command {
  const { terminal } = invocation;
  const program = new ManycoreCommand('manycore');
  program
    .description('An emulated multicore machine whose instruction set is WebAssembly, deterministic to the cycle.')
    .version(packageJson.version)
    .addHelpText('after', EXIT_CODE_HELP)
    .showSuggestionAfterError()
    .showHelpAfterError('help: manycore --help lists the commands, --help behind a command its options')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) =>
        write(text.replace(/^error:/, paint(terminal, terminal.stderr, ['bold', 'red'], 'error:'))),
    });
  addBoot(program, invocation, finish);
  addRun(program, invocation, finish);
  addBuild(program, invocation, finish);
  addMachines(program, invocation, finish);
  addExec(program, invocation, finish);
  addWast(program, invocation, finish);
  addBench(program, invocation, finish);
  addDisassemble(program, invocation, finish);
  addDemo(program, invocation, finish);
  addBare(program, invocation, finish);
  addExperiment(program, invocation, finish);
  return program;
}

function addExec(program: Command, { terminal, signal }: Invocation, finish: (code: number) => void): void {
  const command = program
    .command('exec')
    .description('run a bare module, one instance on every core')
    .argument('<file>', 'a module, binary or text (.wat)')
    .argument('[args...]', 'arguments of the function; put -- before them if one begins with a dash')
    .option('--invoke <name...>', 'the exported function and its arguments (default: _start, run or main)')
    .addOption(new Option('--cores <n>', 'cores of the machine').argParser(integer(1, MAX_CORES)).default(1))
    .addOption(windowOption().default(DEFAULT_WINDOW_CYCLES))
    .option('--checked', 'send every memory access through the slow path (same results, slower)')
    .addOption(parkingOption())
    .addOption(maxCyclesOption())
    .option('--json', 'write the cost table as JSON to stdout, and the log of the guest to stderr')
    .option('--quiet', 'no cost table');
  addObservationOptions(command).action(async (file: string, operands: string[], options) => {
    const { runExec } = await import('./exec.ts');
    const [invoke, ...args] = (options.invoke ?? []) as string[];
    finish(
      await runExec(terminal, file, {
        cores: options.cores,
        window: options.window,
        checked: options.checked === true,
        parking: options.parking === 'on',
        maxCycles: options.maxCycles,
        json: options.json === true,
        quiet: options.quiet === true,
        invoke,
        observation: options,
        args: [...args, ...operands],
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  });
}

function addWast(program: Command, { terminal }: Invocation, finish: (code: number) => void): void {
  program
    .command('wast')
    .description('run the official test suite, converted by wast2json')
    .argument('<directory>', 'every *.json in it and below is run')
    .addOption(new Option('--mode <mode>', 'emission mode').choices(['fast', 'checked', 'both']).default('both'))
    .addOption(
      new Option('--cores <n>', 'cores that all do it at once, each with instances of its own')
        .argParser(integer(1, MAX_CORES))
        .default(1),
    )
    .action(async (directory: string, options) => {
      const { runWast } = await import('./wast.ts');
      finish(runWast(terminal, directory, options));
    });
}

function addBench(program: Command, { terminal }: Invocation, finish: (code: number) => void): void {
  program
    .command('bench')
    .description('measure the machine against V8 running the same modules')
    .option('--json <file>', 'write the table there as well', fileName)
    .option('--only <group...>', 'only these groups of rows')
    .addOption(new Option('--repeat <n>', 'measurements of each figure').argParser(integer(1)).default(5))
    .option('--check', 'exit with status 1 when a bar is missed')
    .action(async (options) => {
      const { runBench } = await import('./bench.ts');
      finish(await runBench(terminal, { ...options, check: options.check === true }));
    });
}

function addDisassemble(program: Command, { terminal }: Invocation, finish: (code: number) => void): void {
  program
    .command('disassemble')
    .description('the text of a module, with cost and resume points beside it')
    .argument('<file>', 'a module, binary or text (.wat)')
    .option('--function <name>', 'only this function, by name or index')
    .action(async (file: string, options) => {
      const { runDisassemble } = await import('./disassemble.ts');
      finish(await runDisassemble(terminal, file, options.function));
    });
}

function addDemo(program: Command, { terminal, signal }: Invocation, finish: (code: number) => void): void {
  const demo = program.command('demo').description('what Manycore does, in a minute');
  demo
    .command('grep', { isDefault: true })
    .description('boot a kernel on sixteen cores and search a text on each')
    .option('--kernel <name>', 'the kernel', 'monolith')
    .option('--machine <profile>', 'the name of a machine profile, or a JSON file', 'amd-4x4')
    .option('--text <file>', 'the text (default: one that comes with the packages)')
    .option('--json', 'write the counts as JSON to stdout')
    .action(async (options) => {
      const { runGrepDemo } = await import('./demo-grep.ts');
      finish(
        await runGrepDemo(terminal, {
          ...options,
          json: options.json === true,
          ...(signal === undefined ? {} : { signal }),
        }),
      );
    });
  demo
    .command('engine')
    .description('seven bare programs side by side on 28 cores')
    .addOption(new Option('--cores <n>', 'cores of the machine').argParser(integer(1, MAX_CORES)).default(28))
    .addOption(windowOption().default(DEFAULT_WINDOW_CYCLES))
    .option('--json', 'write the cost table as JSON to stdout')
    .action(async (options) => {
      const { runDemo } = await import('./demo-engine.ts');
      finish(
        await runDemo(terminal, {
          ...options,
          json: options.json === true,
          ...(signal === undefined ? {} : { signal }),
        }),
      );
    });
}

const BARE_HELP = `
Examples:
  manycore bare --list
  manycore bare urpc --machine amd-4x4
  manycore bare counter --machine ibm-s85 counts=1,8,24 --json counter.json
  manycore bare chase --machine uniform-1 sizes=16K,1M --set memory.latencyCycles=200
  manycore bare line-transfer --machine ./my-machine.json --cores 8 --checked
`;

function addBare(program: Command, { terminal, signal }: Invocation, finish: (code: number) => void): void {
  const command = program
    .command('bare')
    .description('run a bare-metal guest that measures a machine')
    .argument('[name]', 'which guest; --list says what there is')
    .argument('[parameters...]', 'its parameters, as NAME=NUMBER or NAME=NUMBER,NUMBER...')
    .option('--list', 'the guests and their parameters')
    .option('--machine <profile>', 'the name of a machine profile, or a JSON file', 'uniform-4')
    .addOption(repeated('--set <path=value>', 'set a number of the profile, as in core.atomicCycles=30'))
    .addOption(new Option('--cores <n>', 'cores that take part (default: all)').argParser(integer(1, MAX_CORES)))
    .addOption(windowOption())
    .option('--checked', 'send every memory access through the slow path (same results, slower)')
    .addOption(parkingOption())
    .addOption(maxCyclesOption())
    .option('--json [file]', 'write the table as JSON, to stdout or to a file', fileNameIfAny)
    .addHelpText('after', BARE_HELP);
  addObservationOptions(command).action(async (name: string | undefined, parameters: string[], options) => {
    const { runBareCommand } = await import('./bare.ts');
    finish(
      await runBareCommand(terminal, name, parameters, {
        ...options,
        list: options.list === true,
        checked: options.checked === true,
        parking: options.parking === 'on',
        json: options.json ?? false,
        observation: options,
        ...(signal === undefined ? {} : { signal }),
      }),
    );
  });
}
