// Lets a test kernel do something on all cores at once.
import { layOutKernel } from '../../../guest/lib/kernel';
import { coreCount, coreStart, exit, pause } from '../../../guest/lib/machine';
import { panic } from '../../../guest/lib/panic';

const arrived = memory.data(128, 128);

/** Runs `body` on every core, and returns on core 0 when all are done. For core 0 in `boot`. */
export function onAllCores(info: usize, body: () => void): void {
  layOutKernel(info);
  runOnAll(body);
}

/** The same in a kernel that has been laid out. */
export function runOnAll(body: () => void): void {
  for (let core = 1; core < coreCount(); core++) coreStart(core, 0, enter.index, body.index, 0);
  enter(body.index);
}

function enter(body: i32): void {
  call_indirect<void>(body);
  atomic.add<i32>(arrived, 1);
  while (atomic.load<i32>(arrived) < coreCount()) pause();
}

export function end(): void {
  exit(0);
}

export function check(holds: bool, what: string): void {
  if (!holds) panic(what);
}
