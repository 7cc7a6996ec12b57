// What of the host's files a guest sees (--mount HOST:GUEST), and which of the guest's files the host wants back (--export GUEST:HOST).
//
// A guest gets copies: what it writes stays in its own memory, but for what is exported.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import { fileFailure } from '../module-file.ts';
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

/** A file, or all files of a directory and below, in the order of their names. */
function filesUnder(host: string, guest: string): BootFile[] {
  if (!isDirectory(host)) return [fileOf(guest, host)];
  const names = listing(host);
  if (names.length === 0) return [{ path: `${guest}/`, bytes: new Uint8Array(), origin: host }];
  return names.flatMap((name) => filesUnder(path.join(host, name), `${guest === '/' ? '' : guest}/${name}`));
}

function isDirectory(host: string): boolean {
  try {
    return statSync(host).isDirectory();
  } catch (error) {
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

export function parseExports(texts: readonly string[]): Export[] {
  return texts.map((text) => {
    const colon = text.indexOf(':');
    const guest = text.slice(0, colon);
    if (colon <= 0 || !guest.startsWith('/') || colon === text.length - 1) {
      throw new CommandFailure(EXIT.usage, `--export ${text} is not GUEST:HOST`, {
        hint: 'as in --export /tmp/result.txt:result.txt',
      });
    }
    return { guest, host: text.slice(colon + 1) };
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
