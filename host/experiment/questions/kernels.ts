// Kernels with their options, as experiments compare them, and the numbers of CPUs of the machine that they are compared on.
import type { Configuration } from '../sweep.ts';

/** 24 CPUs on a bus. */
export const MACHINE = 'ibm-s85';
export const CPUS: readonly number[] = [1, 2, 4, 8, 16, 24];

/** For what takes long. */
export const FEW: readonly number[] = [1, 4, 8, 24];

export const MONOLITH: Configuration = { name: 'monolith', kernel: 'monolith', options: [] };

/** K42 with options; without any, all its objects are distributed. */
export function k42(name: string, ...options: string[]): Configuration {
  return { name, kernel: 'k42', options };
}

export const K42_DISTRIBUTED = k42('k42 distributed');
export const K42_SHARED = k42('k42 shared', 'objects=shared');
