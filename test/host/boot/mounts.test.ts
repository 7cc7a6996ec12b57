// What --mount gives a guest, and --export takes from it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { expectTree, mountedFiles, parseExports, writeExports } from '../../../host/boot/mounts.ts';
import { CommandFailure } from '../../../host/cli/failure.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'manycore-'));
});

const put = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
};

const failure = (run: () => unknown): CommandFailure => {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
};

describe('mounts', () => {
  test('a file', () => {
    put('a:b.txt', 'text');
    const [file] = mountedFiles([`${folder}/a:b.txt:/x`]);
    expect(file?.path).toBe('/x');
    expect(Buffer.from(file?.bytes ?? []).toString()).toBe('text');
  });

  test('a directory with all that is below, in the order of names; empty ones end in a slash', () => {
    put('data/z', '1');
    put('data/b/c', '2');
    mkdirSync(path.join(folder, 'data/empty'));
    const paths = (mount: string) => mountedFiles([mount]).map((file) => file.path);
    expect(paths(`${folder}/data:/d/`)).toEqual(['/d/b/c', '/d/empty/', '/d/z']);
    expect(paths(`${folder}/data:/`)).toEqual(['/b/c', '/empty/', '/z']);
  });

  test.each(['README.md', 'README.md:relative', ':/x'])('%s is refused', (mount) => {
    expect(failure(() => mountedFiles([mount])).message).toContain('is not HOST:GUEST');
  });

  test('what would not end is refused', () => {
    mkdirSync(path.join(folder, 'tree/below'), { recursive: true });
    const loop = path.join(folder, 'tree/below/loop');
    symlinkSync('..', loop);
    expect(failure(() => mountedFiles([`${folder}/tree:/x`])).message).toContain(
      `cannot mount ${loop}: it is a link to`,
    );
    rmSync(loop);
    symlinkSync('nowhere', loop);
    expect(failure(() => mountedFiles([`${folder}/tree:/x`])).message).toContain('it is a link to what is not there');
    expect(failure(() => mountedFiles(['/dev/zero:/x'])).message).toContain('neither a file nor a directory');
  });

  test('a link beside what it leads to gives two copies', () => {
    put('tree/data/a', '1');
    symlinkSync('data', path.join(folder, 'tree/same'));
    expect(mountedFiles([`${folder}/tree:/x`]).map((file) => file.path)).toEqual(['/x/data/a', '/x/same/a']);
  });

  test('no path is a file and a directory', () => {
    const file = (path: string) => ({ path, bytes: new Uint8Array(), origin: `host${path}` });
    expect(() => expectTree(['/a', '/ab/c', '/b/', '/b/d/e'].map(file))).not.toThrow();
    for (const paths of [
      ['/bin', '/bin/sh'],
      ['/a/b/', '/a'],
      ['/x/y/z', '/x'],
    ]) {
      expect(failure(() => expectTree(paths.map(file))).message).toContain('that is a directory');
    }
  });

  test('what does not exist is named', () => {
    expect(failure(() => mountedFiles([`${folder}/none:/x`])).message).toBe(
      `cannot mount ${folder}/none: there is no such file`,
    );
  });
});

describe('exports', () => {
  test('pieces are put together, folders are made, and what is missing is told', () => {
    const exports = parseExports([`/tmp/out:${folder}/new/out.txt`, `/none:${folder}/none`]);
    const saved = new Map([['/tmp/out', [Buffer.from('a'), Buffer.from('b')]]]);
    expect(writeExports(exports, saved)).toEqual([`there is no file /none to export to ${folder}/none`]);
    expect(readFileSync(path.join(folder, 'new/out.txt'), 'utf8')).toBe('ab');
  });

  test.each(['out', 'relative:out', '/tmp/out:'])('%s is refused', (text) => {
    expect(failure(() => parseExports([text])).message).toContain('is not GUEST:HOST');
  });

  test('where a directory stands, nothing is exported to', () => {
    expect(failure(() => parseExports([`/tmp/out:${folder}`])).message).toContain('it is a directory');
  });
});
