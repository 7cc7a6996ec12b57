// Boots a kernel for one run of an experiment, and gives back what the program wrote.
import { Readable } from 'node:stream';
import { coreCount, type MachineProfile } from '../../machine/index.ts';
import { HostConsole } from '../boot/host-console.ts';
import { checkOption, kernelNamed } from '../boot/kernels.ts';
import { runSystem } from '../boot/run-system.ts';
import { bootSystem } from '../boot/system.ts';
import { EXIT } from '../cli/exit-codes.ts';
import { CommandFailure } from '../cli/failure.ts';
import { exitStatus } from '../cli/outcome.ts';
import { StatusMeter } from '../cli/status.ts';
import { Observation } from '../observe/observation.ts';
import type { GuestResult, GuestRun } from './experiment.ts';

export interface GuestWatch {
  readonly signal?: AbortSignal;
  /** Called now and then; `compose` makes a line about the machine. */
  readonly onSlice?: (compose: (elapsedMs: number) => string) => void;
}

const MIB = 2 ** 20;

/** Throws a CommandFailure where the program does not end with status 0, or the kernel does not know an option. */
export async function runGuest(run: GuestRun, profile: MachineProfile, watch: GuestWatch = {}): Promise<GuestResult> {
  const kernel = kernelNamed(run.kernel);
  for (const option of run.options) checkOption(kernel, option);
  const written: Record<number, Uint8Array[]> = { 1: [], 2: [] };
  const log: string[] = [];
  const observation = run.objects === true ? new Observation({ objects: true }) : undefined;
  const { machine, images } = bootSystem({
    kernel,
    profile,
    cores: run.cpus,
    ...(run.ramMib === undefined ? {} : { ramBytes: run.ramMib * MIB }),
    ...(observation === undefined ? {} : { observation }),
    request: { options: run.options, exports: [], program: run.program },
    files: run.files ?? [],
    terminal: false,
    onConsole: (stream, bytes) => written[stream]?.push(bytes),
    onLog: (_core, text) => log.push(text.trimEnd()),
  });
  const meter = new StatusMeter(machine, machine.coreCount);
  const outcome = await runSystem(
    { machine, images, saved: new Map(), translation: { ms: 0 } },
    {
      // Empty, and read when the guest asks for it: as `manycore boot` with nothing on its stdin.
      console: new HostConsole(Readable.from([])),
      ...(watch.signal === undefined ? {} : { signal: watch.signal }),
      onSlice: () => watch.onSlice?.((elapsedMs) => meter.line(elapsedMs)),
    },
  );
  const limits = { cores: machine.coreCount, maxCycles: undefined };
  const status = exitStatus(outcome, machine, (image) => images.code(image), limits);
  const [output, errors] = [1, 2].map((stream) => Buffer.concat(written[stream] ?? []).toString()) as [string, string];
  if (status !== 0) {
    throw new CommandFailure(EXIT.failed, `${run.title}: ${run.program[0]} ended with status ${status}`, {
      where: [...errors.trimEnd().split('\n'), ...log].filter((line) => line !== ''),
    });
  }
  return { output, cycles: machine.time, digest: machine.digest(), instances: observation?.instances() ?? [] };
}

/** Throws a CommandFailure where the machine does not have that many cores. */
export function checkCpus(cpus: readonly number[], profile: MachineProfile): void {
  const most = coreCount(profile);
  const over = cpus.find((count) => count > most);
  if (over === undefined) return;
  throw new CommandFailure(EXIT.usage, `${profile.name} has ${most} cores, ${over} are asked for`, {
    hint: `give --cores numbers from 1 to ${most}`,
  });
}
