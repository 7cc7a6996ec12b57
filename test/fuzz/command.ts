// The command `npm run fuzz`: a campaign of any length, in as many processes as asked for. See campaign.ts.
//   npm run fuzz -- --seed 7 --count 2000 --jobs 2
import { fork } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { type CampaignReport, runCampaign } from './campaign.ts';
import { RandomModules } from './random-module.ts';

const PROGRESS_CASES = 100;

interface Arguments {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly jobs: number;
}

const command = new Command('fuzz')
  .description('compares random modules in the fast and the checked mode with V8')
  .option('--seed <n>', 'seed of the campaign', Number, 1)
  .option('--first <n>', 'number of the first case', Number, 0)
  .option('--count <n>', 'number of cases', Number, 2000)
  .option('--jobs <n>', 'number of processes', Number, 1)
  .parse();
const { seed, first, count, jobs } = command.opts<Arguments>();

async function run(): Promise<CampaignReport> {
  const modules = new RandomModules();
  const folder = path.resolve('test/fuzz/failures');
  const progress = ({ counts }: CampaignReport) => {
    const done = counts.equal + counts.skipped + counts.different;
    if (done % PROGRESS_CASES === 0) console.error(`seed ${seed}, from case ${first}: ${done} of ${count} done`);
  };
  const report = await runCampaign({ seed, first, count, folder, modules, progress });
  modules.close();
  return report;
}

function inProcesses(): Promise<CampaignReport[]> {
  const share = Math.ceil(count / jobs);
  return Promise.all(
    Array.from({ length: jobs }, (_, job) => {
      const start = job * share;
      const args = ['--seed', seed, '--first', first + start, '--count', Math.max(0, Math.min(share, count - start))];
      const child = fork(fileURLToPath(import.meta.url), args.map(String));
      return new Promise<CampaignReport>((resolve, reject) => {
        child.on('message', (report) => resolve(report as CampaignReport));
        child.on('exit', (code) => reject(new Error(`a process of the campaign ended with status ${code}`)));
      });
    }),
  );
}

const reports = jobs > 1 ? await inProcesses() : [await run()];
if (process.send) {
  process.send(reports[0]);
} else {
  const total = (kind: keyof CampaignReport['counts']) => reports.reduce((sum, { counts }) => sum + counts[kind], 0);
  const failures = reports.flatMap((report) => report.failures);
  for (const failure of failures) console.log(failure);
  console.log(
    `seed ${seed}, cases ${first} to ${first + count - 1}: ${total('equal')} equal in V8 and all modes, ` +
      `${total('skipped')} skipped (too long or too deep), ${total('different')} different`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}
process.disconnect?.();
