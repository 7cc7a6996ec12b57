// The scalability property of FCMs: 24 CPUs that fault on the same pages, which are there, write to no line that another one uses, and take no
// common lock, if the FCM is distributed; also where each comes to a page for the first time. With the other two they fight for lines.
import { beforeAll, expect, it } from 'vitest';
import { REQUEST_GET_S, SOURCE_CORE } from '../../../machine/coherence/states.ts';
import { type ObservedMachine, type Observer, profileNamed } from '../../../machine/index.ts';
import { COMPILE_TIME, compileKernel, runOnMachine } from '../lib/kernel-runs.ts';

const PROFILE = profileNamed('ibm-s85');
const CORES = 24;
/** In the order of FCM_*. */
const FAMILIES = ['shared', 'distributed', 'partitioned'];

let wasm: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  wasm = await compileKernel('fcm-first-touch', 'test/guest/k42');
}, COMPILE_TIME);

/** Virtual addresses of what one core has written after another one had used its line, while they touch pages; and how many transactions there were at all. */
function run(family: string) {
  const touching = new Set<number>();
  /** By the function that wrote. */
  const fought = new Map<string, Set<number>>();
  let watched: ObservedMachine | undefined;
  let transactions = 0;
  let marks = 0;
  const observer: Observer = {
    attach(machine) {
      watched = machine;
    },
    mark(core, _, __, value) {
      marks++;
      if (value === 1n) touching.add(core);
      else touching.delete(core);
    },
    transaction({ core, address, site, request, source, supplier, invalidations }) {
      // Page walks write to the entries of page tables that all CPUs have, whatever kernel runs.
      if (!touching.has(core) || address === -1) return;
      transactions++;
      const fromOther = invalidations > 0 || (source === SOURCE_CORE && supplier !== core);
      if (request === REQUEST_GET_S || !fromOther) return;
      const name = watched?.site(site)?.name ?? 'nobody';
      fought.set(name, (fought.get(name) ?? new Set()).add(address));
    },
  };
  const commandLine = `${FAMILIES.indexOf(family)}`;
  const setting = { profile: PROFILE, options: { observer }, ramBytes: 16 << 20, commandLine };
  const { exitCode, message, lines } = runOnMachine(wasm, setting);
  expect({ exitCode, message, lines }).toEqual({ exitCode: 0, message: undefined, lines: [] });
  expect(marks).toBe(2 * CORES);
  return { fought, transactions };
}

it('lets CPUs that use a distributed one write to nothing in common', () => {
  const { fought, transactions } = run('distributed');
  expect(transactions).toBeGreaterThan(CORES);
  expect(
    [...fought].map(
      ([name, addresses]) => `${name}: ${[...addresses].slice(0, 3).map((address) => address.toString(16))}`,
    ),
  ).toEqual([]);
});

it.each(['shared', 'partitioned'])('lets them fight for the lines of a %s one', (family) => {
  expect(run(family).fought.size).toBeGreaterThan(2);
});
