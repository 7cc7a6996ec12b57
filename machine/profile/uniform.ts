// A plain machine of any number of cores: what guests are developed on, and what an experiment starts from that is not about a
// certain machine. All cores are equal: one node, no shared cache, a directory that every miss asks.
import { readProfile } from './load.ts';
import { type MachineProfile, MOST_CORES, PROFILE_FORMAT } from './schema.ts';

const ESTIMATE = 'estimate: a plain machine in the range of current ones, with round numbers';

/**
 * The profile `uniform-N`, with 1 to 128 cores. Its core is the scalar one of the cost table; a line comes from another core in 100
 * cycles (14 in the private caches, 86 through the directory) and from memory in 164.
 */
export function uniform(cores: number): MachineProfile {
  if (!Number.isInteger(cores) || cores < 1 || cores > MOST_CORES)
    throw new RangeError(`a uniform machine has 1 to ${MOST_CORES} cores, not ${cores}`);
  return readProfile({
    format: PROFILE_FORMAT,
    name: `uniform-${cores}`,
    description: 'a plain machine: equal cores, one node, private caches, a directory; all numbers are estimates',
    clockMegahertz: 2000,
    lineBytes: 64,
    topology: { nodes: 1, groupsPerNode: 1, coresPerGroup: cores, links: [] },
    core: {
      instructionCostRatio: 1,
      storeBufferEntries: 16,
      atomicCycles: 20,
      pauseCycles: 10,
      fenceCycles: 20,
      trapEntryCycles: 100,
      trapExitCycles: 100,
      interruptEntryCycles: 300,
      contextSwitchCycles: 100,
      pageRootCycles: 100,
      invlpgCycles: 100,
      tlbFlushCycles: 200,
      ipiSendCycles: 100,
      ipiLatencyCycles: 500,
      haltWakeCycles: 500,
      mwaitWakeCycles: 200,
      mwaitInUserMode: true,
      lineZeroCycles: 8,
    },
    tlb: { entries: 64, ways: 4, second: { entries: 1024, ways: 8, latencyCycles: 7 }, addressSpaceIds: true },
    l1: { sizeBytes: 32 * 1024, ways: 8, latencyCycles: 2 },
    l2: { sizeBytes: 512 * 1024, ways: 8, latencyCycles: 14, inclusion: 'inclusive' },
    coherence: {
      protocol: 'MESI',
      controlBytes: 8,
      fabric: {
        kind: 'directory',
        requestCycles: 20,
        lookupCycles: 10,
        occupancyCycles: 2,
        probeCycles: 36,
        responseCycles: 20,
      },
    },
    memory: { latencyCycles: 100, bytesPerCycle: 32 },
    sources: { '*': ESTIMATE },
  });
}
