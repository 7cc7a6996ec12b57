// Lets a test kernel follow a script: steps of four numbers each on the command line, CORE OPERATION A B, separated by spaces. All cores take part;
// each does its own steps when it is their turn. The result of every step is reported.
import { BootInfo } from '../../../guest/lib/boot-info';
import { layOutKernel } from '../../../guest/lib/kernel';
import { coreId, coreStart, exit, pause, report } from '../../../guest/lib/machine';

/** Where the next number is on the command line, and the step's numbers: the same for all cores. */
const position = memory.data(4, 4);
const end = memory.data(4, 4);
const step = memory.data(16, 16);
const done = memory.data(4, 4);
const bootInfo = memory.data(4, 4);

export function facts(): BootInfo {
  return load<BootInfo>(bootInfo);
}

/** Does all steps by `perform`(operation, a, b), and ends the run. For core 0 in `boot`. */
export function follow(info: usize, perform: (operation: i32, a: i32, b: i32) => i32): void {
  followIn(layOutKernel(info), 0, perform);
}

/** The same in a kernel that has been laid out; the script begins behind so many bytes of the command line. */
export function followIn(info: BootInfo, skipped: usize, perform: (operation: i32, a: i32, b: i32) => i32): void {
  store<BootInfo>(bootInfo, info);
  store<usize>(position, facts().commandLine + skipped);
  store<usize>(end, facts().commandLine + facts().commandLineBytes);
  readStep();
  for (let core = 1; core < facts().cores; core++) coreStart(core, 0, takeTurns.index, perform.index, 0);
  takeTurns(perform.index);
  exit(0);
}

/** Core 0 ends the run; others come to an end when there is nothing left. */
function takeTurns(perform: i32): void {
  while (atomic.load<i32>(done) == 0) {
    if (atomic.load<i32>(step) != coreId()) {
      pause();
      continue;
    }
    const operation = load<i32>(step, 4);
    report(0, 0, <f64>call_indirect<i32>(perform, operation, load<i32>(step, 8), load<i32>(step, 12)));
    readStep();
  }
}

function readStep(): void {
  let at = load<usize>(position);
  if (at >= load<usize>(end)) {
    atomic.store<i32>(done, 1);
    return;
  }
  let core = 0;
  for (let i = 0; i < 4; i++) {
    let value = 0;
    for (; at < load<usize>(end) && load<u8>(at) != 0x20; at++) value = 10 * value + load<u8>(at) - 0x30;
    at++;
    if (i == 0) core = value;
    else store<i32>(step + 4 * i, value);
  }
  store<usize>(position, at);
  // Last, so that who sees it sees the rest.
  atomic.store<i32>(step, core);
}
