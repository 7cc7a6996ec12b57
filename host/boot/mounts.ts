// What of the host's files a guest sees (--mount HOST:GUEST), and which of the guest's files the host wants back (--export GUEST:HOST).
//
// A guest gets copies: what it writes stays in its own memory, but for what is exported.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import { expectWritable, fileFailure } from '../module-file.ts';
import { type BootFile, fileOf } from './kernels.ts';

export interface Export {
  readonly guest: string;
  readonly host: string;
}

/** The files below each HOST:GUEST. Throws a CommandFailure where one is not written so, or cannot be read. */
export function mountedFiles(mounts: readonly string[]): BootFile[] {
  return mounts.flatMap((mount) => {
    // The last colon: what is behind it begins with a slash.
    const colon = mount.lastIndexOf(':');
    const guest = mount.slice(colon + 1);
    if (colon <= 0 || !guest.startsWith('/')) {
      throw new CommandFailure(EXIT.usage, `--mount ${mount} is not HOST:GUEST`, {
        hint: 'as in --mount README.md:/README.md, or --mount ./data:/data',
      });
    }
    return filesUnder(mount.slice(0, colon), guest.replace(/(?<=.)\/+$/, ''));
  });
}

/** A file, or all files of a directory and below, in the order of their names. `above` are the directories on the way to it. */
function filesUnder(host: string, guest: string, above: readonly string[] = []): BootFile[] {
  if (!isDirectory(host, above.length > 0)) return [fileOf(guest, host)];
  const real = realpathSync(host);
  if (above.includes(real)) {
    throw new CommandFailure(EXIT.file, `cannot mount ${host}: it is a link to ${real}, in which it stands`);
  }
  const names = listing(host);
  if (names.length === 0) return [{ path: `${guest}/`, bytes: new Uint8Array(), origin: host }];
  return names.flatMap((name) =>
    filesUnder(path.join(host, name), `${guest === '/' ? '' : guest}/${name}`, [...above, real]),
  );
}

/** Throws a CommandFailure for what never ends or could never begin: devices, sockets, and pipes that nobody has named. */
function isDirectory(host: string, isFound: boolean): boolean {
  const stats = statsOf(host);
  if (stats.isDirectory() || stats.isFile() || (stats.isFIFO() && !isFound)) return stats.isDirectory();
  throw new CommandFailure(EXIT.file, `cannot mount ${host}: it is neither a file nor a directory`);
}

function statsOf(host: string): Stats {
  try {
    return statSync(host);
  } catch (error) {
    const isLink = lstatSync(host, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink) throw new CommandFailure(EXIT.file, `cannot mount ${host}: it is a link to what is not there`);
    throw fileFailure('mount', host, error);
  }
}

function listing(host: string): string[] {
  try {
    return readdirSync(host).sort();
  } catch (error) {
    throw fileFailure('mount', host, error);
  }
}

/** Throws a CommandFailure where a path would be a file and a directory. */
export function expectTree(files: readonly BootFile[]): void {
  const origins = new Map(files.map(({ path, origin }) => [path, origin]));
  for (const { path, origin } of files) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = path.slice(0, end);
      const file = origins.get(above);
      if (file === undefined) continue;
      throw new CommandFailure(EXIT.usage, `${file} cannot be mounted as ${above}: that is a directory`, {
        where: [`${path} is in it (${origin})`],
        hint: 'mount it under another path',
      });
    }
  }
}

/** Throws a CommandFailure where one is not written so, or could not be exported. */
export function parseExports(texts: readonly string[]): Export[] {
  return texts.map((text) => {
    const colon = text.indexOf(':');
    const guest = text.slice(0, colon);
    if (colon <= 0 || !guest.startsWith('/') || colon === text.length - 1) {
      throw new CommandFailure(EXIT.usage, `--export ${text} is not GUEST:HOST`, {
        hint: 'as in --export /tmp/result.txt:result.txt',
      });
    }
    const host = text.slice(colon + 1);
    // A folder that is not there is made at the end.
    if (existsSync(path.dirname(host))) expectWritable(host);
    return { guest, host };
  });
}

/** Writes what the guest has saved, by its path there, to where the user wants it. Returns a sentence for each file that is missing. */
export function writeExports(exports: readonly Export[], saved: ReadonlyMap<string, readonly Uint8Array[]>): string[] {
  const missing: string[] = [];
  for (const { guest, host } of exports) {
    const pieces = saved.get(guest);
    if (pieces === undefined) {
      missing.push(`there is no file ${guest} to export to ${host}`);
      continue;
    }
    try {
      const folder = path.dirname(host);
      if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
      writeFileSync(host, Buffer.concat(pieces));
    } catch (error) {
      throw fileFailure('write', host, error);
    }
  }
  return missing;
}
