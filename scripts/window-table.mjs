// `node scripts/window-table.mjs [MACHINE...]`: how much the window moves what bare guests report, as the tables of docs/timing.md: each cell with
// windows of one cycle and with the machine's own, on 8 cores, where they race as the mean of many seeds.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './asc.mjs';

const CLI = path.join(ROOT, 'dist/cli.js');
const QUIET = [
  ['line-transfer', ['repetitions=8']],
  ['line-transfer', ['repetitions=16', 'cas=1']],
  ['urpc', []],
  ['ipi', []],
  ['mwait', []],
  ['trap', ['operations=200']],
  ['page-touch', ['counts=1,4,8', 'pages=100']],
  ['chase', ['sizes=65536,4194304', 'steps=20000']],
  ['poll', ['rounds=3']],
];
const CONTENDED = [
  ['shared-update', ['counts=8']],
  ['counter', ['counts=8']],
  ['spin', ['counts=2,4,8']],
];
const SEEDS = 12;
/** Guests that measure between all cores of a machine, or on one. */
const ALL_CORES = new Set(['urpc', 'ipi', 'mwait', 'trap', 'chase']);

function table(guest, machine, parameters, window) {
  const cores = ALL_CORES.has(guest) ? [] : ['--cores', '8'];
  const windows = window === undefined ? [] : ['--window', String(window)];
  const words = ['bare', guest, ...parameters, '--machine', machine, ...cores, ...windows, '--json'];
  return JSON.parse(
    execFileSync(process.execPath, [CLI, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

/** [name of the cell, value] of all numbers but the first column. */
function cells({ columns, rows }) {
  return rows.flatMap((row) => columns.slice(1).map(({ name }, i) => [`${name} ${row[0]}`, row[i + 1]]));
}

const percent = (a, b) => (a === b ? 0 : (100 * (b - a)) / a);
const machines = process.argv.length > 2 ? process.argv.slice(2) : ['amd-4x4', 'intel-2x4'];

console.log(`| guest | parameters |${machines.map((name) => ` \`${name}\` |`).join('')}`);
for (const [guest, parameters] of QUIET) {
  const worst = machines.map((machine) => {
    const strict = cells(table(guest, machine, parameters, 1));
    const usual = cells(table(guest, machine, parameters));
    const off = strict.map(([name, value], i) => [Math.abs(percent(value, usual[i][1])), name]);
    const [most, name] = off.filter(([value]) => Number.isFinite(value)).sort(([a], [b]) => b - a)[0];
    return `${most.toFixed(2)} % (${name})`;
  });
  console.log(`| \`${guest}\` | \`${parameters.join(' ')}\` | ${worst.join(' | ')} |`);
}
console.log('\n| machine | cell | window 1 | default | off |');
for (const machine of machines) {
  for (const [guest, parameters] of CONTENDED) {
    const runs = [1, undefined].map((window) =>
      Array.from({ length: SEEDS }, (_, seed) =>
        cells(table(guest, machine, [...parameters, `seed=${seed + 1}`], window)),
      ),
    );
    runs[0][0].forEach(([name], i) => {
      const [strict, usual] = runs.map((list) => {
        const values = list.map((run) => run[i][1]);
        return {
          mean: values.reduce((sum, value) => sum + value, 0) / SEEDS,
          least: Math.min(...values),
          most: Math.max(...values),
        };
      });
      const text = ({ mean, least, most }) => `${mean.toFixed(0)} (${least.toFixed(0)}..${most.toFixed(0)})`;
      console.log(
        `| \`${machine}\` | ${guest} ${name} | ${text(strict)} | ${text(usual)} | ${percent(strict.mean, usual.mean).toFixed(1)} % |`,
      );
    });
  }
}
