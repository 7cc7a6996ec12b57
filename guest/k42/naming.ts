// What files are called is the file server's to know (servers/file-server.ts): here the kernel asks it for programs and libraries. Programs call it
// themselves (posix-paths.ts).
import { putAscii } from '../lib/ascii';
import { BootInfo } from '../lib/boot-info';
import { File } from '../lib/fs/file';
import { SCRATCH_OTHER_PATH, scratchAt } from '../lib/unix/scratch';
import { ENOSYS } from '../posix/abi';
import { askServer } from './ask-server';
import { currentThread, thisCpu } from './cpu';
import { FIND, FIND_LIBRARY, ROOT } from './file-service';
import { bootFileOf, layOutServedFiles } from './served-files';
import { areServersReady } from './servers';
import { FILE_SERVER } from './service-numbers';

/** On the boot CPU: what all are told is where the boot information is, which they know anyway. */
export function makeNames(info: BootInfo): usize {
  layOutServedFiles(info);
  return 0;
}

export function setNames(names: usize): void {}

// --- directories of processes: the server's numbers, which need no references

export function rootDirectory(): usize {
  return ROOT;
}

export function holdDirectory(directory: usize): usize {
  return directory;
}

export function dropDirectory(directory: usize): void {}

// --- files for the kernel

/** A regular file, with a reference; none, and the error in the CPU's `error`. */
export function findFile(path: usize, bytes: i32): File | null {
  return find(FIND, path, bytes);
}

/** The image of a library by its module name: /lib/NAME.wasm. Before there is a file server, one that the machine was booted with. */
export function findLibrary(name: usize, bytes: i32): File | null {
  return areServersReady() ? find(FIND_LIBRARY, name, bytes) : bootLibrary(name, bytes);
}

function find(operation: i32, name: usize, bytes: i32): File | null {
  const self = currentThread();
  const answer = <i32>askServer(FILE_SERVER, operation, <i32>name, bytes);
  thisCpu().error = answer;
  const file = self.given;
  self.given = null;
  return file;
}

function bootLibrary(name: usize, bytes: i32): File | null {
  const path = scratchAt(SCRATCH_OTHER_PATH);
  const before = putAscii(path, '/lib/');
  memory.copy(path + before, name, bytes);
  const file = bootFileOf(path, before + bytes + putAscii(path + before + bytes, '.wasm'));
  if (file !== null) file.get();
  return file;
}

/** There are no system calls on paths. */
export function pathCall(n: i32, a: i32, b: i32, c: i32, d: i32): i32 {
  return -ENOSYS;
}
