// 24 threads of one process fault on the same page, which is in memory. With distributed objects they share nothing: no line that one of them writes is touched by
// another. With shared objects the contention report says by name what they share (K42, section 4.5).
import { beforeAll, describe, expect, it } from 'vitest';
import { type ContendedLine, Contention, type Observer, profileNamed } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const CORES = 24;
const ROUNDS = 10;

/** What contention sees between the guest's marks. */
function betweenMarks(contention: Contention): Observer {
  let isCounted = false;
  return {
    attach: (machine) => contention.attach(machine),
    label: (...label) => contention.label(...label),
    mark: (_core, _time, name) => {
      isCounted = name === 'begin';
    },
    transaction: (transaction) => {
      if (isCounted) contention.transaction(transaction);
    },
  };
}

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('cached-page', 'test/guest/k42');
}, COMPILE_TIME);

describe('24 CPUs that fault on one cached page', () => {
  /** Lines that move, but for that of the barrier before and behind. */
  function linesThatMove(objects: string): ContendedLine[] {
    const contention = new Contention();
    const { exitCode, message, values } = runOnMachine(wasm, {
      profile: profileNamed('ibm-s85'),
      ramBytes: 64 << 20,
      commandLine: `${objects} rounds=${ROUNDS}`,
      options: { observer: betweenMarks(contention) },
    });
    expect({ exitCode, message, values }).toEqual({ exitCode: 0, message: undefined, values: [CORES * ROUNDS] });
    return contention.lines().filter(({ labels }) => !labels.includes('where CPUs meet'));
  }

  it('have no line in common with distributed objects', () => {
    expect(linesThatMove('objects=1')).toEqual([]);
  });

  it('fight for the Process, its Regions, the Region and the FCM with shared ones', () => {
    const lines = linesThatMove('objects=0');
    const names = new Set(lines.flatMap(({ labels }) => labels));
    expect([...names]).toEqual(expect.arrayContaining(['Process: Regions', 'Region']));
    for (const { transfers, cores } of lines.slice(0, 3)) {
      expect(transfers).toBeGreaterThan(CORES);
      expect(cores.filter(({ writes }) => writes > 0)).toHaveLength(CORES);
    }
  });

  it.each([
    ['Process', 'objects=1 process=0', 'Process: Regions'],
    ['Region', 'objects=1 region=0', 'Region'],
  ])('fight for a shared %s alone', (_, objects, name) => {
    const labels = linesThatMove(objects).flatMap((line) => line.labels);
    expect(labels).toContain(name);
  });
});
