// Clustered objects begin here: on the boot core `layOutClusteredObjects`, behind `layOutKernel` and whatever else is to be in all page directories, and on the
// other CPUs, before they touch an object, `enterClusteredObjects`. From then on the CPU walks a kernel page directory of its own.
import { BootInfo } from '../../lib/boot-info';
import { coreId, setPageRoot } from '../../lib/machine';
import { layOutCleanUp } from './clean-up';
import { addLocalTable, layOutGlobalTable } from './global-table';
import { LocalTable, localTable } from './local-table';

export function layOutClusteredObjects(info: BootInfo): void {
  layOutGlobalTable(info);
  enterClusteredObjects();
}

export function enterClusteredObjects(): void {
  const table = new LocalTable(coreId());
  addLocalTable(table);
  layOutCleanUp();
  setPageRoot(table.directory, 0);
}

/** This CPU's kernel page directory, by its physical address. Page directories of users on this CPU have its upper half (`newPageDirectory`). */
export function kernelRoot(): usize {
  return localTable().directory;
}
