// User land: the file system with what the machine was booted with, and the first process.
import { BootInfo } from '../lib/boot-info';
import { CONSOLE_ERRORS, CONSOLE_OUTPUT } from '../lib/machine-constants';
import { panic } from '../lib/panic';
import { frameAddress, releaseFrame, takeFrame } from '../lib/page-frames';
import { O_RDONLY, O_WRONLY } from '../posix/abi';
import { startInit } from './creation';
import { Descriptors } from './descriptors';
import { fillFileTree, findFile, rootDirectory } from './file-tree';
import { CommandLine } from './options';
import { TerminalFile } from './terminal';
import { PAGE_BYTES } from '../lib/page-table';

const SHELL = '/bin/sh';
const PROGRAMS = '/bin/';
const ENVIRONMENT = 'PATH=/bin\0HOME=/\0TERM=xterm\0';
const SLASH: i32 = 0x2f;
/** In the page in which arguments and environment are put together: where the path begins. */
const PATH: usize = 3072;

export function startUserLand(info: BootInfo, commandLine: CommandLine): void {
  fillFileTree(info);
  const frame = takeFrame();
  if (frame == 0) panic('no memory for the first process');
  const page = frameAddress(frame);
  let argumentBytes = commandLine.programArguments(page, <i32>PATH - ENVIRONMENT.length);
  if (argumentBytes == 0) argumentBytes = put(page, SHELL) + put(page + SHELL.length, '\0');
  const environmentBytes = put(page + argumentBytes, ENVIRONMENT);
  const pathBytes = findPath(page, page + PATH);
  const file = findFile(page + PATH, pathBytes);
  if (file === null) panic('there is no such program to run as init');
  const error = startInit(
    file!,
    page + PATH,
    pathBytes,
    page,
    argumentBytes,
    environmentBytes,
    standardFiles(),
    rootDirectory(),
  );
  if (error != 0) panic('the program to run as init cannot be loaded');
  file!.put();
  releaseFrame(frame);
}

/** Descriptors 0, 1 and 2: the console. */
function standardFiles(): Descriptors {
  const descriptors = new Descriptors();
  descriptors.set(0, new TerminalFile(O_RDONLY, CONSOLE_OUTPUT));
  descriptors.set(1, new TerminalFile(O_WRONLY, CONSOLE_OUTPUT));
  descriptors.set(2, new TerminalFile(O_WRONLY, CONSOLE_ERRORS));
  return descriptors;
}

/** Puts the path of the program with a name at `to`; its bytes. A name without a slash is one in /bin. */
function findPath(name: usize, to: usize): i32 {
  let bytes = 0;
  let hasSlash = false;
  for (; load<u8>(name + bytes) != 0; bytes++) if (load<u8>(name + bytes) == SLASH) hasSlash = true;
  const before = hasSlash ? 0 : put(to, PROGRAMS);
  bytes = min(bytes, <i32>(PAGE_BYTES - PATH) - before);
  memory.copy(to + before, name, bytes);
  return before + bytes;
}

/** ASCII; its bytes. */
function put(to: usize, text: string): i32 {
  for (let i = 0; i < text.length; i++) store<u8>(to + i, <u8>text.charCodeAt(i));
  return text.length;
}
