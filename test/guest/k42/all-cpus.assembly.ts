// Lets a test kernel do something on all CPUs that have clustered objects.
import { coreId } from '../../../guest/lib/machine';
import { layOutKernel } from '../../../guest/lib/kernel';
import { enterClusteredObjects, layOutClusteredObjects } from '../../../guest/k42/cobj/clustered-objects';
import { runOnAll } from '../lib/all-cores.assembly';

/** The function that each CPU runs. */
const bodyIndex = memory.data(4, 4);

/** Runs `prepare` on core 0, then `body` on every one, and returns on core 0 when all are done. For core 0 in `boot`. */
export function onAllCpus(info: usize, prepare: () => void, body: () => void): void {
  layOutClusteredObjects(layOutKernel(info));
  prepare();
  store<i32>(bodyIndex, body.index);
  runOnAll(enterAndRun);
}

function enterAndRun(): void {
  if (coreId() != 0) enterClusteredObjects();
  call_indirect<void>(load<i32>(bodyIndex));
}
