// K42's posix image: calls of the kernel, and of its servers.
export * from '../lib/unix/posix-common';
export * from './posix-paths';
export * from './posix-processes';
