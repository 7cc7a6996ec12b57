// Links, rounds, queues and shared caches by themselves: those of a machine on which nothing happens but what a test does with them.
import { CoherenceController } from '../../../machine/coherence/controller.ts';
import type { MemoryProfile } from '../../../machine/coherence/fabric.ts';
import { STATE_I } from '../../../machine/coherence/states.ts';

export const TICKS = 8;

/** A controller whose private caches are empty. Nodes with one core each stand in a line, joined by links with these bandwidths; the latency of link i is 10 + i. */
export function machineInLine(
  bandwidths: readonly number[],
  parts: Partial<Pick<MemoryProfile, 'shared'>> = {},
  probeCycles = 5,
): CoherenceController {
  const links = bandwidths.map((bytesPerCycle, i) => ({
    between: [i, i + 1] as [number, number],
    latencyCycles: 10 + i,
    bytesPerCycle,
  }));
  const nodes = bandwidths.length + 1;
  const profile: MemoryProfile = {
    lineBytes: 64,
    topology: { nodes, groupsPerNode: 1, coresPerGroup: 1, links },
    coherence: {
      protocol: 'MESI',
      controlBytes: 8,
      fabric: { kind: 'broadcast', requestCycles: 1, probeCycles, responseCycles: 1 },
    },
    memory: { latencyCycles: 1, bytesPerCycle: 64 },
    ...parts,
  };
  return new CoherenceController(profile, 1000 * 64, { state: () => STATE_I, setState: () => {} });
}
