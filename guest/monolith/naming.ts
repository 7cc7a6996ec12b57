// What files are called: a tree in the kernel, and the system calls on paths.
export * from '../lib/unix/file-tree';
export { pathCall } from '../lib/unix/path-calls';
