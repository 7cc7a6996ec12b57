// Snapshots: everything that a machine is between two runs, as plain data under names, and making a machine of the same options go on from
// there as the first one would have.
//
// Each part of a machine saves and restores itself; here is the order. A snapshot is made of plain objects, numbers, strings, BigInts and
// typed arrays, so it can be cloned and sent to a worker; encode.ts makes bytes of it.
import type { Digest, SavedDigest } from '../core/digest.ts';
import type { Execution, SavedExecution } from '../core/execution.ts';
import { GlobalRef, type Imports, type SavedTable, TableRef } from '../core/external.ts';
import type { SavedFunctions } from '../core/function-table.ts';
import type { Images, SavedImage } from '../core/images.ts';
import { Instance, type InstanceContext, type SavedInstance } from '../core/instance.ts';
import type { Linked } from '../core/linking.ts';
import type { PlainOptions } from '../core/machine-options.ts';
import { At, type Place } from '../core/place.ts';
import type { SavedTasks, Tasks } from '../core/tasks.ts';
import { AddressSpace, type SavedAddressSpace } from '../memory/address-space.ts';
import type { MemorySystem, SavedMemorySystem } from '../memory/memory-system.ts';
import type { MachineMemory, SavedMemory } from '../state/machine-memory.ts';
import { checkFit, checkImages, type Fit, fitOf, SNAPSHOT_FORMAT } from './fit.ts';

export interface MachineSnapshot {
  readonly format: number;
  readonly fit: Fit;
  readonly options: PlainOptions;
  /** The host memory in which everything of the machine lives. */
  readonly memory: SavedMemory;
  readonly memorySystem: SavedMemorySystem;
  readonly images: readonly SavedImage[];
  readonly functions: SavedFunctions;
  /** Address spaces, and how many there have been. */
  readonly spaces: { readonly made: number; readonly all: readonly SavedAddressSpace[] };
  readonly instances: readonly SavedInstance[];
  readonly execution: SavedExecution;
  readonly tasks: SavedTasks;
  readonly digest: SavedDigest;
}

/** The parts of a machine that a snapshot is of. */
export interface SnapshotParts {
  readonly options: PlainOptions;
  /** Has machine memory, address spaces and the function table. */
  readonly context: InstanceContext;
  readonly memorySystem: MemorySystem;
  readonly images: Images;
  readonly execution: Execution;
  readonly tasks: Tasks;
  readonly digest: Digest;
}

export function takeSnapshot(parts: SnapshotParts): MachineSnapshot {
  const { options, context, memorySystem, images, execution, tasks, digest } = parts;
  const { memory, functions, spaces } = context;
  const { instances } = functions;
  return {
    format: SNAPSHOT_FORMAT,
    fit: fitOf({ functions, constants: memorySystem.constants }),
    options,
    memory: memory.save(),
    memorySystem: memorySystem.save(),
    images: images.save(),
    functions: functions.save(),
    spaces: { made: spaces.made, all: [...functions.spaces.values()].map((space) => space.save()) },
    instances: instances.map((instance) => instance.save(images.list)),
    execution: execution.save({ images: images.list, instances }),
    tasks: tasks.save(images.list),
    digest: digest.save(),
  };
}

/**
 * Lets a machine that has just been made with the snapshot's options become what the snapshot is of. Throws a SnapshotError where the snapshot is of another version, a LinkError where a
 * function of the host's is not among the imports.
 */
export function restoreSnapshot(snapshot: MachineSnapshot, parts: SnapshotParts, imports: Imports): void {
  const { context, memorySystem, images, execution, tasks, digest } = parts;
  const { memory, functions, spaces } = context;
  checkFit(snapshot.fit, { functions, constants: memorySystem.constants });
  memory.restore(snapshot.memory);
  memorySystem.restore(snapshot.memorySystem);
  images.restore(snapshot.images);
  checkImages(snapshot.images, images);
  functions.restore(snapshot.functions, imports);
  execution.intrinsics.restore(snapshot.execution.intrinsics);
  spaces.made = snapshot.spaces.made;
  for (const space of snapshot.spaces.all) functions.registerSpace(new AddressSpace(spaces, 0, space.mostPages, space));
  restoreInstances(snapshot, context, images);
  functions.gates.restore();
  const inventory = { images: images.list, instances: functions.instances };
  execution.restore(snapshot.execution, inventory);
  tasks.restore(snapshot.tasks, images.list);
  digest.restore(snapshot.digest);
  if (memory.top !== snapshot.memory.top) throw new Error('restoring a snapshot has allocated machine memory');
}

/** In the order in which they were made: each finds the functions that it imports. */
function restoreInstances(snapshot: MachineSnapshot, context: InstanceContext, { list }: Images): void {
  const { memory, functions, block } = context;
  const found = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`the snapshot has no ${what}`);
    return value;
  };
  for (const saved of snapshot.instances) {
    const image = list[saved.image];
    const { globals } = image.module;
    const place = (constant: number) => (image.linked ? block.at(constant) : new At(constant));
    const space = saved.memory && found(functions.spaces.get(saved.memory.space), 'address space');
    const linked: Linked = {
      code: saved.code,
      virtual: saved.virtual,
      imported: saved.imported.map((id) => found(functions.byId(id), `function ${id}`)),
      tables: saved.tables.map((table) => restoreTable(table, memory, place)),
      globals: saved.globals.map((constant, i) => new GlobalRef(memory, globals[i].type, place(constant))),
      firstGlobal: saved.firstGlobal,
      dropped: place(saved.dropped),
      memory: space && saved.memory && { kind: 'memory', space, limits: saved.memory.limits },
    };
    new Instance(image, linked, context).restoreSegments(saved);
  }
}

/** Instances that share a table each have a view of it: what it is, is in machine memory. */
function restoreTable(saved: SavedTable, memory: MachineMemory, place: (constant: number) => Place): TableRef {
  const table = new TableRef(memory, saved.type, place(saved.place));
  table.shared = saved.shared;
  return table;
}
