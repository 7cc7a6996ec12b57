// What can be set on the kernel's command line: which implementation each kind of memory object has.
//
//   objects=shared|distributed        all of them; distributed by default
//   process=  region=  globalpm=      the same for one kind; the processes' PMs are of the Global PM's
//   fcm=shared|dhash|partitioned      FCMs: one hash, a DHash, or pages divided among the CPUs; where objects are distributed, by default each one's by its use
import { CommandLine } from '../lib/unix/command-line';
import { BY_USE, DISTRIBUTED, PARTITIONED, setFamilies, SHARED } from './mem/families';

export function setFamiliesBy(line: CommandLine): void {
  const all = line.has('objects=shared') ? SHARED : DISTRIBUTED;
  let fcm = all == SHARED ? SHARED : BY_USE;
  if (line.has('fcm=shared')) fcm = SHARED;
  else if (line.has('fcm=dhash')) fcm = DISTRIBUTED;
  else if (line.has('fcm=partitioned')) fcm = PARTITIONED;
  const process = familyBy(line, 'process=shared', 'process=distributed', all);
  const region = familyBy(line, 'region=shared', 'region=distributed', all);
  setFamilies(process, region, familyBy(line, 'globalpm=shared', 'globalpm=distributed', all), fcm);
}

function familyBy(line: CommandLine, shared: string, distributed: string, otherwise: i32): i32 {
  if (line.has(shared)) return SHARED;
  return line.has(distributed) ? DISTRIBUTED : otherwise;
}
