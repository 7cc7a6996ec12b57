// The kernel's own servers: user programs that the kernel starts before all others, and without which there are none. When all of them serve, the first process
// begins.
import { putAscii } from '../lib/ascii';
import { BootInfo } from '../lib/boot-info';
import { MOST_LINE_BYTES } from '../lib/limits';
import { contextCreate } from '../lib/machine';
import { panic } from '../lib/panic';
import { CommandLine } from '../lib/unix/command-line';
import { Descriptors } from '../lib/unix/descriptors';
import { startUserLand } from '../lib/unix/init';
import { Process } from '../lib/unix/process';
import { ProgramLoader } from '../lib/unix/program';
import { SCRATCH_PATH, scratchAt } from '../lib/unix/scratch';
import { rootDirectory } from './naming';
import { startThread } from './scheduler';
import { bootFileOf } from './served-files';

const SERVERS: i32 = 2;
const FILE_SERVER_PATH = '/lib/servers/file-server.wasm';
const PROCESS_SERVER_PATH = '/lib/servers/process-server.wasm';

/** How many serve; where the boot information is. */
const READY: usize = 0;
const INFO: usize = 4;
const state = memory.data(MOST_LINE_BYTES, MOST_LINE_BYTES);

/** On the boot CPU. */
export function startServers(info: BootInfo): void {
  store<usize>(state, changetype<usize>(info), INFO);
  startServer(FILE_SERVER_PATH);
  startServer(PROCESS_SERVER_PATH);
}

export function areServersReady(): bool {
  return atomic.load<i32>(state + READY) == SERVERS;
}

/** The current thread's server takes calls from now on. */
export function serverIsReady(): void {
  if (atomic.add<i32>(state + READY, 1) + 1 != SERVERS) return;
  const info = changetype<BootInfo>(load<usize>(state, INFO));
  startUserLand(info, new CommandLine(info));
}

function startServer(name: string): void {
  const path = scratchAt(SCRATCH_PATH);
  putAscii(path, name);
  const file = bootFileOf(path, name.length);
  if (file === null) panic('the machine was booted without the servers of this kernel: /lib/servers');
  const loader = new ProgramLoader();
  if (loader.load(file!) != 0) panic('a server of this kernel cannot be loaded');
  const context = contextCreate(loader.link!.number, loader.entry, 0, true);
  if (context < 0) panic('there is no memory for the servers of this kernel');
  // It gets no number, and is in no family: nobody sees it, waits for it or sends it signals.
  const process = new Process(new Descriptors());
  process.isTrusted = true;
  process.workingDirectory = rootDirectory();
  process.runs(loader, path, name.length, 0, 0);
  loader.destroy();
  startThread(process.addThread(context));
}
