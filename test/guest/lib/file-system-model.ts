// A file system as simple as can be, for comparison: maps of names, contents in one array. Errors are negated numbers of Linux.

export const ENOENT = -2;
export const EBADF = -9;
export const EBUSY = -16;
export const EEXIST = -17;
export const ENOTDIR = -20;
export const EISDIR = -21;
export const EINVAL = -22;
export const ENAMETOOLONG = -36;
export const ENOTEMPTY = -39;

export const O_ACCMODE = 3;
export const O_CREAT = 0x40;
export const O_EXCL = 0x80;
export const O_TRUNC = 0x200;
export const O_DIRECTORY = 0x10000;

const PAGE = 4096;

export class FileNode {
  bytes = new Uint8Array(0);
  links = 1;
  /** Indices of pages that are no holes. */
  readonly pages = new Set<number>();

  get size(): number {
    return this.bytes.length;
  }

  resize(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, size));
    this.bytes = bytes;
    for (const page of this.pages) if (page * PAGE >= size) this.pages.delete(page);
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (offset + bytes.length > this.size) this.resize(offset + bytes.length);
    this.bytes.set(bytes, offset);
    for (let page = Math.floor(offset / PAGE); page * PAGE < offset + bytes.length; page++) this.pages.add(page);
  }

  /** The whole page, also behind the end; undefined for a hole. */
  page(index: number, allocate: boolean): Uint8Array | undefined {
    if (index * PAGE >= this.size) return undefined;
    if (allocate) this.pages.add(index);
    if (!this.pages.has(index)) return undefined;
    const page = new Uint8Array(PAGE);
    page.set(this.bytes.subarray(index * PAGE, (index + 1) * PAGE));
    return page;
  }
}

export class DirectoryNode {
  readonly names = new Map<string, Node>();
  /** Undefined when it has been removed. */
  parent: DirectoryNode | undefined;

  constructor(parent?: DirectoryNode) {
    this.parent = parent ?? this;
  }

  get size(): number {
    return this.names.size;
  }

  get links(): number {
    if (!this.parent) return 0;
    return 2 + [...this.names.values()].filter((node) => node instanceof DirectoryNode).length;
  }
}

export type Node = FileNode | DirectoryNode;

interface Last {
  readonly directory: DirectoryNode;
  readonly name: string;
  readonly slash: boolean;
}

function isSpecial(name: string): boolean {
  return name === '' || name === '.' || name === '..';
}

function child(directory: DirectoryNode, name: string): Node | undefined {
  if (name === '' || name === '.') return directory;
  return name === '..' ? directory.parent : directory.names.get(name);
}

function isWithin(directory: DirectoryNode, other: DirectoryNode): boolean {
  for (let at: DirectoryNode | undefined = directory; at; at = at.parent === at ? undefined : at.parent) {
    if (at === other) return true;
  }
  return false;
}

export class FileSystemModel {
  readonly root = new DirectoryNode();
  cwd = this.root;

  #last(path: string): Last | number {
    if (path === '') return ENOENT;
    let directory = path.startsWith('/') ? this.root : this.cwd;
    const names = path.split('/').filter((name) => name !== '');
    for (const [i, name] of names.entries()) {
      if (name.length > 255) return ENAMETOOLONG;
      if (i === names.length - 1) return { directory, name, slash: path.endsWith('/') };
      const next = child(directory, name);
      if (!next) return ENOENT;
      if (next instanceof FileNode) return ENOTDIR;
      directory = next;
    }
    return { directory, name: '', slash: false };
  }

  lookup(path: string): Node | number {
    const last = this.#last(path);
    if (typeof last === 'number') return last;
    const node = child(last.directory, last.name);
    if (!node) return ENOENT;
    return last.slash && node instanceof FileNode ? ENOTDIR : node;
  }

  open(path: string, flags: number): Node | number {
    if (flags & O_CREAT && flags & O_DIRECTORY) return EINVAL;
    const node = flags & O_CREAT ? this.#create(path, flags) : this.lookup(path);
    if (typeof node === 'number') return node;
    if (node instanceof DirectoryNode) return flags & O_ACCMODE ? EISDIR : node;
    if (flags & O_DIRECTORY) return ENOTDIR;
    if (flags & O_TRUNC && flags & O_ACCMODE) node.resize(0);
    return node;
  }

  #create(path: string, flags: number): Node | number {
    const last = this.#last(path);
    if (typeof last === 'number') return last;
    if (isSpecial(last.name) || last.slash) {
      const there = this.lookup(path);
      if (there === ENOENT) return EISDIR;
      if (typeof there === 'number') return there;
      return flags & O_EXCL ? EEXIST : EISDIR;
    }
    if (!last.directory.parent) return ENOENT;
    const there = last.directory.names.get(last.name);
    if (there) return flags & O_EXCL ? EEXIST : there instanceof DirectoryNode ? EISDIR : there;
    const file = new FileNode();
    last.directory.names.set(last.name, file);
    return file;
  }

  mkdir(path: string): number {
    const last = this.#last(path);
    if (typeof last === 'number') return last;
    const { directory, name } = last;
    if (isSpecial(name)) return EEXIST;
    if (!directory.parent) return ENOENT;
    if (directory.names.has(name)) return EEXIST;
    directory.names.set(name, new DirectoryNode(directory));
    return 0;
  }

  unlink(path: string): number {
    const last = this.#last(path);
    if (typeof last === 'number') return last;
    if (isSpecial(last.name)) return EISDIR;
    const node = last.directory.names.get(last.name);
    if (!node) return ENOENT;
    if (node instanceof DirectoryNode) return EISDIR;
    if (last.slash) return ENOTDIR;
    last.directory.names.delete(last.name);
    node.links--;
    return 0;
  }

  rmdir(path: string): number {
    const last = this.#last(path);
    if (typeof last === 'number') return last;
    if (isSpecial(last.name)) return last.name === '' ? EBUSY : last.name === '.' ? EINVAL : ENOTEMPTY;
    const node = last.directory.names.get(last.name);
    if (!node) return ENOENT;
    if (node instanceof FileNode) return ENOTDIR;
    if (node.size > 0) return ENOTEMPTY;
    last.directory.names.delete(last.name);
    node.parent = undefined;
    return 0;
  }

  rename(from: string, to: string): number {
    const source = this.#last(from);
    if (typeof source === 'number') return source;
    const target = this.#last(to);
    if (typeof target === 'number') return target;
    if (isSpecial(source.name) || isSpecial(target.name)) return EBUSY;
    if (!target.directory.parent) return ENOENT;
    const moved = source.directory.names.get(source.name);
    const replaced = target.directory.names.get(target.name);
    if (!moved) return ENOENT;
    if (moved instanceof DirectoryNode) {
      if (isWithin(target.directory, moved)) return EINVAL;
      if (replaced === moved) return 0;
      if (replaced instanceof FileNode) return ENOTDIR;
      if (replaced && replaced.size > 0) return ENOTEMPTY;
    } else {
      if (source.slash || target.slash) return ENOTDIR;
      if (replaced instanceof DirectoryNode) return EISDIR;
      if (replaced === moved) return 0;
    }
    source.directory.names.delete(source.name);
    target.directory.names.set(target.name, moved);
    if (moved instanceof DirectoryNode) moved.parent = target.directory;
    if (replaced instanceof DirectoryNode) replaced.parent = undefined;
    if (replaced instanceof FileNode) replaced.links--;
    return 0;
  }

  chdir(path: string): number {
    const node = this.lookup(path);
    if (typeof node === 'number') return node;
    if (node instanceof FileNode) return ENOTDIR;
    this.cwd = node;
    return 0;
  }

  path(): string | number {
    const names: string[] = [];
    for (let at = this.cwd; at !== this.root; ) {
      const { parent } = at;
      if (!parent) return ENOENT;
      for (const [name, node] of parent.names) if (node === at) names.unshift(name);
      at = parent;
    }
    return `/${names.join('/')}`;
  }
}
