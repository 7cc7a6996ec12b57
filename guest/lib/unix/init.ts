// User land: the first process. There are names of files by then.
import { putAscii } from '../ascii';
import { BootInfo } from '../boot-info';
import { CONSOLE_ERRORS, CONSOLE_OUTPUT } from '../machine-constants';
import { out } from '../console';
import { exit, halt } from '../machine';
import { panic } from '../panic';
import { frameAddress, releaseFrame, takeRun } from '../page-frames';
import { O_RDONLY, O_WRONLY } from '../../posix/abi';
import { startInit } from './creation';
import { Descriptors } from './descriptors';
import { CommandLine } from './command-line';
import { findFile, rootDirectory } from 'kernel/naming';
import { TerminalFile } from './terminal';
import { PAGE_BYTES } from '../page-table';

const SHELL = '/bin/sh';
const PROGRAMS = '/bin/';
const ENVIRONMENT = 'PATH=/bin\0HOME=/\0TERM=xterm\0';
const SLASH: i32 = 0x2f;
/** Arguments and environment are put together in 2^ORDER frames. Their last page has the path. */
const ORDER: i32 = 5;
const PATH: usize = (PAGE_BYTES << ORDER) - PAGE_BYTES;
/** What a shell answers for programs that cannot be started, and for those that are not there. */
const CANNOT_START: i32 = 126;
const NOT_FOUND: i32 = 127;

export function startUserLand(info: BootInfo, commandLine: CommandLine): void {
  const frames = takeRun(ORDER);
  if (frames == 0) panic('no memory for the first process');
  const texts = frameAddress(frames);
  const path = texts + PATH;
  const room = <i32>PATH - ENVIRONMENT.length;
  // Decoded they are shorter, or as long.
  const tooLong = info.commandLineBytes > <usize>room;
  let argumentBytes = commandLine.programArguments(texts, room);
  if (argumentBytes == 0) argumentBytes = putAscii(texts, SHELL) + putAscii(texts + SHELL.length, '\0');
  const environmentBytes = putAscii(texts + argumentBytes, ENVIRONMENT);
  const pathBytes = findPath(texts, path);
  if (tooLong) giveUp(path, pathBytes, 'it has too many arguments', CANNOT_START);
  const file = findFile(path, pathBytes);
  if (file === null) giveUp(path, pathBytes, 'there is no such program', NOT_FOUND);
  const error = startInit(
    file!,
    path,
    pathBytes,
    texts,
    argumentBytes,
    environmentBytes,
    standardFiles(),
    rootDirectory(),
  );
  if (error != 0) giveUp(path, pathBytes, 'it is no program that can run here', CANNOT_START);
  file!.put();
  for (let page: usize = 0; page <= PATH; page += PAGE_BYTES) releaseFrame(frames + page);
}

/** The machine has nothing to do. */
function giveUp(path: usize, pathBytes: i32, reason: string, status: i32): void {
  out.text('cannot start ').bytes(path, pathBytes).text(': ').text(reason).end();
  exit(status);
  for (;;) halt();
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
  const before = hasSlash ? 0 : putAscii(to, PROGRAMS);
  bytes = min(bytes, <i32>PAGE_BYTES - before);
  memory.copy(to + before, name, bytes);
  return before + bytes;
}
