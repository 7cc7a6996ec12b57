// The commands that run experiments.
import { type Command, Option } from 'commander';
import type { Invocation } from './command-line.ts';
import { fileName, integers, MAX_CORES } from './option-values.ts';

const HELP = `
Examples:
  manycore experiment list
  manycore experiment run unmap
  manycore experiment run unmap --cores 1,8-12 --out results
`;

export function addExperiment(
  program: Command,
  { terminal, signal }: Invocation,
  finish: (code: number) => void,
): void {
  const experiment = program
    .command('experiment')
    .description('questions about kernels: list them, run one')
    .addHelpText('after', HELP);
  experiment
    .command('list')
    .description('the experiments, with their questions')
    .action(async () => finish((await import('./experiment.ts')).listExperiments(terminal)));
  experiment
    .command('run')
    .description('run one, and print its table')
    .argument('<name>', 'as list tells it')
    .addOption(
      new Option('--cores <list>', 'numbers of CPUs, as in 1,2,4-8 (default: as list tells)').argParser(
        integers(1, MAX_CORES),
      ),
    )
    .option('--out <dir>', 'write table.json, table.csv and plot.svg there', fileName)
    .option('--json', 'print the table as JSON')
    .action(async (name: string, options) => {
      const { runExperimentCommand } = await import('./experiment.ts');
      const { cores, out } = options;
      const json = options.json === true;
      finish(
        await runExperimentCommand(terminal, name, { cores, out, json, ...(signal === undefined ? {} : { signal }) }),
      );
    });
}
