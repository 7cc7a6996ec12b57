// The end of the machine's run, when the first process has ended: with its exit status, or 128 and the signal that ended it.
import { putAscii } from '../ascii';
import { BootInfo } from '../boot-info';
import { exit, halt, report } from '../machine';
import { totalFrames } from '../page-frames';
import { countFreeFrames } from 'kernel/memory';
import { SCRATCH_PATH, scratchAt } from './scratch';
import { exportFiles } from './export';

/** The same on each core. */
let bootInfo: BootInfo = changetype<BootInfo>(0);

export function setBootInfo(info: BootInfo): void {
  bootInfo = info;
}

/** While the first process still has a thread, since files may be somebody else's to find. */
export function saveExports(): void {
  exportFiles(bootInfo);
}

export function shutDown(status: i32): void {
  tell('kernel.frames.free', countFreeFrames());
  tell('kernel.frames.total', totalFrames());
  const signal = status & 0xff;
  exit(signal != 0 ? 128 + signal : status >> 8);
  for (;;) halt();
}

/** For the people outside. */
function tell(name: string, value: f64): void {
  const text = scratchAt(SCRATCH_PATH);
  putAscii(text, name);
  report(text, name.length, value);
}
