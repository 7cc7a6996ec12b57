// How a machine's run ended, as an exit status or as the one message that a user sees.
import type { Image, Machine } from '../../machine/index.ts';
import type { GuestCode } from '../guest-code.ts';
import type { Outcome } from '../run-machine.ts';
import { EXIT } from './exit-codes.ts';
import { callChain, explainTrap } from './explain.ts';
import { CommandFailure } from './failure.ts';

/** Of a deadlock, at most this many cores are described. */
const SHOWN_CORES = 16;

/** Functions and source lines of an image. */
export type CodeOf = (image: Image) => GuestCode;

export interface Limits {
  /** Cores that were to run: 0 to cores - 1. */
  cores: number;
  maxCycles: number | undefined;
}

/** The status of a run that ended by itself: 0, or the guest's own. Throws a CommandFailure for every other end. */
export function exitStatus(outcome: Outcome, machine: Machine, codeOf: CodeOf, limits: Limits): number {
  switch (outcome.reason) {
    case 'finished':
      return EXIT.ok;
    case 'exited':
      return outcome.exitCode ?? 0;
    case 'trapped':
      if (outcome.trap === undefined) throw new Error('the machine says that it trapped, but not how');
      throw explainTrap(outcome.trap, ({ image }) => codeOf(image));
    case 'deadlock':
      throw new CommandFailure(EXIT.deadlock, `every core waits for ever at cycle ${formatCycles(machine.time)}`, {
        where: [...sleepers(outcome.message), ...stillRunning(machine, codeOf, limits.cores)],
        hint: 'nobody is left to wake the waiting cores',
      });
    case 'livelock':
      throw new CommandFailure(EXIT.deadlock, `every core polls for ever at cycle ${formatCycles(machine.time)}`, {
        where: [...sleepers(outcome.message), ...stillRunning(machine, codeOf, limits.cores)],
        hint: 'nothing is left that could change what the polling cores read',
      });
    case 'interrupted':
      throw new CommandFailure(EXIT.interrupted, `interrupted at cycle ${formatCycles(machine.time)}`);
    default:
      throw new CommandFailure(
        EXIT.cycleLimit,
        `the cycle limit was reached: ${formatCycles(machine.time)} of --max-cycles ${limits.maxCycles}`,
        {
          where: stillRunning(machine, codeOf, limits.cores),
          hint: 'raise --max-cycles, or look for an endless loop',
        },
      );
  }
}

/** What the machine says of each core, behind the line that says it of all. */
function sleepers(message: string | undefined): string[] {
  const lines = message?.split('\n').slice(1) ?? [];
  if (lines.length <= SHOWN_CORES) return lines;
  return [...lines.slice(0, SHOWN_CORES), `and ${lines.length - SHOWN_CORES} more cores`];
}

/** Where the first core that still runs stands. */
function stillRunning(machine: Machine, codeOf: CodeOf, cores: number): string[] {
  const running = Array.from({ length: cores }, (_, core) => core).filter((i) => machine.core(i).results === undefined);
  const first = running[0];
  if (first === undefined) return [];
  const others = running.length === 1 ? '' : ` (and ${running.length - 1} more cores run)`;
  const frames = machine.backtrace(first).map((frame) => codeOf(frame.image).location(frame.function, frame.offset));
  return [`core ${first} at cycle ${formatCycles(machine.core(first).cycles)}${others}`, ...callChain(frames)];
}

function formatCycles(cycles: number): string {
  return cycles.toLocaleString('en-US');
}
