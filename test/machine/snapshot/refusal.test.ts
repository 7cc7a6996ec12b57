// Snapshots that are refused: of another version, damaged, without the host's functions, from inside a run. Each message says what is wrong.
import { expect, it } from 'vitest';
import {
  decodeSnapshot,
  encodeSnapshot,
  Machine,
  type MachineSnapshot,
  SnapshotError,
} from '../../../machine/index.ts';
import { beginLinked, LINKED_IMPORTS } from './linked-program.ts';

const machine = new Machine({ cores: 2, ramBytes: 16 * 2 ** 20 });
beginLinked(machine);
machine.run({ maxCycles: 1000 });
const snapshot = machine.snapshot();

function refusal(changed: MachineSnapshot): string {
  try {
    Machine.restore(changed, { imports: LINKED_IMPORTS });
  } catch (error) {
    if (error instanceof SnapshotError) return error.message;
    throw error;
  }
  return 'not refused';
}

it('is not refused as it is', () => {
  expect(refusal(snapshot)).toBe('not refused');
});

it('says which format it has, and what to do', () => {
  expect(refusal({ ...snapshot, format: 99 })).toMatch(/has format 99, .* knows format 2: restore it with the version/);
});

it.each([
  ['layout', 'the layout of machine memory is'],
  ['native', 'the native helper is'],
  ['builtins', 'the built-in functions are'],
] as const)('says that %s differs', (part, words) => {
  const fit = { ...snapshot.fit, [part]: '0123456789abcdef' };
  expect(refusal({ ...snapshot, fit })).toContain(`${words} not what the snapshot was made with`);
});

it('says that a machine of another shape has another native helper', () => {
  const changed = refusal({ ...snapshot, options: { ...snapshot.options, ramBytes: 8 * 2 ** 20, cores: 1 } });
  expect(changed).toContain('the native helper is not what');
});

it('says which translation differs', () => {
  const images = snapshot.images.map((image, i) => (i === 1 ? { ...image, code: '0123456789abcdef' } : image));
  expect(refusal({ ...snapshot, images })).toContain('the translation of image 1 is not what');
});

it('says which function of the host is missing, or has another signature', () => {
  expect(() => Machine.restore(snapshot)).toThrow('call "host"."scramble" of the host: give it among the imports');
  const scramble = { type: { params: [], results: [] }, call: () => [] };
  expect(() => Machine.restore(snapshot, { imports: { host: { scramble } } })).toThrow('with signature 127,127>127');
});

it('says that bytes are no snapshot, not whole, or damaged', () => {
  const bytes = encodeSnapshot(snapshot);
  expect(() => decodeSnapshot(new Uint8Array(100))).toThrow('this is not a snapshot');
  expect(() => decodeSnapshot(bytes.subarray(0, -1))).toThrow(`it has ${bytes.length - 1} bytes of ${bytes.length}`);
  for (const at of [30, 100, bytes.length - 1]) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(() => decodeSnapshot(damaged)).toThrow('the snapshot is damaged');
  }
});

it('is not taken from inside a run', () => {
  const scramble = { ...LINKED_IMPORTS.host?.scramble, call: () => [BigInt(running.snapshot().format)] };
  const running = Machine.restore(snapshot, { imports: { host: { scramble } } as typeof LINKED_IMPORTS });
  expect(() => running.run()).toThrow('a snapshot is taken between two runs');
  expect(running.snapshot().format).toBe(snapshot.format);
});
