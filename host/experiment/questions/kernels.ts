// Kernels with their options, as experiments compare them, and the numbers of CPUs of the machine that they are compared on.
import type { Configuration } from '../sweep.ts';

/** 24 CPUs on a bus. */
export const MACHINE = 'ibm-s85';
export const CPUS: readonly number[] = [1, 2, 4, 8, 12, 16, 20, 24];

export const MONOLITH: Configuration = { name: 'monolith', kernel: 'monolith', options: [] };
