// The posix image of kernels in which all that programs ask for is done by the kernel.
export * from './posix-common';
export * from './posix-paths';
export * from './posix-processes';
