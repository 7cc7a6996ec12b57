// What programs import: the functions of the POSIX-like API as they are (posix.ts, abi.ts), and the layer that makes them pleasant.

export * from './abi';
export * from './posix';
export * from './arguments';
export * from './byte-buffer';
export * from './bytes';
export * from './directory';
export * from './errors';
export * from './file';
export * from './input';
export * from './memory';
export * from './options';
export * from './output';
export * from './process';
export * from './sync';
export * from './thread';
