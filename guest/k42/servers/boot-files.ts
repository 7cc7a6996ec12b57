// What is there from the beginning: the files that the machine was booted with, and devices.
import { putAscii } from '../../lib/ascii';
import { FileSystem } from '../../lib/fs/file-system';
import { Walk } from '../../lib/fs/walk';
import { PATH_MAX, free, malloc } from '../../posix/index';
import { FIRST_BOOT_FILE, NULL_DEVICE, SYS_BOOT_FILE, SYS_BOOT_PATH, TERMINAL_DEVICE } from '../file-service';
import { Device } from './device';
import { ServedFile } from './served-file';
import { kernel } from './service';

/** Permissions. */
const PROGRAM_MODE: i32 = 0o755;
const FOR_ALL: i32 = 0o777;
const SLASH: u8 = 0x2f;

/** How many files the machine was booted with: they have the first numbers. */
export function bootFiles(): i32 {
  const path = malloc(PATH_MAX);
  let count = 0;
  while (kernel(SYS_BOOT_PATH, count, <i32>path, PATH_MAX) >= 0) count++;
  free(path);
  return count;
}

export function fill(files: FileSystem, count: i32): void {
  const walk = new Walk();
  const path = malloc(PATH_MAX);
  for (let i = 0; i < count; i++) addFile(files, walk, i, path, kernel(SYS_BOOT_PATH, i, <i32>path, PATH_MAX));
  files.mkdir(walk, files.root, path, putAscii(path, '/tmp'), FOR_ALL);
  files.mkdir(walk, files.root, path, putAscii(path, '/dev'), FOR_ALL);
  addDevice(files, walk, path, putAscii(path, '/dev/console'), TERMINAL_DEVICE);
  addDevice(files, walk, path, putAscii(path, '/dev/null'), NULL_DEVICE);
  free(path);
}

/** A path that ends in a slash is a directory. */
function addFile(files: FileSystem, walk: Walk, i: i32, path: usize, bytes: i32): void {
  for (let end = 1; end < bytes; end++) {
    if (load<u8>(path + end) == SLASH) files.mkdir(walk, files.root, path, end, PROGRAM_MODE);
  }
  if (load<u8>(path + bytes - 1) == SLASH) return;
  const file = new ServedFile(files.storage, FIRST_BOOT_FILE + i, PROGRAM_MODE, kernel(SYS_BOOT_FILE, i));
  files.place(walk, files.root, path, bytes, file);
}

function addDevice(files: FileSystem, walk: Walk, path: usize, bytes: i32, device: i32): void {
  files.place(walk, files.root, path, bytes, new Device(files.storage, files.newNumber(), device));
}
