// The campaign as a program: seed, number of cases, number of the first, and largest number of cores as arguments.
//   npx esbuild test/machine/check/command.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/memory-campaign.mjs
//   node dist/memory-campaign.mjs 7 1000
import { runCampaign } from './campaign.ts';

const [seed = 1, count = 1000, first = 0, mostCores = 32] = process.argv.slice(2).map(Number);
const result = runCampaign({
  seed,
  count,
  first,
  mostCores,
  progress: (cases, accesses) => {
    if (cases % 100 === 0) console.error(`seed ${seed}: ${cases} cases, ${accesses} accesses`);
  },
});
console.log(
  result.failure ??
    `seed ${seed}: ${result.cases} cases, ${result.accesses} accesses, ${result.checks} lines checked: all runs agree`,
);
process.exitCode = result.failure ? 1 : 0;
