// Lines of shell over files of this repository, and what comes of them: on the host, and on a kernel in one boot for all of them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HostConsole } from '../../../host/boot/host-console.ts';
import { type BootFile, kernelNamed } from '../../../host/boot/kernels.ts';
import { runSystem } from '../../../host/boot/run-system.ts';
import { bootSystem } from '../../../host/boot/system.ts';
import { loadMachineProfile } from '../../../host/machine-profile.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;

/** What every line finds in its working directory: real text, and enough of it for several pages and pipes that fill up. */
const FILES = ['README.md', 'docs/timing.md', 'docs/posix.md', 'docs/profiles.md', 'guest/posix/abi.ts', '.gitignore'];

/** Each begins in a directory of its own, with the files above in it. */
export const LINES: readonly string[] = [
  // Pipelines over real text.
  `cat README.md | grep -i the | sort | wc -l`,
  `wc README.md docs/*.md`,
  `tr -cs 'A-Za-z' '\\n' < README.md | tr A-Z a-z | sort | uniq -c | sort -k1,1nr -k2 | head -n 20`,
  `grep -n '^#' docs/*.md | cut -d: -f1,2 | tail -n 12`,
  `grep -c 'the' README.md docs/timing.md docs/posix.md; grep -l mmap docs/* ; grep -q nothing-like-this README.md; echo $?`,
  `grep -E '^export const [A-Z_]+' guest/posix/abi.ts | cut -d' ' -f3 | sort -r | head -n 5`,
  `cat docs/*.md docs/*.md docs/*.md docs/*.md | sort | uniq -d | wc`,
  `cut -c1-20 docs/posix.md | sort -u | tail -n +30 | head -n 8`,
  `head -c 1000 README.md | tail -c 100 | wc -c; head -n 3 docs/*.md`,
  `grep -v '^$' docs/timing.md | tail -n 5 | cut -b 1-60; grep -iw machine docs/timing.md | wc -l`,
  `seq 1 20000 | sort -n -r | tail -n 3; seq 5 -2 -5 | sort -n | tr '\\n' ' '`,
  `seq 1 5000 | tr -d 1 | sort -u | wc -l; seq 100 | grep -v 7 | cut -c1 | uniq -c`,
  `test "$(cat README.md | cat | cat | cat | cat | cat)" = "$(cat README.md)" && cat README.md | cat | cat | wc -c`,
  `seq 100000 | head -n 1; echo $?`,
  `sort -t: -k2,2n -k1,1 docs/profiles.md | head -n 4; sort -f README.md | uniq -i | wc -l`,
  // Files and directories.
  `mkdir -p a/b/c && cp README.md a/b/c && ls a a/b a/b/c; wc -c < a/b/c/README.md`,
  `cp /bin/sort own && seq 1 3 > three && ./own -r three && cp own other && ./other -r three; rm own other three`,
  `cp -r docs copy && rm docs/posix.md && ls copy docs && cat copy/posix.md | wc -l; rm -r copy; ls copy 2>/dev/null; echo $?`,
  `ls; ls -a; ls docs/p*.md; ls -d docs; ls nothing 2>/dev/null; echo $?`,
  `mv README.md moved; ls; test -e README.md || head -n 1 moved; mkdir d; mv moved d; ls d; rmdir d 2>/dev/null; ls`,
  `echo one > f; echo two >> f; cat f f > g; sort -o g g; cat g; wc -l < g; rm f g; cat f 2>/dev/null || echo gone $?`,
  `: > empty; wc empty; sort empty; rm -f empty nothing; rm nothing 2>/dev/null; echo $?; mkdir docs 2>/dev/null; echo $?`,
  `cat README.md | tee copy | wc -l; tail -n 2 copy; grep -c . copy`,
  `echo kept > f; { rm f; cat; } < f; ls f 2>/dev/null; echo $?`,
  // Status, background, and waiting.
  `false; echo $?; true | false; echo $?; ! grep -q the README.md; echo $?; (exit 9); echo $?; nosuchprogram 2>/dev/null; echo $?`,
  `sleep 0.02 & wait; echo $?; (sleep 0.01; exit 5) & wait $!; echo $?; sh -c 'exit 6' & p=$!; wait $p; echo $?`,
  `for i in 1 2 3 4 5 6 7 8; do grep -c "$i" docs/posix.md > out$i & done; wait; cat out1 out2 out3 out4 out5 out6 out7 out8`,
  `sleep 1000 & p=$!; kill $p; wait $p; echo $?; sh -c 'kill -9 $$'; echo $?; sh -c 'while :; do :; done' & kill -INT $!; kill $!; wait $!; echo on`,
  `sort README.md > s & sort -r README.md > r & wait; sort s > s2; sort r > r2; wc -c s2 r2; head -n 1 r`,
  `(echo a; sleep 0.01; echo b) | (read x; read y; echo "$y$x"); echo x | (exit 3); echo $?`,
  `cat <<E | grep -n two; exit 4
one $((1 + 1)) $(echo "in it")
two \${HOME:+set}
E`,
  // The language.
  `for f in docs/*.md; do echo "$f: $(wc -l < $f) lines, $(grep -c the $f) with the"; done`,
  `i=0; while [ $i -lt 200 ]; do i=$((i + 1)); [ $((i % 7)) -eq 0 ] || continue; echo $i; done | tail -n 3`,
  `n=0; while read -r word rest; do case $word in '#'*) n=$((n + 1));; esac; done < README.md; echo "$n headings"`,
  `echo 'for x; do echo "<$x>"; done; exit $#' > each; sh each 'a b' "c'd" *.md; echo $?; sh < each; echo $?`,
  `f() { [ $1 -le 1 ] && { echo 1; return; }; echo $(($1 * $(f $(($1 - 1))))); }; f 6`,
  `f() { if [ $1 -gt 0 ]; then f $(($1 - 1)); else echo bottom; fi; }; f 300`,
  `yes_() { while :; do echo y || exit; done; }; yes_ | head -n 3; i=0; while [ $i -lt 40 ]; do (exit 1) & i=$((i + 1)); done; wait; echo $?`,
  `x='two  words'; echo $x "$x" '$x' \\$x "\${x%% *}" \${#x}; set -- $x; echo $# $2; echo *.md 'd*' "*" [Rr]*`,
  `until test -s ready; do (sleep 0.01; echo now > ready) & wait; done; cat ready; printf '%5d|%-5s|%x\\n' 42 ab 255`,
  `{ echo out; echo err >&2; } 2>&1 >file | cat; cat file; exec 4<README.md; read -r first <&4; echo "$first"; wc -l <&4`,
  `x=$(seq 3000); echo "$x" | wc; set -- $x; echo $# \${1} \${3000}`,
  `sh -c 'sh -c "sh -c \\"echo deep; exit 3\\"; echo \\$?"; exit 4'; echo $?; echo a | sh -c 'read x; echo $x$x; exec grep -c the README.md'`,
];

export interface LineResult {
  readonly stdout: string;
  readonly status: number;
}

/** What a line did, with what it wrote to stderr: for whoever looks into a difference. */
export interface GuestResult extends LineResult {
  readonly stderr: string;
}

function contents(file: string): Uint8Array {
  return readFileSync(path.join(ROOT, file));
}

/** By dash and the host's tools, in the C locale. */
export function onHost(line: string): LineResult {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-lines-'));
  try {
    for (const file of FILES) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), contents(file));
    }
    const { status, stdout } = spawnSync('sh', ['-c', line], {
      cwd: folder,
      input: '',
      encoding: 'latin1',
      env: { PATH: process.env.PATH, HOME: '/', LC_ALL: 'C' },
      timeout: 20_000,
    });
    return { status: status ?? -1, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A byte that no line writes: it stands between what one has written and what the next one does. */
const SEPARATOR = '\x1e';

/** Far more than all lines need: what hangs ends there. */
const MAX_CYCLES = 20_000_000_000;

export interface Configuration {
  readonly kernel: string;
  readonly machine: string;
  readonly cores: number;
  /** Options of the kernel. */
  readonly options: readonly string[];
}

/** By the shell of a guest and its programs, one line after the other on one machine. Lines that were not reached have no result. */
export async function onKernel(lines: readonly string[], configuration: Configuration): Promise<GuestResult[]> {
  const texts = ['', '', ''];
  const system = bootSystem({
    kernel: kernelNamed(configuration.kernel),
    profile: loadMachineProfile(configuration.machine, []),
    cores: configuration.cores,
    request: { options: configuration.options, exports: [], program: ['sh', '/lines/all'] },
    files: [...filesOf(lines), { path: '/lines/all', bytes: Buffer.from(scriptOf(lines)), origin: '' }],
    terminal: false,
    onConsole: (stream, bytes) => {
      texts[stream] += Buffer.from(bytes).toString('latin1');
    },
    onLog: (_, text) => {
      texts[2] += text;
    },
  });
  await runSystem(system, { console: new HostConsole(undefined), maxCycles: MAX_CYCLES });
  const [, out, err] = texts.map((text) => text.split(SEPARATOR)) as [string[], string[], string[]];
  // Behind each line stands its status; the last piece is what came without an end.
  return lines.map((_, i) => ({
    stdout: out[2 * i] ?? '',
    status: Number(out[2 * i + 1] ?? -1),
    stderr: err[i] ?? '',
  }));
}

function filesOf(lines: readonly string[]): BootFile[] {
  return lines.flatMap((line, i) => [
    { path: `/lines/${i}.sh`, bytes: Buffer.from(line), origin: '' },
    ...FILES.map((file) => ({ path: `/work/${i}/${file}`, bytes: contents(file), origin: file })),
  ]);
}

/** Does what `onHost` does, for every line. */
function scriptOf(lines: readonly string[]): string {
  return lines
    .map((_, i) => `cd /work/${i}; sh -c "$(cat /lines/${i}.sh)"; printf '\\036%d\\036' $?; printf '\\036' >&2\n`)
    .join('');
}
