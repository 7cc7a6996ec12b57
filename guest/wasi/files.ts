// Reading, writing and closing descriptors.
import { PIPE_BUF, SEEK_CUR, STAT_MODE } from '../posix/abi';
import { close, dup2, fstat, lseek, pread, pwrite, read, write } from '../posix/posix';
import * as wasi from './abi';
import { forget, move } from './descriptors';
import { errnoOf } from './errno';
import { SCRATCH_STATUS, SCRATCH_TEXT } from './scratch';
import { filetypeOf } from './status';

@inline
function bufferAt(vectors: usize, i: i32): usize {
  return load<usize>(vectors + <usize>i * wasi.IOVEC_BYTES, wasi.IOVEC_BUFFER);
}

@inline
function lengthAt(vectors: usize, i: i32): i32 {
  return load<i32>(vectors + <usize>i * wasi.IOVEC_BYTES, wasi.IOVEC_LENGTH);
}

/** The first buffer from the i-th on that is not empty; `count` if there is none. */
function nextBuffer(vectors: usize, count: i32, i: i32): i32 {
  while (i < count && lengthAt(vectors, i) == 0) i++;
  return i;
}

/** Tells how many bytes were moved, or the error if it came before the first. */
function finish(done: i32, last: i32, out: usize): i32 {
  if (last < 0 && done == 0) return errnoOf(last);
  store<i32>(out, done);
  return wasi.ERRNO_SUCCESS;
}

// --- reading

/** Fills further buffers only of files, which never wait: of a pipe and a terminal what is there has been read. */
export function fd_read(fd: i32, vectors: usize, count: i32, out: usize): i32 {
  let i = nextBuffer(vectors, count, 0);
  if (i == count) return finish(0, read(fd, 0, 0), out);
  let done = 0;
  let got = 0;
  while (i < count) {
    got = read(fd, bufferAt(vectors, i), lengthAt(vectors, i));
    if (got > 0) done += got;
    if (got < lengthAt(vectors, i)) break;
    i = nextBuffer(vectors, count, i + 1);
    if (i < count && lseek(fd, 0, SEEK_CUR) < 0) break;
  }
  return finish(done, got, out);
}

export function fd_pread(fd: i32, vectors: usize, count: i32, offset: i64, out: usize): i32 {
  let i = nextBuffer(vectors, count, 0);
  if (i == count) return finish(0, pread(fd, 0, 0, offset), out);
  let done = 0;
  let got = 0;
  while (i < count) {
    got = pread(fd, bufferAt(vectors, i), lengthAt(vectors, i), offset + done);
    if (got > 0) done += got;
    if (got < lengthAt(vectors, i)) break;
    i = nextBuffer(vectors, count, i + 1);
  }
  return finish(done, got, out);
}

// --- writing

/** What fits into PIPE_BUF is written in one piece, so that lines of several processes are not mixed in a pipe. */
export function fd_write(fd: i32, vectors: usize, count: i32, out: usize): i32 {
  let i = nextBuffer(vectors, count, 0);
  if (i == count) return finish(0, write(fd, 0, 0), out);
  if (nextBuffer(vectors, count, i + 1) < count) {
    const gathered = gather(vectors, count);
    if (gathered >= 0) {
      const put = write(fd, SCRATCH_TEXT, gathered);
      return finish(max(put, 0), put, out);
    }
  }
  let done = 0;
  let put = 0;
  while (i < count) {
    put = write(fd, bufferAt(vectors, i), lengthAt(vectors, i));
    if (put > 0) done += put;
    if (put < lengthAt(vectors, i)) break;
    i = nextBuffer(vectors, count, i + 1);
  }
  return finish(done, put, out);
}

/** Copies all buffers one behind the other; their bytes, or -1 if they are more than PIPE_BUF. */
function gather(vectors: usize, count: i32): i32 {
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const length = lengthAt(vectors, i);
    if (<u32>length > <u32>(PIPE_BUF - bytes)) return -1;
    memory.copy(SCRATCH_TEXT + bytes, bufferAt(vectors, i), length);
    bytes += length;
  }
  return bytes;
}

export function fd_pwrite(fd: i32, vectors: usize, count: i32, offset: i64, out: usize): i32 {
  let i = nextBuffer(vectors, count, 0);
  if (i == count) return finish(0, pwrite(fd, 0, 0, offset), out);
  let done = 0;
  let put = 0;
  while (i < count) {
    put = pwrite(fd, bufferAt(vectors, i), lengthAt(vectors, i), offset + done);
    if (put > 0) done += put;
    if (put < lengthAt(vectors, i)) break;
    i = nextBuffer(vectors, count, i + 1);
  }
  return finish(done, put, out);
}

// --- where a file stands. whence is that of the POSIX-like API.

export function fd_seek(fd: i32, offset: i64, whence: i32, out: usize): i32 {
  const position = lseek(fd, offset, whence);
  if (position >= 0) store<i64>(out, position);
  return errnoOf(position);
}

export function fd_tell(fd: i32, out: usize): i32 {
  return fd_seek(fd, 0, SEEK_CUR, out);
}

// --- descriptors

export function fd_close(fd: i32): i32 {
  const error = close(fd);
  if (error == 0) forget(fd);
  return errnoOf(error);
}

/** Both must be open. */
export function fd_renumber(from: i32, to: i32): i32 {
  let error = fstat(from, SCRATCH_STATUS);
  if (error == 0) error = fstat(to, SCRATCH_STATUS);
  if (error < 0) return errnoOf(error);
  if (from == to) return wasi.ERRNO_SUCCESS;
  const answer = dup2(from, to);
  if (answer < 0) return errnoOf(answer);
  move(from, to);
  return errnoOf(close(from));
}

// --- what a file system in memory has nothing to do for

export function fd_sync(fd: i32): i32 {
  return errnoOf(fstat(fd, SCRATCH_STATUS));
}

export function fd_datasync(fd: i32): i32 {
  return fd_sync(fd);
}

export function fd_advise(fd: i32, offset: i64, length: i64, advice: i32): i32 {
  const error = fstat(fd, SCRATCH_STATUS);
  if (error < 0) return errnoOf(error);
  if (<u32>advice > <u32>wasi.ADVICE_NOREUSE || offset < 0 || length < 0) return wasi.ERRNO_INVAL;
  const type = filetypeOf(load<i32>(SCRATCH_STATUS, STAT_MODE));
  return type == wasi.FILETYPE_SOCKET_STREAM ? wasi.ERRNO_SPIPE : wasi.ERRNO_SUCCESS;
}
