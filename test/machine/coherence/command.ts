// The campaign as a program: seed, number of accesses and largest number of cores as arguments.
//   npx esbuild test/machine/coherence/command.ts --bundle --platform=node --format=esm --outfile=dist/coherence.mjs
//   node dist/coherence.mjs 7 10000000 32
import { runCampaign } from './campaign.ts';

const [seed = 1, accesses = 10_000_000, mostCores = 32] = process.argv.slice(2).map(Number);
let shown = 0;
const result = runCampaign({
  seed,
  accesses,
  mostCores,
  progress: (done, cases) => {
    if (done - shown < 1_000_000) return;
    shown = done;
    console.error(`seed ${seed}: ${done} accesses in ${cases} cases`);
  },
});
console.log(
  result.failure ??
    `seed ${seed}: ${result.accesses} accesses in ${result.cases} cases, ${result.checks} checks: coherent`,
);
for (const [row, count] of [...result.rows].sort()) console.log(`  ${row}: ${count}`);
process.exitCode = result.failure ? 1 : 0;
