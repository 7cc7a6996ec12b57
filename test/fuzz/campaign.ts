// Campaigns of differential cases: a case is given by the seed and its number, and each goes through one setting of cores and window,
// so that all settings are gone through in turn. What fails is made smaller and kept as a file.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Choices, shrinkChoices } from './choices.ts';
import { compareModule, type DifferentialVerdict, SETTINGS } from './differential.ts';
import { exportEverything } from './export-everything.ts';
import { generateProgram } from './program.ts';
import { Random } from './random.ts';
import type { RandomModules } from './random-module.ts';
import { shrinkModule } from './shrink.ts';
import { type Subject, subjectOf } from './subject.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** Number of the first case, and of cases. */
  readonly first: number;
  readonly count: number;
  /** Where failing modules are written. */
  readonly folder: string;
  /** Makes every other case one of binaryen's modules. */
  readonly modules?: RandomModules;
  readonly progress?: (report: CampaignReport) => void;
}

export interface CampaignReport {
  readonly counts: Record<DifferentialVerdict['kind'], number>;
  readonly failures: string[];
}

const MOST_FAILURES = 5;
/** How long a failure is made smaller. */
const SHRINKING_MS = 30_000;
const PROGRAM_FUEL = { name: 'g0', value: 300n };

function judgeProgram(choices: Choices, seed: number, number: number): DifferentialVerdict {
  return judge(subjectOf(generateProgram(choices), seed, PROGRAM_FUEL), number);
}

function judge(subject: Subject, number: number): DifferentialVerdict {
  const setting = SETTINGS[(number >>> 1) % SETTINGS.length] as (typeof SETTINGS)[number];
  return compareModule(subject, setting, number + 1);
}

/** One case: what came of it, and for a failure the module made smaller. */
async function runCase(options: CampaignOptions, number: number): Promise<[DifferentialVerdict, Uint8Array]> {
  const { seed, modules } = options;
  const deadline = performance.now() + SHRINKING_MS;
  if (modules && number % 2 === 1) {
    const bytes = exportEverything(await modules.generate(seed, number));
    const verdict = judge(binaryenSubject(bytes, seed), number);
    if (verdict.kind !== 'different') return [verdict, bytes];
    const shrunk = shrinkModule(bytes, (candidate) => {
      if (performance.now() > deadline || !WebAssembly.validate(candidate as BufferSource)) return false;
      return judge(binaryenSubject(candidate, seed), number).kind === 'different';
    });
    return [judge(binaryenSubject(shrunk, seed), number), shrunk];
  }
  const choices = new Choices(new Random(seed, number));
  const verdict = judgeProgram(choices, seed, number);
  if (verdict.kind !== 'different') return [verdict, new Uint8Array()];
  const fails = (list: readonly number[]) =>
    performance.now() < deadline && judgeProgram(new Choices(list), seed, number).kind === 'different';
  const shrunk = shrinkChoices(choices.taken, fails);
  return [judgeProgram(new Choices(shrunk), seed, number), generateProgram(new Choices(shrunk))];
}

/** Binaryen's modules count their calls and iterations down from 100 in a global of their own. */
function binaryenSubject(bytes: Uint8Array, seed: number): Subject {
  const { module, globals } = subjectOf(bytes, seed);
  const limit = module.globals.findLastIndex(
    ({ type, init }) => type.mutable && init?.kind === 'const' && init.bits === 100n,
  );
  const name = module.exports.find(({ kind, index }) => kind === 'global' && index === limit)?.name;
  const exported = name !== undefined && globals.some((global) => global.name === name);
  return subjectOf(bytes, seed, exported ? { name, value: 100n } : undefined);
}

export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const report: CampaignReport = { counts: { equal: 0, skipped: 0, different: 0 }, failures: [] };
  for (let number = options.first; number < options.first + options.count; number++) {
    const [verdict, bytes] = await runCase(options, number);
    report.counts[verdict.kind]++;
    if (verdict.kind === 'different') {
      mkdirSync(options.folder, { recursive: true });
      const file = path.join(options.folder, `seed-${options.seed}-case-${number}.wasm`);
      writeFileSync(file, bytes);
      report.failures.push(`seed ${options.seed}, case ${number}: ${verdict.message}\n  module: ${file}`);
      if (report.failures.length >= MOST_FAILURES) break;
    }
    options.progress?.(report);
  }
  return report;
}
