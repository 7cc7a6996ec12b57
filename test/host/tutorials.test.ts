// The tutorials do what they say: somebody who writes their files and types their commands sees what they print. The first one is followed in a
// folder outside the repository, with the package as `npm pack` makes it and nothing else than what it depends on.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cliScript } from '../../host/guest-programs.ts';
import { follow, pattern, stepsOf } from './tutorial.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const MINUTES = 60_000;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-tutorial-'));
  folders.push(folder);
  return folder;
}

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Installs the package into a folder as npm would, but for fetching what it depends on, which is linked. Returns where its command is. */
function installPackage(folder: string): string {
  const packed = newFolder();
  run('npm', 'pack', '--ignore-scripts', '--pack-destination', packed);
  const [tarball] = readdirSync(packed);
  const modules = path.join(folder, 'node_modules');
  const bin = path.join(modules, '.bin');
  mkdirSync(bin, { recursive: true });
  run('tar', '-xzf', path.join(packed, tarball as string), '-C', packed);
  run('mv', path.join(packed, 'package'), path.join(modules, 'manycore'));
  const { dependencies, bin: commands } = JSON.parse(
    readFileSync(path.join(modules, 'manycore/package.json'), 'utf8'),
  ) as { dependencies: Record<string, string>; bin: Record<string, string> };
  for (const name of Object.keys(dependencies)) {
    const place = path.join(modules, name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', name), place);
  }
  for (const [name, file] of Object.entries(commands)) {
    symlinkSync(path.join(modules, 'manycore', file), path.join(bin, name));
  }
  return bin;
}

/** What of a checkout a kernel is made with, and the commands that its page names. */
function linkCheckout(folder: string): string {
  for (const name of ['asconfig.json', 'node_modules', 'dist'])
    symlinkSync(path.join(ROOT, name), path.join(folder, name));
  mkdirSync(path.join(folder, 'guest'));
  for (const name of ['lib', 'kernel.asconfig.json']) {
    symlinkSync(path.join(ROOT, 'guest', name), path.join(folder, 'guest', name));
  }
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const command = `#!/bin/sh\nexec '${process.execPath}' '${cliScript()}' "$@"\n`;
  writeFileSync(path.join(bin, 'manycore'), command, { mode: 0o755 });
  symlinkSync(path.join(ROOT, 'node_modules/.bin/asc'), path.join(bin, 'asc'));
  return bin;
}

describe.each([
  ['first-program', installPackage],
  ['first-kernel', linkCheckout],
])('%s', (page, prepare) => {
  it('prints what it says', { timeout: 10 * MINUTES }, () => {
    const folder = newFolder();
    const steps = stepsOf(readFileSync(path.join(ROOT, 'docs/tutorials', `${page}.md`), 'utf8'));
    expect(steps.length).toBeGreaterThan(3);
    for (const { step, printed } of follow(steps, folder, prepare(folder))) {
      if ('command' in step)
        expect(`$ ${step.command}\n${printed}`).toMatch(pattern(`$ ${step.command}\n${step.output}`));
    }
  });
});
