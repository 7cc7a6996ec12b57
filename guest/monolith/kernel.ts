// monolith: a conventional kernel for a shared-memory multiprocessor. docs/monolith.md is a tour of it.
//
// The machine enters here: `boot` on core 0, `trap` on each core for what happens there. Every core has an instance of the kernel, whose globals are its
// own; they are pointers to what all share, set to the same values before a core does anything else, and never changed. All else is in memory.
import { BootInfo } from '../lib/boot-info';
import { layOutKernel } from '../lib/kernel';
import { contextSelf, coreCount, coreStart } from '../lib/machine';
import { CommandLine } from '../lib/unix/command-line';
import { fillFileTree } from '../lib/unix/file-tree';
import { startUserLand } from '../lib/unix/init';
import { layOutNames, nameOne } from '../lib/unix/names';
import { SharedUnix } from '../lib/unix/shared';
import { setKernelRoot } from './address-space';
import { Cpu, setCpu, thisCpu } from './cpu';
import { granularity, LOCKS_PER_CPU, nameBigLock, setGranularity } from './lock';
import { locksOf } from './options';
import { RunQueue } from './run-queue';
import { idle, nameIdleCores } from './scheduler';
import { takeTrap } from './traps';

/** What is behind the globals of each core. */
class Shared {
  granularity: i32 = 0;

  constructor(readonly unix: SharedUnix) {}

  get info(): BootInfo {
    return this.unix.info;
  }
}

/** Core 0 begins here. */
export function boot(info: usize): void {
  layOutNames();
  const shared = new Shared(new SharedUnix(layOutKernel(info)));
  const commandLine = new CommandLine(shared.info);
  shared.granularity = locksOf(commandLine);
  share(shared);
  shared.unix.nameAll();
  nameBigLock();
  nameIdleCores();
  makeCpus(shared.info);
  shared.unix.routeConsole();
  fillFileTree(shared.info);
  startUserLand(shared.info, commandLine);
  for (let core = 1; core < coreCount(); core++) coreStart(core, 0, enter.index, changetype<i32>(shared), 0);
  begin();
}

/** The other cores begin here. */
function enter(shared: usize): void {
  share(changetype<Shared>(shared));
  begin();
}

/** Sets this core's globals. */
function share(shared: Shared): void {
  setKernelRoot(shared.info.pageRoot);
  setGranularity(shared.granularity);
  shared.unix.setGlobals();
}

/** The context that a core begins in becomes its idle loop. */
function begin(): void {
  thisCpu().idle = contextSelf();
  idle();
}

/** With `locks=percpu` each core has a run queue, else they share one. */
function makeCpus(info: BootInfo): void {
  let queue = new RunQueue();
  for (let core = 0; core < coreCount(); core++) {
    if (granularity == LOCKS_PER_CPU && core > 0) queue = new RunQueue();
    const cpu = new Cpu(core, info.nodeOf(core), queue);
    nameOne(cpu, 'core', core);
    if (core == 0 || granularity == LOCKS_PER_CPU) nameOne(queue, 'run queue', core);
    setCpu(cpu);
  }
}

/** What happens on a core comes here: see traps.ts. */
export function trap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  return takeTrap(cause, a, b, c, d, e, f);
}
