// Files in memory, for programs that run without a kernel: directories, regular files, /dev/null. Names are strings of bytes (latin1).
import * as abi from '../../../guest/posix/abi.ts';

export interface Node {
  inode: number;
  kind: 'file' | 'directory' | 'null';
  bytes: Uint8Array;
  length: number;
  entries: Map<string, Node>;
  parent: Node | undefined;
  links: number;
  mode: number;
  modified: bigint;
}

/** An error number, thrown where a call of the API would answer it negated. */
export class PosixError extends Error {
  readonly errno: number;

  constructor(errno: number) {
    super(`error ${errno}`);
    this.errno = errno;
  }
}

export class FileTree {
  private inodes = 0;
  readonly root = this.node('directory');

  constructor() {
    for (const folder of ['bin', 'tmp', 'dev']) this.makeDirectory(this.root, folder);
    this.link(this.entry(this.root, '/dev'), 'null', this.node('null'));
  }

  node(kind: Node['kind'], mode = kind === 'directory' ? 0o755 : 0o644): Node {
    const bytes = new Uint8Array(0);
    const modified = BigInt(abi.REALTIME_START) + BigInt(++this.inodes);
    const links = kind === 'directory' ? 2 : 0;
    return { inode: this.inodes, kind, bytes, length: 0, entries: new Map(), parent: undefined, links, mode, modified };
  }

  /** Directory and last name of a path; the directory exists. */
  resolve(from: Node, path: string): { folder: Node; name: string } {
    if (path === '') throw new PosixError(abi.ENOENT);
    if (path.length > abi.PATH_MAX) throw new PosixError(abi.ENAMETOOLONG);
    const parts = path.split('/').filter((part) => part !== '');
    let folder = path.startsWith('/') ? this.root : from;
    for (const part of parts.slice(0, -1)) folder = this.step(folder, part);
    if (folder.kind !== 'directory') throw new PosixError(abi.ENOTDIR);
    return { folder, name: parts.at(-1) ?? '.' };
  }

  find(from: Node, path: string): Node | undefined {
    const { folder, name } = this.resolve(from, path);
    const found = this.child(folder, name);
    if (found && path.endsWith('/') && found.kind !== 'directory') throw new PosixError(abi.ENOTDIR);
    return found;
  }

  entry(from: Node, path: string): Node {
    const found = this.find(from, path);
    if (!found) throw new PosixError(abi.ENOENT);
    return found;
  }

  private step(folder: Node, name: string): Node {
    const next = this.child(folder, name);
    if (!next) throw new PosixError(abi.ENOENT);
    return next;
  }

  private child(folder: Node, name: string): Node | undefined {
    if (folder.kind !== 'directory') throw new PosixError(abi.ENOTDIR);
    if (name.length > abi.NAME_MAX) throw new PosixError(abi.ENAMETOOLONG);
    if (name === '.') return folder;
    if (name === '..') return folder.parent ?? folder;
    return folder.entries.get(name);
  }

  link(folder: Node, name: string, node: Node): void {
    folder.entries.set(name, node);
    node.parent = folder;
    if (node.kind === 'directory') folder.links++;
    else node.links++;
  }

  makeDirectory(from: Node, path: string): Node {
    const { folder, name } = this.resolve(from, path);
    if (this.child(folder, name)) throw new PosixError(abi.EEXIST);
    const made = this.node('directory');
    this.link(folder, name, made);
    return made;
  }

  unlink(from: Node, path: string): void {
    const { folder, name } = this.resolve(from, path);
    const node = this.step(folder, name);
    if (node.kind === 'directory') throw new PosixError(abi.EISDIR);
    folder.entries.delete(name);
    node.links--;
  }

  removeDirectory(from: Node, path: string): void {
    const { folder, name } = this.resolve(from, path);
    const node = this.step(folder, name);
    if (node.kind !== 'directory') throw new PosixError(abi.ENOTDIR);
    if (name === '.' || node === this.root) throw new PosixError(abi.EINVAL);
    if (node.entries.size > 0) throw new PosixError(abi.ENOTEMPTY);
    folder.entries.delete(name);
    folder.links--;
  }

  rename(cwd: Node, from: string, to: string): void {
    const source = this.resolve(cwd, from);
    const target = this.resolve(cwd, to);
    const node = this.step(source.folder, source.name);
    const old = this.child(target.folder, target.name);
    for (let up: Node | undefined = target.folder; up; up = up.parent) {
      if (up === node) throw new PosixError(abi.EINVAL);
    }
    if (old === node) return;
    if (old?.kind === 'directory') {
      if (node.kind !== 'directory') throw new PosixError(abi.EISDIR);
      this.removeDirectory(target.folder, target.name);
    } else if (old) {
      if (node.kind === 'directory') throw new PosixError(abi.ENOTDIR);
      this.unlink(target.folder, target.name);
    }
    source.folder.entries.delete(source.name);
    if (node.kind === 'directory') source.folder.links--;
    else node.links--;
    this.link(target.folder, target.name, node);
  }

  pathOf(node: Node): string {
    const parts: string[] = [];
    for (let at = node; at.parent; at = at.parent) {
      for (const [name, child] of at.parent.entries) if (child === at) parts.unshift(name);
    }
    return `/${parts.join('/')}`;
  }

  /** Puts a file there, with the folders on the way. */
  write(path: string, contents: Uint8Array | string): Node {
    const parts = path.split('/').filter((part) => part !== '');
    let folder = this.root;
    for (const part of parts.slice(0, -1)) folder = folder.entries.get(part) ?? this.makeDirectory(folder, part);
    const file = this.node('file');
    file.bytes = typeof contents === 'string' ? new Uint8Array(Buffer.from(contents)) : contents;
    file.length = file.bytes.length;
    this.link(folder, parts.at(-1) as string, file);
    return file;
  }

  read(path: string): Buffer {
    const node = this.entry(this.root, path);
    return Buffer.from(node.bytes.subarray(0, node.length));
  }
}

/** Makes a file that long, filled up with zeroes. */
export function resize(node: Node, length: number): void {
  if (length > node.bytes.length) {
    const larger = new Uint8Array(Math.max(length, node.bytes.length * 2));
    larger.set(node.bytes.subarray(0, node.length));
    node.bytes = larger;
  } else if (length < node.length) {
    node.bytes.fill(0, length, node.length);
  }
  node.length = length;
}
