// What the objects of the kernel's memory are called in reports of those outside.
import { ENTRY_BYTES } from '../cobj/translation';
import { KIND_NAME_BYTES, layOutKindName, nameAs } from '../../lib/kind-names';

export const NAME_PROCESS: i32 = 0;
export const NAME_REGION_LIST: i32 = 1;
export const NAME_REGION: i32 = 2;
export const NAME_HAT: i32 = 3;
export const NAME_PM: i32 = 4;
export const NAME_GLOBAL_PM: i32 = 5;
export const NAME_FCM: i32 = 6;
export const NAME_PAGE_HASH: i32 = 7;
export const NAME_DHASH_TABLE: i32 = 8;
export const NAME_PAGE: i32 = 9;
export const NAME_FR: i32 = 10;
export const NAME_SERVER: i32 = 11;
const KINDS: i32 = 12;

const texts = memory.data(KINDS * KIND_NAME_BYTES, 4);

/** On the boot CPU, before there are objects. */
export function layOutMemoryNames(): void {
  layOutKindName(textOf(NAME_PROCESS), 'Process');
  layOutKindName(textOf(NAME_REGION_LIST), 'Process: Regions');
  layOutKindName(textOf(NAME_REGION), 'Region');
  layOutKindName(textOf(NAME_HAT), 'HAT');
  layOutKindName(textOf(NAME_PM), 'PM');
  layOutKindName(textOf(NAME_GLOBAL_PM), 'Global PM');
  layOutKindName(textOf(NAME_FCM), 'FCM');
  layOutKindName(textOf(NAME_PAGE_HASH), 'FCM: page hash');
  layOutKindName(textOf(NAME_DHASH_TABLE), 'FCM: DHash table');
  layOutKindName(textOf(NAME_PAGE), 'FCM: page descriptor');
  layOutKindName(textOf(NAME_FR), 'FR');
  layOutKindName(textOf(NAME_SERVER), 'Server');
}

@inline
function textOf(kind: i32): usize {
  return texts + kind * KIND_NAME_BYTES;
}

/** Names an object of a kind, in its constructor. */
@inline
export function nameObject<T>(kind: i32, object: T): void {
  nameAs(textOf(kind), changetype<usize>(object), load<u32>(changetype<usize>(object) - 4));
}

/** Names a clustered object, by its COID, which it answers. */
@inline
export function nameCoid(kind: i32, coid: usize): usize {
  nameAs(textOf(kind), coid, ENTRY_BYTES);
  return coid;
}
