// What the fields of a profile must be to each other. Each field by itself has passed the schema. A problem names all fields that
// take part, since any of them may be the wrong one.
import { formatPath, numbersIn, withoutIndices } from './paths.ts';
import { nearest, type ProfileProblem } from './problem.ts';
import { type MachineProfile, MOST_CORES } from './schema.ts';
import { coreCount, hopMatrix } from './topology.ts';

/** Where a number that is set for an experiment is from, unless somebody says more. */
export const EVERY_OTHER_NUMBER = '*';

/** Problems in the document's order of fields; none for a profile that a machine can be built from. */
export function inconsistencies(profile: MachineProfile): ProfileProblem[] {
  const topology = topologyProblems(profile);
  return [
    ...topology,
    ...(topology.length === 0 ? speedProblems(profile) : []),
    ...setProblems(profile),
    ...orderProblems(profile),
    ...sourceProblems(profile),
  ];
}

function topologyProblems(profile: MachineProfile): ProfileProblem[] {
  const { nodes, groupsPerNode, coresPerGroup, links } = profile.topology;
  const problems: ProfileProblem[] = [];
  const cores = coreCount(profile);
  if (cores > MOST_CORES) {
    const counts = `topology.nodes ${nodes} * topology.groupsPerNode ${groupsPerNode} * topology.coresPerGroup ${coresPerGroup}`;
    problems.push({
      path: 'topology',
      message: `${counts} are ${cores} cores; expected at most ${MOST_CORES}: make one of them smaller`,
    });
  }
  if (profile.coherence.fabric.kind === 'bus' && nodes > 1) {
    problems.push({
      path: 'topology.nodes',
      message: `found ${nodes} with coherence.fabric.kind "bus"; expected 1: all cores and the memory are on the one bus, make it groups (topology.groupsPerNode), or choose "broadcast" or "directory"`,
    });
    return problems;
  }
  const pairs = new Map<string, number>();
  let wrongEnds = false;
  links.forEach(({ between: [a, b] }, index) => {
    const path = formatPath(['topology', 'links', index, 'between']);
    const outside = [a, b].find((end) => end >= nodes);
    if (outside !== undefined) {
      wrongEnds = true;
      problems.push({
        path,
        message: `found node ${outside}; expected two nodes from 0 to ${nodes - 1} (topology.nodes is ${nodes})`,
      });
    } else if (a === b) {
      problems.push({ path, message: `found node ${a} twice; expected two different nodes` });
    } else {
      const pair = `${Math.min(a, b)}-${Math.max(a, b)}`;
      const first = pairs.get(pair);
      if (first !== undefined)
        problems.push({
          path,
          message: `connects nodes ${a} and ${b}, as topology.links[${first}].between does; expected one link for two nodes, which goes both ways: leave one out`,
        });
      else pairs.set(pair, index);
    }
  });
  const unreached = hopMatrix(profile.topology).subarray(0, nodes).indexOf(-1);
  if (unreached >= 0 && !wrongEnds)
    problems.push({
      path: 'topology.links',
      message: `no way from node 0 to node ${unreached}; expected links[].between to connect all ${nodes} nodes (topology.nodes): add a link`,
    });
  return problems;
}

function speedProblems(profile: MachineProfile): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  const cores = coreCount(profile);
  const seen = new Map<number, string>();
  profile.core.speeds?.forEach((speed, i) => {
    speed.cores.forEach((core, j) => {
      const path = formatPath(['core', 'speeds', i, 'cores', j]);
      const first = seen.get(core);
      if (core >= cores)
        problems.push({
          path,
          message: `found core ${core}; expected 0 to ${cores - 1}: there are ${cores} cores (topology.nodes * topology.groupsPerNode * topology.coresPerGroup)`,
        });
      else if (first !== undefined)
        problems.push({ path, message: `core ${core} has its speed from ${first} already: name it once` });
      else seen.set(core, path);
    });
  });
  return problems;
}

function setProblems(profile: MachineProfile): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  for (const name of ['l1', 'l2', 'shared'] as const) {
    const cache = profile[name];
    if (!cache) continue;
    const { sizeBytes, ways } = cache;
    const set = ways * profile.lineBytes;
    const sets = sizeBytes / set;
    if (isPowerOfTwo(sets)) continue;
    const below = 2 ** Math.floor(Math.log2(Math.max(1, sets)));
    problems.push({
      path: `${name}.sizeBytes`,
      message: `${sizeBytes} bytes in ${ways} ways (${name}.ways) of ${profile.lineBytes}-byte lines (lineBytes) make ${round(sets)} sets; expected a power of two: with these ways ${below * set} or ${below * 2 * set} bytes`,
    });
  }
  const levels = [
    ['tlb', profile.tlb],
    ['tlb.second', profile.tlb.second],
  ] as const;
  for (const [name, level] of levels) {
    if (!level || isPowerOfTwo(level.entries / level.ways)) continue;
    problems.push({
      path: `${name}.entries`,
      message: `${level.entries} entries in ${level.ways} ways (${name}.ways) make ${round(level.entries / level.ways)} sets; expected a power of two (1 set, as many ways as entries: any page in any entry)`,
    });
  }
  return problems;
}

/** Larger caches are larger and slower. */
function orderProblems(profile: MachineProfile): ProfileProblem[] {
  const { l1, l2, shared, topology } = profile;
  const problems: ProfileProblem[] = [];
  if (l2 && l2.inclusion === 'inclusive' && l2.sizeBytes < l1.sizeBytes)
    problems.push({
      path: 'l2.sizeBytes',
      message: `found ${l2.sizeBytes}, which cannot hold all lines of the L1 (l1.sizeBytes ${l1.sizeBytes}); expected at least as much, or l2.inclusion "exclusive"`,
    });
  if (l2 && l2.latencyCycles <= l1.latencyCycles)
    problems.push({
      path: 'l2.latencyCycles',
      message: `found ${l2.latencyCycles}; expected more than l1.latencyCycles (${l1.latencyCycles}), which is a part of it`,
    });
  if (!shared) return problems;
  const privateBytes = topology.coresPerGroup * (l2 ? Math.max(l2.sizeBytes, l1.sizeBytes) : l1.sizeBytes);
  if (shared.inclusion === 'inclusive' && shared.sizeBytes < privateBytes)
    problems.push({
      path: 'shared.sizeBytes',
      message: `found ${shared.sizeBytes}, which cannot hold the private caches of ${topology.coresPerGroup} cores (topology.coresPerGroup; l1.sizeBytes, l2.sizeBytes): ${privateBytes} bytes; expected at least as much, or shared.inclusion "victim"`,
    });
  if (shared.transferCycles < shared.latencyCycles)
    problems.push({
      path: 'shared.transferCycles',
      message: `found ${shared.transferCycles}; expected at least shared.latencyCycles (${shared.latencyCycles}): the neighbour is asked after the lookup`,
    });
  return problems;
}

/** Every number has a source, and every source is one of a number. */
function sourceProblems(profile: MachineProfile): ProfileProblem[] {
  const { sources, ...document } = profile;
  const problems: ProfileProblem[] = [];
  const numbers = [...numbersIn(document)].map(({ path }) => formatPath(path)).filter((path) => path !== 'format');
  const known = new Set([...numbers, ...numbers.map(withoutIndices), EVERY_OTHER_NUMBER]);
  for (const path of Object.keys(sources)) {
    if (known.has(path)) continue;
    const meant = nearest(path, [...known]);
    const advice = meant === undefined ? 'take the entry out' : `did you mean ${JSON.stringify(meant)}?`;
    problems.push({
      path: formatPath(['sources', path]),
      message: `there is no number ${JSON.stringify(path)} in this profile; ${advice}`,
    });
  }
  const missing = new Set(numbers.filter((path) => sourceOf(profile, path) === undefined).map(withoutIndices));
  for (const path of missing) {
    problems.push({
      path: formatPath(['sources', path]),
      message: `missing: expected where ${path} is from, or "estimate" ("${EVERY_OTHER_NUMBER}" stands for every number without an entry)`,
    });
  }
  return problems;
}

/** Where the number at a path is from; undefined where the profile does not say. */
export function sourceOf(profile: Pick<MachineProfile, 'sources'>, path: string): string | undefined {
  const { sources } = profile;
  for (const key of [path, withoutIndices(path), EVERY_OTHER_NUMBER])
    if (Object.hasOwn(sources, key)) return sources[key];
  return undefined;
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && (value & (value - 1)) === 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
