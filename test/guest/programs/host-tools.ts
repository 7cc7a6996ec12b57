// Runs a line of shell in the shim and on the host, with the same files, so that a test can hold one against the other.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GuestOutcome, type Outcome, World } from '../posix/world.ts';

export interface Case {
  /** Contents of the working directory, by path. */
  files?: Record<string, string | Uint8Array>;
  stdin?: string | Uint8Array;
}

/** What the host's tools answer, in the C locale, in a folder of their own. */
export function onHost(argv: string[], { files = {}, stdin = '' }: Case = {}): Outcome {
  const folder = mkdtempSync(path.join(tmpdir(), 'manycore-programs-'));
  try {
    for (const [name, contents] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), contents);
    }
    const [command, ...rest] = argv as [string, ...string[]];
    const { status, stdout, stderr } = spawnSync(command, rest, {
      cwd: folder,
      input: stdin,
      env: { PATH: process.env.PATH, HOME: '/', LC_ALL: 'C' },
      maxBuffer: 1 << 28,
    });
    return { status: status ?? -1, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the guest's programs answer, in /work of a new world. */
export function onGuest(argv: string[], { files = {}, stdin = '' }: Case = {}): GuestOutcome & { world: World } {
  const world = new World();
  world.files.makeDirectory(world.files.root, 'work');
  for (const [name, contents] of Object.entries(files)) world.files.write(`/work/${name}`, contents);
  return { ...world.run(argv, { stdin, cwd: '/work' }), world };
}
