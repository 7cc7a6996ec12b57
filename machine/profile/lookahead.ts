// How far ahead a core can run before another could affect it: the length of a window.
import type { MachineProfile } from './schema.ts';

/** Windows are no longer than this where the profile says nothing, however slow the interconnect is: results move less, and switches cost little more. */
const LONGEST_WINDOW_CYCLES = 40;

/**
 * The smallest latency, in whole cycles, with which one core of the machine can affect another: a line that goes from one private cache to
 * another inside a group or over the fabric (without links and queues), or an interrupt.
 */
export function lookaheadCycles({ shared, coherence, core }: MachineProfile): number {
  const { fabric } = coherence;
  const outside =
    fabric.kind === 'bus'
      ? fabric.arbitrationCycles + fabric.snoopCycles
      : fabric.requestCycles + fabric.probeCycles + fabric.responseCycles;
  return Math.floor(Math.min(shared?.transferCycles ?? outside, outside, core.ipiLatencyCycles));
}

/** The window of a machine for which none is chosen. */
export function defaultWindowCycles(profile: MachineProfile): number {
  return Math.max(1, Math.min(profile.windowCycles ?? LONGEST_WINDOW_CYCLES, lookaheadCycles(profile)));
}
