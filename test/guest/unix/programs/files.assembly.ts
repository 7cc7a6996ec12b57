// Files: open, read, write, seek, directories, working directories, devices, and files that are mapped.
import {
  Barrier,
  chdir,
  close,
  cores,
  EACCES,
  EBADF,
  EEXIST,
  EFAULT,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  ENOTTY,
  Bytes,
  exit,
  fork,
  fstat,
  ftruncate,
  getcwd,
  isatty,
  lseek,
  malloc,
  MAP_PRIVATE,
  MAP_SHARED,
  mkdir,
  mmap,
  mprotect,
  munmap,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  open,
  pread,
  ProcessEnd,
  PROT_READ,
  PROT_WRITE,
  pwrite,
  read,
  readdir,
  rename,
  rmdir,
  S_IFDIR,
  S_IFMT,
  S_IFREG,
  SEEK_END,
  SEEK_SET,
  stat,
  STAT_LINKS,
  STAT_MODE,
  STAT_SIZE,
  tcsetpgrp,
  Thread,
  unlink,
  write,
} from '../../../../guest/posix/index';
import { check, same } from './check.assembly';

const buffer = malloc(65536);

function opened(path: string, flags: i32): i32 {
  const bytes = Bytes.of(path);
  return open(bytes.start, bytes.length, flags, 0o644);
}

function contents(): void {
  const fd = opened('/tmp/a', O_RDWR | O_CREAT | O_EXCL);
  check(fd >= 3, 'a file is made');
  same(opened('/tmp/a', O_RDWR | O_CREAT | O_EXCL), -EEXIST, 'it exists');
  for (let i = 0; i < 10000; i++) store<u8>(buffer + i, <u8>(i * 7));
  same(write(fd, buffer + 1, 9999), 9999, 'write');
  same(lseek(fd, 0, SEEK_SET), 0, 'seek');
  memory.fill(buffer + 20000, 0, 10000);
  same(read(fd, buffer + 20000, 10000), 9999, 'read');
  same(memory.compare(buffer + 1, buffer + 20000, 9999), 0, 'what is read was written');
  same(read(fd, buffer, 1), 0, 'the end');
  same(pwrite(fd, buffer, 5, 100000), 5, 'pwrite');
  same(lseek(fd, 0, SEEK_END), 100005, 'its end');
  same(pread(fd, buffer + 20000, 100, 50000), 100, 'pread');
  for (let i = 0; i < 100; i++) same(load<u8>(buffer + 20000 + i), 0, 'a hole');
  same(ftruncate(fd, 3), 0, 'truncate');
  same(fstat(fd, buffer + 30000), 0, 'fstat');
  same(load<i64>(buffer + 30000, STAT_SIZE), 3, 'its size');
  same(load<i32>(buffer + 30000, STAT_MODE) & S_IFMT, S_IFREG, 'its kind');
  same(lseek(fd, 0, SEEK_SET), 0, 'seek');
  same(read(fd, 0xc000_0000, 10), -EFAULT, 'a bad address');
  close(fd);
  const more = opened('/tmp/a', O_WRONLY | O_APPEND);
  write(more, buffer, 2);
  same(lseek(more, 0, SEEK_END), 5, 'append');
  close(more);
  close(opened('/tmp/a', O_WRONLY | O_TRUNC));
  const path = Bytes.of('/tmp/a');
  stat(path.start, path.length, buffer);
  same(load<i64>(buffer, STAT_SIZE), 0, 'O_TRUNC');
  same(unlink(path.start, path.length), 0, 'unlink');
  same(opened('/tmp/a', O_RDONLY), -ENOENT, 'it is gone');
}

function directories(): void {
  const path = Bytes.of('/tmp/folder');
  const name = Bytes.of('x');
  const up = Bytes.of('..');
  same(mkdir(path.start, path.length, 0o755), 0, 'mkdir');
  same(chdir(path.start, path.length), 0, 'chdir');
  same(getcwd(buffer, 100), 11, 'getcwd');
  same(memory.compare(buffer, path.start, 11), 0, 'where we are');
  close(opened('x', O_WRONLY | O_CREAT));
  same(chdir(name.start, 1), -ENOTDIR, 'no directory');
  same(opened('/tmp/folder', O_WRONLY), -EISDIR, 'a directory is not written to');
  const fd = opened('.', O_RDONLY | O_DIRECTORY);
  check(readdir(fd, buffer, 4096) >= 72, 'readdir');
  same(readdir(fd, buffer, 4096), 0, 'all of it');
  same(pread(fd, buffer, 1, 0), -EISDIR, 'a directory has no bytes');
  close(fd);
  same(rename(name.start, 1, Bytes.of('y').start, 1), 0, 'rename');
  same(opened('x', O_RDONLY), -ENOENT, 'the old name');
  same(rmdir(path.start, path.length), -ENOTEMPTY, 'it is not empty');
  same(unlink(Bytes.of('y').start, 1), 0, 'the new name');
  same(chdir(up.start, 2), 0, 'up');
  same(rmdir(path.start, path.length), 0, 'rmdir');
}

function renamed(from: string, to: string): i32 {
  const old = Bytes.of(from);
  const path = Bytes.of(to);
  return rename(old.start, old.length, path.start, path.length);
}

/** Either path of a rename begins where it says, whatever the other one does. */
function renaming(): void {
  const path = Bytes.of('/tmp/home');
  mkdir(path.start, path.length, 0o755);
  chdir(path.start, path.length);
  close(opened('/tmp/far', O_WRONLY | O_CREAT));
  same(renamed('/tmp/far', 'near'), 0, 'rename to where we are');
  found('/tmp/home/near', true);
  same(renamed('near', '/tmp/far'), 0, 'rename to elsewhere');
  same(renamed('/tmp/far', '../home/near'), 0, 'rename by way of the directory above');
  same(renamed('near', 'near/below'), -ENOTDIR, 'rename to below a file');
  same(renamed('/tmp/home', 'below'), -EINVAL, 'a directory into itself');
  same(unlink(Bytes.of('near').start, 4), 0, 'unlink');
  chdir(Bytes.of('/').start, 1);
  same(rmdir(path.start, path.length), 0, 'rmdir');
}

/** Processes write to the end of a file at the same time: nothing is written over. */
function appending(): void {
  const path = Bytes.of('/tmp/log');
  const end = new ProcessEnd();
  const rounds = 40;
  const most = min(cores(), 6);
  close(opened('/tmp/log', O_WRONLY | O_CREAT));
  for (let i = 0; i < most; i++) {
    if (fork() != 0) continue;
    const fd = opened('/tmp/log', O_WRONLY | O_APPEND);
    memory.fill(buffer, <u8>i, 100);
    for (let round = 0; round < rounds; round++) same(write(fd, buffer, 100), 100, 'write');
    exit(0);
  }
  for (let i = 0; i < most; i++) {
    end.wait(-1);
    same(end.status, 0, 'who appends');
  }
  const fd = opened('/tmp/log', O_RDONLY);
  same(read(fd, buffer, 65536), most * rounds * 100, 'what all have appended');
  for (let i = 0; i < most * rounds * 100; i++) {
    same(load<u8>(buffer + i), load<u8>(buffer + i - (i % 100)), 'a record in one piece');
  }
  close(fd);
  same(unlink(path.start, path.length), 0, 'unlink');
}

/** A directory that is removed while a process is in it. */
function removed(): void {
  const path = Bytes.of('/tmp/gone');
  mkdir(path.start, path.length, 0o755);
  chdir(path.start, path.length);
  const fd = opened('.', O_RDONLY | O_DIRECTORY);
  same(rmdir(path.start, path.length), 0, 'rmdir of where we are');
  same(fstat(fd, buffer), 0, 'fstat of what is open');
  same(load<i32>(buffer, STAT_MODE) & S_IFMT, S_IFDIR, 'its kind');
  same(load<i32>(buffer, STAT_LINKS), 0, 'its links');
  same(readdir(fd, buffer, 4096), 0, 'nothing is in it');
  close(fd);
  same(opened('x', O_WRONLY | O_CREAT), -ENOENT, 'nothing is made there');
  same(opened('x', O_RDONLY), -ENOENT, 'nothing is found there');
  same(getcwd(buffer, 100), -ENOENT, 'it has no path');
  same(mkdir(path.start, path.length, 0o755), 0, 'another one of that name');
  same(opened('x', O_WRONLY | O_CREAT), -ENOENT, 'it is not where we are');
  same(rmdir(path.start, path.length), 0, 'rmdir');
  same(chdir(Bytes.of('/').start, 1), 0, 'away');
}

const ROUNDS: i32 = 8;
let barrier: Barrier | null = null;

/** Looks on every core for what the first one moves, which every core has found before: a path leads where it does now. */
function lookOn(core: i32): i32 {
  const old = Bytes.of('/tmp/old');
  const moved = Bytes.of('/tmp/new');
  for (let round = 0; round < ROUNDS; round++) {
    if (core == 0) {
      mkdir(old.start, old.length, 0o755);
      close(opened('/tmp/old/x', O_WRONLY | O_CREAT));
    }
    barrier!.wait();
    found('/tmp/old/x', true);
    barrier!.wait();
    if (core == 0) rename(old.start, old.length, moved.start, moved.length);
    barrier!.wait();
    found('/tmp/old/x', false);
    found('/tmp/new/x', true);
    barrier!.wait();
    if (core == 0) {
      const file = Bytes.of('/tmp/new/x');
      same(unlink(file.start, file.length), 0, 'unlink');
      same(rmdir(moved.start, moved.length), 0, 'rmdir');
      mkdir(moved.start, moved.length, 0o755);
    }
    barrier!.wait();
    found('/tmp/new/x', false);
    barrier!.wait();
    if (core == 0) same(rmdir(moved.start, moved.length), 0, 'rmdir of the other one');
  }
  return 0;
}

function found(path: string, expected: bool): void {
  const fd = opened(path, O_RDONLY);
  check(expected ? fd >= 0 : fd == -ENOENT, path);
  if (fd >= 0) close(fd);
}

function moving(): void {
  const threads: Thread[] = [];
  barrier = new Barrier(cores());
  for (let core = 1; core < cores(); core++) threads.push(Thread.start(lookOn, core, core));
  lookOn(0);
  for (let i = 0; i < threads.length; i++) threads[i].join();
}

/** Bytes of a file in memory: shared with it, or copied when they are written. */
function mapping(): void {
  const fd = opened('/tmp/map', O_RDWR | O_CREAT);
  for (let i = 0; i < 8192; i++) store<u8>(buffer + i, <u8>i);
  write(fd, buffer, 8192);
  const both = PROT_READ | PROT_WRITE;
  const shared = <usize>mmap(0, 8192, both, MAP_SHARED, fd, 0);
  const own = <usize>mmap(0, 4096, both, MAP_PRIVATE, fd, 4096);
  same(load<u8>(shared, 4100), 4, 'what is in the file');
  same(load<u8>(own, 5), 5, 'what is in the file');
  store<u8>(shared + 4096, 77);
  same(load<u8>(own), 77, 'a page that is not copied yet');
  store<u8>(own, 78);
  store<u8>(shared + 4097, 79);
  same(load<u8>(shared, 4096), 77, 'a copy does not change the file');
  pread(fd, buffer, 2, 4096);
  same(load<u16>(buffer), 77 + 256 * 79, 'what is stored is in the file');
  pwrite(fd, buffer, 1, 1);
  same(load<u8>(shared, 1), 77, 'what is written is in memory');
  const pid = fork();
  if (pid == 0) {
    store<u8>(shared + 2, 99);
    store<u8>(own + 2, 99);
    exit(0);
  }
  new ProcessEnd().wait(pid);
  same(load<u8>(shared, 2), 99, "a child's store");
  same(load<u8>(own, 2), 2, "a child's store to its copy");
  munmap(shared, 8192);
  munmap(own, 4096);
  close(fd);
  const readable = opened('/tmp/map', O_RDONLY);
  same(mmap(0, 4096, both, MAP_SHARED, readable, 0), -EACCES, 'not to be written');
  const shown = <usize>mmap(0, 4096, PROT_READ, MAP_SHARED, readable, 0);
  same(load<u8>(shown, 2), 99, 'to be read');
  same(mprotect(shown, 4096, both), -EACCES, 'not even later');
  munmap(shown, 4096);
  close(readable);
  const path = Bytes.of('/tmp/map');
  unlink(path.start, path.length);
}

function devices(): void {
  const none = opened('/dev/null', O_RDWR);
  same(write(none, buffer, 100), 100, 'written to nothing');
  same(read(none, buffer, 100), 0, 'read from nothing');
  same(isatty(none), 0, 'no terminal');
  same(tcsetpgrp(none, 1), -ENOTTY, 'no terminal');
  const console = opened('/dev/console', O_WRONLY);
  same(isatty(console), isatty(1), 'the console');
  close(none);
  close(console);
  const source = opened('/dev/null', O_RDONLY);
  same(write(source, buffer, 1), -EBADF, 'not open for writing');
  close(source);
  const sink = opened('/dev/null', O_WRONLY);
  same(read(sink, buffer, 1), -EBADF, 'not open for reading');
  close(sink);
}

export function checkFiles(): void {
  contents();
  directories();
  renaming();
  appending();
  removed();
  moving();
  mapping();
  devices();
}
