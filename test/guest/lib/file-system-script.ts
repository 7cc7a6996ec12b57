// Random scripts of calls of a file system, as file-system.assembly.ts follows them, and what its model answers: thousands of random calls, with paths
// through directories that come and go, files that are open without a name, holes, and pages that are looked at from outside.
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  DirectoryNode,
  EBADF,
  EINVAL,
  FileNode,
  FileSystemModel,
  type Node,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_TRUNC,
} from './file-system-model.ts';
import type { GuestRun } from './kernel-runs.ts';
import { results, type Step as ScriptStep, scriptText } from './script.ts';

/** As in file-system.assembly.ts. */
const OPERATIONS = [
  'open',
  'close',
  'read',
  'write',
  'truncate',
  'stat',
  'mkdir',
  'unlink',
  'rmdir',
  'rename',
  'list',
  'chdir',
  'path',
  'frame',
  'adopt',
  'used-frames',
] as const;
type Operation = (typeof OPERATIONS)[number];
export type Step = ScriptStep<Operation>;

const SLOTS = 8;
const NAMES = ['', 'a', 'b', 'c', 'd', '..', '.', 'x'.repeat(256)];
const ROOT = 0x1000;
const SLASH = 0x2000;
export const ALLOCATE = 0x100;

function pathText(path: number): string {
  const names: string[] = [];
  for (let i = 0; i < 4 && (path >> (3 * i)) & 7; i++) names.push(NAMES[(path >> (3 * i)) & 7] as string);
  return (path & ROOT ? '/' : '') + names.join('/') + (path & SLASH ? '/' : '');
}

/** As the kernel sums up what it has read. */
function sum(bytes: Uint8Array): number {
  let hash = bytes.length;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return hash >>> 1;
}

function textSum(text: string): number {
  return sum(new TextEncoder().encode(text));
}

function listSum(directory: DirectoryNode): number {
  if (!directory.parent) return 0;
  const all: [string, Node][] = [['.', directory], ['..', directory.parent], ...directory.names];
  return all.reduce(
    (hash, [name, node]) => (Math.imul(hash, 31) + textSum(name) + (node instanceof FileNode ? 8 : 4)) & 0xffffff,
    0,
  );
}

function written(b: number): Uint8Array {
  return Uint8Array.from({ length: b & 0xffff }, (_, i) => b * 7 + i * (i >> 8) + i);
}

/** What the kernel must answer. */
class Model {
  readonly files = new FileSystemModel();
  readonly #slots: (Node | undefined)[] = new Array(SLOTS).fill(undefined);

  expected({ operation, a, b }: Step): number {
    switch (operation) {
      case 'open':
        return this.#open(pathText(a), b % SLOTS, Math.floor(b / SLOTS));
      case 'mkdir':
      case 'unlink':
      case 'rmdir':
      case 'chdir':
        return this.files[operation](pathText(a));
      case 'rename':
        return this.files.rename(pathText(a), pathText(b));
      case 'path': {
        const path = this.files.path();
        return typeof path === 'number' ? path : textSum(path);
      }
      default:
        return this.#use(operation, a, b);
    }
  }

  #open(path: string, slot: number, flags: number): number {
    this.#slots[slot] = undefined;
    const node = this.files.open(path, flags);
    if (typeof node === 'number') return node;
    this.#slots[slot] = node;
    return node instanceof FileNode ? 8 : 4;
  }

  #use(operation: Operation, slot: number, b: number): number {
    const node = this.#slots[slot];
    if (!node) return EBADF;
    if (operation === 'close') {
      this.#slots[slot] = undefined;
      return 0;
    }
    if (operation === 'stat') return 100 * node.size + node.links;
    if (operation === 'list') {
      if (node instanceof FileNode) return EBADF;
      return b < 24 && node.parent ? EINVAL : listSum(node);
    }
    return node instanceof FileNode ? useFile(operation, node, b) : EBADF;
  }
}

function useFile(operation: Operation, file: FileNode, b: number): number {
  const offset = (b >> 16) * 1111;
  if (operation === 'truncate') file.resize(offset);
  if (operation === 'read') {
    const bytes = file.bytes.subarray(offset, offset + (b & 0xffff));
    return bytes.length === 0 ? 0 : sum(bytes);
  }
  if (operation === 'write') {
    file.write(offset, written(b));
    return b & 0xffff;
  }
  if (operation === 'frame') {
    const page = file.page(b & 0xff, (b & ALLOCATE) !== 0);
    return page ? sum(page) : -1;
  }
  if (operation === 'adopt' && file.size === 0) file.write(0, new Uint8Array(10_000).fill(0x55));
  return 0;
}

// --- random calls

const component = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 2, arbitrary: fc.constant(5) },
  { weight: 1, arbitrary: fc.constantFrom(6, 7) },
);
const ending = fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(SLASH) });
const anyPath = fc
  .tuple(fc.array(component, { maxLength: 3 }), fc.constantFrom(0, ROOT), ending)
  .map(([components, root, slash]) => components.reduce((path, c, i) => path | (c << (3 * i)), root | slash));
/** Few, so that calls meet. */
const slot = fc.nat(3);
const none = fc.constant(0);
const flags = fc
  .tuple(
    fc.nat(2),
    fc.constantFrom(0, O_CREAT, O_CREAT, O_CREAT | O_EXCL),
    fc.constantFrom(0, 0, 0, O_TRUNC, O_DIRECTORY),
    slot,
  )
  .map(([access, create, more, slot]) => (access | create | more) * SLOTS + slot);
/** An offset mostly near, sometimes behind the 1024th page; and a length. */
const near = fc.nat(20);
const place = fc
  .tuple(fc.oneof({ weight: 8, arbitrary: near }, { weight: 1, arbitrary: fc.nat(4000) }), fc.nat(20_000))
  .map(([offset, bytes]) => offset * 65536 + bytes);

const step = (weight: number, operation: Operation, a: fc.Arbitrary<number>, b: fc.Arbitrary<number>) => ({
  weight,
  arbitrary: fc.record({ core: none, operation: fc.constant(operation), a, b }),
});

const CONTENTS = [
  step(8, 'read', slot, place),
  step(8, 'write', slot, place),
  step(5, 'truncate', slot, place),
  step(3, 'stat', slot, none),
  step(3, 'frame', slot, fc.nat(2 * ALLOCATE - 1)),
  step(1, 'adopt', slot, none),
];

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  ...CONTENTS,
  step(14, 'open', anyPath, flags),
  step(3, 'close', slot, none),
  step(12, 'mkdir', anyPath, none),
  step(5, 'unlink', anyPath, none),
  step(5, 'rmdir', anyPath, none),
  step(12, 'rename', anyPath, anyPath),
  step(4, 'list', slot, fc.constantFrom(16, 24, 100, 4096)),
  step(4, 'chdir', anyPath, none),
  step(3, 'path', none, none),
);
const OPENED: Step[] = [0, 1, 2, 3].map((a) => ({
  core: 0,
  operation: 'open',
  a: ROOT | (a + 1),
  b: (O_CREAT | 2) * SLOTS + a,
}));
const REMOVED: Step[] = [0, 1].map((a) => ({ core: 0, operation: 'unlink', a: ROOT | (a + 1), b: 0 }));

/** Closes and removes everything. */
function cleanUp({ files }: Model): Step[] {
  const steps: Step[] = Array.from({ length: SLOTS }, (_, a) => ({ core: 0, operation: 'close', a, b: 0 }));
  steps.push({ core: 0, operation: 'chdir', a: ROOT, b: 0 });
  const remove = (directory: DirectoryNode, path: number, depth: number) => {
    for (const [name, node] of directory.names) {
      // Deeper than a path is long.
      if (depth === 4) return;
      const a = path | (NAMES.indexOf(name) << (3 * depth));
      if (node instanceof DirectoryNode) remove(node, a, depth + 1);
      steps.push({ core: 0, operation: node instanceof FileNode ? 'unlink' : 'rmdir', a, b: 0 });
    }
  };
  remove(files.root, ROOT, 0);
  return steps;
}

/** Mostly of names; and of four files that are open, two of them removed sometime. */
export const SCRIPTS: Record<string, fc.Arbitrary<Step[]>> = {
  names: fc.array(anyStep, { minLength: 400, maxLength: 800 }),
  contents: fc
    .array(fc.oneof(...CONTENTS), { minLength: 300, maxLength: 500 })
    .map((steps) => [...OPENED, ...steps.slice(0, 150), ...REMOVED, ...steps.slice(150)]),
};

/** Runs steps and whatever they need to come to an end, and compares; `usedFrames` may be left. */
export function follows(run: (commandLine: string) => GuestRun, random: readonly Step[], usedFrames: number): void {
  const model = new Model();
  const expected = random.map((step) => model.expected(step));
  const end = cleanUp(model);
  expected.push(...end.map((step) => model.expected(step)));
  const steps = [...random, ...end, { core: 0, operation: 'used-frames', a: 0, b: 0 } as const];
  const values = results(run(scriptText(OPERATIONS, steps)));
  const used = values.pop();
  for (const [i, value] of values.entries()) {
    const { operation, a, b } = steps[i] as Step;
    const call = `${i}: ${operation} ${pathText(a)} ${a} ${b}`;
    expect(`${call}: ${value}`).toBe(`${call}: ${expected[i]}`);
  }
  // Nothing is left but what objects are cut from.
  if (model.files.root.size === 0) expect(used).toBeLessThan(usedFrames);
}
