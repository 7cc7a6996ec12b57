// Error numbers in words, and the messages of programs: "cat: nofile: No such file or directory".

import * as abi from './abi';
import { programName } from './arguments';
import { Bytes, bytesOf } from './bytes';
import { err } from './output';

/** The text of an error number, negated or not, as the C library has it. */
export function errorText(error: i32): string {
  switch (error < 0 ? -error : error) {
    case abi.EPERM:
      return 'Operation not permitted';
    case abi.ENOENT:
      return 'No such file or directory';
    case abi.ESRCH:
      return 'No such process';
    case abi.EINTR:
      return 'Interrupted system call';
    case abi.EIO:
      return 'Input/output error';
    case abi.E2BIG:
      return 'Argument list too long';
    case abi.ENOEXEC:
      return 'Exec format error';
    case abi.EBADF:
      return 'Bad file descriptor';
    case abi.ECHILD:
      return 'No child processes';
    case abi.EAGAIN:
      return 'Resource temporarily unavailable';
    case abi.ENOMEM:
      return 'Cannot allocate memory';
    case abi.EACCES:
      return 'Permission denied';
    case abi.EFAULT:
      return 'Bad address';
    case abi.EBUSY:
      return 'Device or resource busy';
    case abi.EEXIST:
      return 'File exists';
    case abi.EXDEV:
      return 'Invalid cross-device link';
    case abi.ENOTDIR:
      return 'Not a directory';
    case abi.EISDIR:
      return 'Is a directory';
    case abi.EINVAL:
      return 'Invalid argument';
    case abi.ENFILE:
      return 'Too many open files in system';
    case abi.EMFILE:
      return 'Too many open files';
    case abi.ENOTTY:
      return 'Inappropriate ioctl for device';
    case abi.EFBIG:
      return 'File too large';
    case abi.ENOSPC:
      return 'No space left on device';
    case abi.ESPIPE:
      return 'Illegal seek';
    case abi.EROFS:
      return 'Read-only file system';
    case abi.EMLINK:
      return 'Too many links';
    case abi.EPIPE:
      return 'Broken pipe';
    case abi.EDOM:
      return 'Numerical argument out of domain';
    case abi.ERANGE:
      return 'Numerical result out of range';
    case abi.EDEADLK:
      return 'Resource deadlock avoided';
    case abi.ENAMETOOLONG:
      return 'File name too long';
    case abi.ENOSYS:
      return 'Function not implemented';
    case abi.ENOTEMPTY:
      return 'Directory not empty';
    case abi.EOVERFLOW:
      return 'Value too large for defined data type';
    case abi.ETIMEDOUT:
      return 'Connection timed out';
    default:
      return 'Unknown error';
  }
}

/** Writes "PROGRAM: MESSAGE" to stderr; returns 1. */
export function complain<T>(message: T): i32 {
  err.bytes(programName()).text(': ').bytes(bytesOf(message)).byte(0x0a);
  err.flush();
  return 1;
}

/** Writes "PROGRAM: SUBJECT: what the error is" to stderr; returns 1. */
export function complainOf<T>(subject: T, error: i32): i32 {
  err.bytes(programName()).text(': ').bytes(bytesOf(subject)).text(': ').text(errorText(error)).byte(0x0a);
  err.flush();
  return 1;
}

/** Writes "PROGRAM: cannot DO 'PATH': what the error is" to stderr; returns 1. `action` is all in front of the path, `purpose` all behind it. */
export function complainThat(action: string, path: Bytes, error: i32, purpose: string = ''): i32 {
  err
    .bytes(programName())
    .text(': ')
    .text(action)
    .text(" '")
    .bytes(path)
    .text("'")
    .text(purpose)
    .text(': ')
    .text(errorText(error))
    .byte(0x0a);
  err.flush();
  return 1;
}
