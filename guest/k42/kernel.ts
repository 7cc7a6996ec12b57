// k42: an operating system structured for locality. docs/k42.md is a tour of it.
//
// The machine enters here: `boot` on core 0, `trap` on each CPU for what happens there. Every CPU has an instance of the kernel, whose globals are its
// own; they are pointers to what all share, set to the same values before a CPU does anything else, and never changed. All else is in memory: in clustered
// objects, or in what belongs to a CPU.
import { BootInfo } from '../lib/boot-info';
import { layOutKernel } from '../lib/kernel';
import { contextSelf, coreCount, coreStart } from '../lib/machine';
import { CommandLine } from '../lib/unix/command-line';
import { layOutNames, nameOne } from '../lib/unix/names';
import { SharedUnix } from '../lib/unix/shared';
import { enterClusteredObjects, layOutClusteredObjects } from './cobj/clustered-objects';
import { Cpu, setCpu, thisCpu } from './cpu';
import { newGlobalPm } from './mem/families';
import { layOutZeroFR } from './mem/fr-zero';
import { layOutFrameSource } from './mem/frame-source';
import { setGlobalPm } from './mem/global-pm';
import { layOutMemoryNames } from './mem/names';
import { RESERVE_PER_CPU } from './memory';
import { setFamiliesBy } from './options';
import { idle } from './scheduler';
import { startServers } from './servers';
import { takeTrap } from './traps';

/** Core 0 begins here. */
export function boot(info: usize): void {
  layOutNames();
  const unix = new SharedUnix(layOutKernel(info, RESERVE_PER_CPU));
  layOutClusteredObjects(unix.info);
  const commandLine = new CommandLine(unix.info);
  setFamiliesBy(commandLine);
  layOutMemory();
  unix.setGlobals();
  unix.nameAll();
  makeCpus(unix.info);
  unix.routeConsole();
  startServers(unix.info);
  for (let core = 1; core < coreCount(); core++) coreStart(core, 0, enter.index, changetype<i32>(unix), 0);
  begin();
}

/** The other CPUs begin here. */
function enter(unix: usize): void {
  enterClusteredObjects();
  changetype<SharedUnix>(unix).setGlobals();
  begin();
}

/** The context that a CPU begins in becomes its idle loop. */
function begin(): void {
  thisCpu().idle = contextSelf();
  idle();
}

function makeCpus(info: BootInfo): void {
  for (let core = 0; core < coreCount(); core++) {
    const cpu = new Cpu(core, info.nodeOf(core));
    nameOne(cpu, 'CPU', core);
    setCpu(cpu);
  }
}

/** Where frames come from. */
function layOutMemory(): void {
  layOutMemoryNames();
  layOutFrameSource();
  setGlobalPm(newGlobalPm());
  layOutZeroFR();
}

/** What happens on a CPU comes here: see traps.ts. */
export function trap(cause: i32, a: i32, b: i32, c: i32, d: i32, e: i32, f: i32): i64 {
  return takeTrap(cause, a, b, c, d, e, f);
}
