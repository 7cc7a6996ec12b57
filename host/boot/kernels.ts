// The kernels that come with Manycore, and the files that each finds when it boots: its own libraries and the programs of all.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nearest } from '../../machine/index.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import { guestFile, guestFolder } from '../guest-programs.ts';
import { readHostFile } from '../module-file.ts';

export interface Kernel {
  readonly name: string;
  readonly title: string;
  /** Its options and their values; undefined where nobody knows them. */
  readonly options?: Readonly<Record<string, readonly string[]>>;
  /** Where the image of a kernel of the user's own is. */
  readonly file?: string;
}

export const KERNELS: readonly Kernel[] = [
  {
    name: 'monolith',
    title: 'a conventional shared-memory kernel: processes, threads, demand paging, IPI shootdown',
    options: { locks: ['big', 'fine', 'percpu'] },
  },
  {
    name: 'k42',
    title: 'clustered objects: nothing that all cores share on the way of a page fault or a call',
    options: {
      objects: ['shared', 'distributed'],
      process: ['shared', 'distributed'],
      region: ['shared', 'distributed'],
      fcm: ['shared', 'dhash', 'partitioned'],
      globalpm: ['shared', 'distributed'],
    },
  },
];

/** A file that a guest finds at boot. A path that ends in a slash is an empty directory. */
export interface BootFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Where it came from on the host. */
  readonly origin: string;
}

/** A kernel that comes with Manycore, or the one in a module's file. Throws a CommandFailure where there is no such kernel. */
export function kernelNamed(name: string): Kernel {
  if (name.endsWith('.wasm')) return { name: path.basename(name, '.wasm'), title: name, file: name };
  const found = KERNELS.find((kernel) => kernel.name === name);
  if (found) return found;
  const names = KERNELS.map((kernel) => kernel.name);
  const meant = nearest(name, names);
  throw new CommandFailure(EXIT.usage, `there is no kernel "${name}"`, {
    where: KERNELS.map((kernel) => `${kernel.name}  ${kernel.title}`),
    hint: meant === undefined ? 'a kernel of your own is a file that ends in .wasm' : `did you mean ${meant}?`,
  });
}

/** Throws a CommandFailure for `key=value` that the kernel does not know. */
export function checkOption({ name, options }: Kernel, text: string): void {
  if (options === undefined) return;
  const [key = '', value = ''] = text.split(/=(.*)/s);
  const values = options[key];
  if (values?.includes(value)) return;
  throw new CommandFailure(
    EXIT.usage,
    values === undefined ? `${name} has no option "${key}"` : `${name} does not know ${text}`,
    {
      hint: `it has ${Object.entries(options)
        .map(([known, all]) => `${known}=${all.join('|')}`)
        .join(', ')}`,
    },
  );
}

/** The kernel's image on the host. */
export function kernelFile({ name, file }: Kernel): string {
  return file ?? guestFile(`${name}/kernel`);
}

/** /bin and /lib: the programs, the libraries that they import, and scripts. A kernel of the user's own finds what it is given, and nothing else. */
export function systemFiles({ name, file }: Kernel): BootFile[] {
  if (file !== undefined) return [];
  const programs = path.join(guestFolder(), 'bin');
  if (!existsSync(programs)) {
    throw new CommandFailure(EXIT.file, 'the guest programs are not built', { hint: 'run: npm run build' });
  }
  // Those that any Unix runs, and those that only this kernel does.
  const files = [programs, path.join(guestFolder(), name, 'bin')].flatMap(programsIn);
  files.push(fileOf('/lib/posix.wasm', guestFile(`${name}/posix`)), ...serversOf(name));
  const wasi = path.join(guestFolder(), 'wasi.wasm');
  if (existsSync(wasi)) files.push(fileOf('/lib/wasi_snapshot_preview1.wasm', wasi));
  return [...files, ...scripts()];
}

/** What is in guest/scripts, below /lib. */
function scripts(): BootFile[] {
  const folder = path.join(guestFolder(), 'scripts');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => fileOf(`/lib/${path.relative(folder, file).split(path.sep).join('/')}`, file));
}

/** The servers of a kernel that has some in user mode, below /lib/servers. */
export function serversOf(kernel: string): BootFile[] {
  const folder = path.join(guestFolder(), kernel, 'servers');
  return wasmIn(folder).map((file) => fileOf(`/lib/servers/${file}`, path.join(folder, file)));
}

/** The names of the modules of a folder on the host, in order; none where it is not there. */
function wasmIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.wasm'))
    .sort();
}

/** The programs of a folder on the host, as files in /bin. */
function programsIn(folder: string): BootFile[] {
  return wasmIn(folder).map((file) => fileOf(`/bin/${path.basename(file, '.wasm')}`, path.join(folder, file)));
}

/** A host's file under a guest's path. Throws a CommandFailure where it cannot be read. */
export function fileOf(guestPath: string, hostPath: string): BootFile {
  return { path: guestPath, bytes: readHostFile(hostPath), origin: hostPath };
}
