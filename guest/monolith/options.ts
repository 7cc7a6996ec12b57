// What can be set on the kernel's command line:
//
//   locks=big|fine|percpu   see lock.ts
import { CommandLine } from '../lib/unix/command-line';
import { LOCKS_BIG, LOCKS_FINE, LOCKS_PER_CPU } from './lock';

export function locksOf(line: CommandLine): i32 {
  if (line.has('locks=big')) return LOCKS_BIG;
  return line.has('locks=fine') ? LOCKS_FINE : LOCKS_PER_CPU;
}
