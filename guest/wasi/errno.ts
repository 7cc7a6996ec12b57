// From what the POSIX-like API answers to WASI's errno.
import * as abi from '../posix/abi';
import * as wasi from './abi';

/** Errno of an answer that is a negated error number; success for any other. */
export function errnoOf(answer: i64): i32 {
  return answer >= 0 ? wasi.ERRNO_SUCCESS : errnoOfError(<i32>-answer);
}

function errnoOfError(error: i32): i32 {
  switch (error) {
    case abi.EPERM:
      return wasi.ERRNO_PERM;
    case abi.ENOENT:
      return wasi.ERRNO_NOENT;
    case abi.ESRCH:
      return wasi.ERRNO_SRCH;
    case abi.EINTR:
      return wasi.ERRNO_INTR;
    case abi.E2BIG:
      return wasi.ERRNO_2BIG;
    case abi.ENOEXEC:
      return wasi.ERRNO_NOEXEC;
    case abi.EBADF:
      return wasi.ERRNO_BADF;
    case abi.ECHILD:
      return wasi.ERRNO_CHILD;
    case abi.EAGAIN:
      return wasi.ERRNO_AGAIN;
    case abi.ENOMEM:
      return wasi.ERRNO_NOMEM;
    case abi.EACCES:
      return wasi.ERRNO_ACCES;
    case abi.EFAULT:
      return wasi.ERRNO_FAULT;
    case abi.EBUSY:
      return wasi.ERRNO_BUSY;
    case abi.EEXIST:
      return wasi.ERRNO_EXIST;
    case abi.EXDEV:
      return wasi.ERRNO_XDEV;
    case abi.ENOTDIR:
      return wasi.ERRNO_NOTDIR;
    case abi.EISDIR:
      return wasi.ERRNO_ISDIR;
    case abi.EINVAL:
      return wasi.ERRNO_INVAL;
    case abi.ENFILE:
      return wasi.ERRNO_NFILE;
    case abi.EMFILE:
      return wasi.ERRNO_MFILE;
    case abi.ENOTTY:
      return wasi.ERRNO_NOTTY;
    case abi.EFBIG:
      return wasi.ERRNO_FBIG;
    case abi.ENOSPC:
      return wasi.ERRNO_NOSPC;
    case abi.ESPIPE:
      return wasi.ERRNO_SPIPE;
    case abi.EROFS:
      return wasi.ERRNO_ROFS;
    case abi.EMLINK:
      return wasi.ERRNO_MLINK;
    case abi.EPIPE:
      return wasi.ERRNO_PIPE;
    case abi.EDOM:
      return wasi.ERRNO_DOM;
    case abi.ERANGE:
      return wasi.ERRNO_RANGE;
    case abi.EDEADLK:
      return wasi.ERRNO_DEADLK;
    case abi.ENAMETOOLONG:
      return wasi.ERRNO_NAMETOOLONG;
    case abi.ENOSYS:
      return wasi.ERRNO_NOSYS;
    case abi.ENOTEMPTY:
      return wasi.ERRNO_NOTEMPTY;
    case abi.EOVERFLOW:
      return wasi.ERRNO_OVERFLOW;
    case abi.ETIMEDOUT:
      return wasi.ERRNO_TIMEDOUT;
    default:
      return wasi.ERRNO_IO;
  }
}
