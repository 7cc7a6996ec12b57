// The library wasi_snapshot_preview1: lets programs that clang or rustc made for wasm32-wasi run on every kernel, by the functions of the image `posix`.
//
// It shares the process's memory and has its own static data at WASI_BASE. Each function answers an errno of abi.ts and writes its results where the
// caller says. Addresses are the caller's own responsibility: one that it may not access ends the process, as any load and store of its own would.
// What the system does not have answers ENOSYS (missing.ts).
export * from './directories';
export * from './files';
export * from './missing';
export * from './paths';
export * from './poll';
export * from './process';
export {
  fd_allocate,
  fd_fdstat_get,
  fd_fdstat_set_flags,
  fd_fdstat_set_rights,
  fd_filestat_get,
  fd_filestat_set_size,
  path_filestat_get,
} from './status';
