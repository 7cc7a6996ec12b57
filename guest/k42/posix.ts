// K42's posix image: calls of the kernel, and of the file server.
export * from '../lib/unix/posix-common';
export * from './posix-paths';
