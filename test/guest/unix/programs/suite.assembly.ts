// What these tests run on the kernel: `suite NAME` makes the checks of that name, `suite NAME ARGUMENT...` with arguments;
// `suite leave` is what programs.assembly.ts has others go on as.
import { args, out } from '../../../../guest/posix/index';
import { check } from './check.assembly';
import { checkFamilies } from './families.assembly';
import { checkFiles } from './files.assembly';
import { checkFuzz } from './fuzz.assembly';
import { checkIsolation } from './isolation.assembly';
import { checkMemory } from './memory.assembly';
import { checkProcesses } from './processes.assembly';
import { checkPrograms, leaveThread } from './programs.assembly';
import { checkSharing } from './sharing.assembly';
import { checkSignals } from './signals.assembly';
import { checkThreads } from './threads.assembly';

export function main(): i32 {
  const words = args();
  const name = words[1];
  if (name == 'leave') return leaveThread();
  if (name == 'families') checkFamilies();
  else if (name == 'files') checkFiles();
  else if (name == 'memory') checkMemory();
  else if (name == 'processes') checkProcesses();
  else if (name == 'programs') checkPrograms();
  else if (name == 'sharing') checkSharing();
  else if (name == 'signals') checkSignals();
  else if (name == 'threads') checkThreads();
  else if (name == 'fuzz') checkFuzz(I32.parseInt(words[2]), I32.parseInt(words[3]));
  else if (name == 'isolation') checkIsolation(I32.parseInt(words[2]));
  else check(false, 'there is such a check');
  out.text(name).text(' works\n');
  return 0;
}
