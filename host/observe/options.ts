// What the user of a command may ask to observe. Apart from observation.ts, which is loaded when something is asked for.
import { type Command, Option } from 'commander';
import { fileName, fileNameIfAny, integer } from '../cli/option-values.ts';
import { expectWritable } from '../module-file.ts';
import type { Observation } from './observation.ts';

/** Files to write; the extension says which of its formats a report takes. Contention `true`: a short report on stderr. */
export interface ObservationOptions {
  trace?: string;
  flameGraph?: string;
  /** The same as flameGraph. */
  profile?: string;
  /** Cycles between samples of it. */
  sampleCycles?: number;
  counters?: string;
  contention?: string | true;
  /** The same of the guest's objects. */
  objects?: string | true;
}

export const DEFAULT_SAMPLE_CYCLES = 10_000;

/** Adds the options to a command; their values are an ObservationOptions. */
export function addObservationOptions(command: Command): Command {
  return command
    .option('--trace <file>', 'write what happened as Trace Event JSON, for ui.perfetto.dev', fileName)
    .option(
      '--flame-graph <file>',
      'write where the cores spend their cycles: .json for speedscope, else folded stacks',
      fileName,
    )
    .option('--profile <file>', 'the same as --flame-graph', fileName)
    .addOption(
      new Option('--sample-cycles <n>', 'cycles between two samples of a core')
        .argParser(integer(1))
        .default(DEFAULT_SAMPLE_CYCLES),
    )
    .option('--counters <file>', 'write all counters: .json, .csv, else text', fileName)
    .option(
      '--contention [file]',
      'tell which cache lines move between cores; to a file: .json, else text',
      fileNameIfAny,
    )
    .option(
      '--objects [file]',
      'tell how often and on which cores the guest uses its objects; to a file: .json, .csv, else text',
      fileNameIfAny,
    );
}

/** What these options ask for; undefined when that is nothing. Throws a CommandFailure where a file cannot be written. */
export async function observationOf(options: ObservationOptions): Promise<Observation | undefined> {
  const { trace, counters, contention, objects } = options;
  const flameGraph = options.flameGraph ?? options.profile;
  const files = [trace, flameGraph, counters, contention, objects].filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  for (const file of files) if (file !== true) expectWritable(file);
  const { Observation } = await import('./observation.ts');
  return new Observation({ ...options, ...(flameGraph === undefined ? {} : { flameGraph }) });
}
