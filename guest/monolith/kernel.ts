// monolith: a conventional kernel for a shared-memory multiprocessor. docs/monolith.md is a tour of it.
//
// The machine enters here: `boot` on core 0, `trap` on each core for what happens there. Every core has an instance of the kernel, whose globals are its
// own; they are pointers to what all share, set to the same values before a core does anything else, and never changed. All else is in memory.
import { BootInfo } from '../lib/boot-info';
import { FileSystem } from '../lib/fs/file-system';
import { layOutKernel } from '../lib/kernel';
import { contextSelf, coreCount, coreId, coreStart, interruptRoute } from '../lib/machine';
import { BOOT_INFO_CONSOLE, BOOT_INFO_MEGAHERTZ, CONSOLE_TERMINAL, DEVICE_CONSOLE } from '../lib/machine-constants';
import { setKernelRoot } from './address-space';
import { setClock } from './clock';
import { Cpu, setCpu, thisCpu } from './cpu';
import { makeFileTree, setFileTree } from './file-tree';
import { layOutFileWindow, setFileWindow } from './file-window';
import { FutexTable, setFutexTable } from './futex';
import { ImageCache, setImageCache } from './image-cache';
import { startUserLand } from './init';
import { granularity, LOCKS_PER_CPU, nameBigLock, setGranularity } from './lock';
import { layOutNames, nameOne } from './names';
import { CommandLine } from './options';
import { setBootInfo } from './power-off';
import { ProcessTable, setProcessTable } from './process-table';
import { RunQueue } from './run-queue';
import { idle, nameIdleCores } from './scheduler';
import { setTerminal, Terminal, VECTOR_CONSOLE } from './terminal';
import { takeTrap } from './traps';

/** What is behind the globals of each core. */
class Shared {
  readonly processes: ProcessTable = new ProcessTable();
  readonly images: ImageCache = new ImageCache();
  readonly futexes: FutexTable = new FutexTable();
  terminal: Terminal = changetype<Terminal>(0);
  fileTree: FileSystem;
  fileWindow: usize = 0;
  granularity: i32 = 0;

  constructor(readonly info: BootInfo) {
    this.fileTree = makeFileTree(info);
  }
}

/** Core 0 begins here. */
export function boot(info: usize): void {
  layOutNames();
  const shared = new Shared(layOutKernel(info));
  const commandLine = new CommandLine(shared.info);
  setKernelRoot(shared.info.pageRoot);
  shared.granularity = commandLine.locks;
  shared.fileWindow = layOutFileWindow();
  shared.terminal = new Terminal((load<u32>(info, BOOT_INFO_CONSOLE) & CONSOLE_TERMINAL) != 0);
  share(shared);
  nameShared(shared);
  makeCpus(shared.info);
  interruptRoute(DEVICE_CONSOLE, coreId(), VECTOR_CONSOLE);
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
  setClock(load<u32>(changetype<usize>(shared.info), BOOT_INFO_MEGAHERTZ));
  setGranularity(shared.granularity);
  setProcessTable(shared.processes);
  setBootInfo(shared.info);
  setImageCache(shared.images);
  setFutexTable(shared.futexes);
  setTerminal(shared.terminal);
  setFileTree(shared.fileTree);
  setFileWindow(shared.fileWindow);
}

/** Tells what lies where. */
function nameShared(shared: Shared): void {
  nameOne(shared.processes, 'process table');
  nameOne(shared.images, 'image cache');
  nameOne(shared.terminal, 'terminal');
  nameOne(shared.fileTree, 'file tree');
  shared.futexes.nameBuckets();
  nameBigLock();
  nameIdleCores();
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
