// Who is where: cores in groups, groups in nodes, nodes joined by links; and the route of every message.
//
// Cores are numbered node by node and group by group. Routes have the fewest links; among those the least latency, among those the
// lowest numbers of nodes, so they depend on nothing but the profile. The routes from one node form a tree (routes to farther nodes
// extend routes to nearer ones): a broadcast sends one message over each link of it.
import type { MachineProfile } from '../profile/schema.ts';

export type TopologyProfile = MachineProfile['topology'];

/** The way from a node to all others. */
export interface RouteTree {
  /** Nodes in an order in which each comes after the one that it is reached from; the origin is not among them. */
  readonly order: Int16Array;
  /** By node: the node before it on the way, and the direction of a link (2 * link, + 1 against `between`) that leads here. */
  readonly previous: Int16Array;
  readonly through: Int16Array;
  /** By node: number of links on the way. */
  readonly distance: Int16Array;
}

export class Topology {
  readonly nodes: number;
  readonly groups: number;
  readonly cores: number;
  readonly coresPerGroup: number;
  readonly coresPerNode: number;
  readonly groupsPerNode: number;
  /** By origin. */
  readonly trees: readonly RouteTree[];

  /** Throws if a link names a node that does not exist, or a node cannot be reached. */
  constructor(profile: TopologyProfile) {
    this.nodes = profile.nodes;
    this.groupsPerNode = profile.groupsPerNode;
    this.coresPerGroup = profile.coresPerGroup;
    this.coresPerNode = profile.groupsPerNode * profile.coresPerGroup;
    this.groups = profile.nodes * profile.groupsPerNode;
    this.cores = this.groups * profile.coresPerGroup;
    for (const { between } of profile.links) {
      if (between.some((node) => node >= profile.nodes))
        throw new Error(`link ${between.join('-')}: nodes are numbered 0 to ${profile.nodes - 1}`);
    }
    const steps = Array.from({ length: profile.nodes }, (_, node) => stepsFrom(node, profile));
    this.trees = steps.map((_, origin) => routesFrom(origin, steps));
  }

  groupOf(core: number): number {
    return Math.floor(core / this.coresPerGroup);
  }

  nodeOf(core: number): number {
    return Math.floor(core / this.coresPerNode);
  }

  nodeOfGroup(group: number): number {
    return Math.floor(group / this.groupsPerNode);
  }

  /** Links between two nodes on their route. */
  distance(from: number, to: number): number {
    return this.trees[from]!.distance[to]!;
  }

  /** Links on the routes between all pairs of nodes. */
  get hops(): number {
    return this.trees.reduce((sum, { distance }) => sum + distance.reduce((a, b) => a + b, 0), 0);
  }

  /** The nodes of a route, both ends included. */
  route(from: number, to: number): number[] {
    const way = [to];
    while (way[0] !== from) way.unshift(this.trees[from]!.previous[way[0]!]!);
    return way;
  }
}

interface Step {
  readonly to: number;
  readonly through: number;
  readonly latency: number;
}

/** The steps that lead out of a node, neighbours in ascending order. */
function stepsFrom(node: number, { links }: TopologyProfile): Step[] {
  const steps: Step[] = [];
  links.forEach(({ between: [a, b], latencyCycles: latency }, link) => {
    if (a === node) steps.push({ to: b, through: 2 * link, latency });
    if (b === node) steps.push({ to: a, through: 2 * link + 1, latency });
  });
  return steps.sort((first, second) => first.to - second.to || first.through - second.through);
}

function routesFrom(origin: number, steps: readonly (readonly Step[])[]): RouteTree {
  const nodes = steps.length;
  const previous = new Int16Array(nodes).fill(-1);
  const through = new Int16Array(nodes).fill(-1);
  const distance = new Int16Array(nodes).fill(-1);
  const latencies = new Float64Array(nodes);
  distance[origin] = 0;
  const order: number[] = [];
  let ring = [origin];
  while (ring.length > 0) {
    const next = new Set<number>();
    for (const node of ring) {
      for (const step of steps[node]!) {
        const latency = latencies[node]! + step.latency;
        const known = distance[step.to]! >= 0;
        if (known && (!next.has(step.to) || latency >= latencies[step.to]!)) continue;
        next.add(step.to);
        distance[step.to] = distance[node]! + 1;
        previous[step.to] = node;
        through[step.to] = step.through;
        latencies[step.to] = latency;
      }
    }
    ring = [...next].sort((a, b) => a - b);
    order.push(...ring);
  }
  const lost = distance.indexOf(-1);
  if (lost >= 0) throw new Error(`node ${lost} cannot be reached from node ${origin}: a link is missing`);
  return { order: Int16Array.from(order), previous, through, distance };
}
