// What the kernel's objects are called in reports of those outside, such as the one of lines that cores fight for.
import { out } from '../console';
import { KIND_NAME_BYTES, layOutKindName, nameAs } from '../kind-names';

export const NAME_PROCESS: i32 = 0;
export const NAME_THREAD: i32 = 1;
export const NAME_ADDRESS_SPACE: i32 = 2;
export const NAME_DESCRIPTORS: i32 = 3;
export const NAME_PIPE: i32 = 4;
const KINDS: i32 = 5;

const texts = memory.data(KINDS * KIND_NAME_BYTES, 4);

/** On the boot core, before there are objects of these kinds. */
export function layOutNames(): void {
  layOutName(NAME_PROCESS, 'process');
  layOutName(NAME_THREAD, 'thread');
  layOutName(NAME_ADDRESS_SPACE, 'address space');
  layOutName(NAME_DESCRIPTORS, 'descriptors');
  layOutName(NAME_PIPE, 'pipe');
}

function layOutName(kind: i32, name: string): void {
  layOutKindName(texts + kind * KIND_NAME_BYTES, name);
}

/** Names one of the objects of a kind. */
@inline
export function nameKind(kind: i32, object: usize, bytes: usize): void {
  nameAs(texts + kind * KIND_NAME_BYTES, object, bytes);
}

/** Names something that there is once, or, with a number, for each core. At boot, since the text is put together. */
export function nameOne<T>(object: T, name: string, number: i32 = -1): void {
  nameMemory(changetype<usize>(object), offsetof<T>(), name, number);
}

export function nameMemory(address: usize, bytes: usize, name: string, number: i32 = -1): void {
  const line = out.text(name);
  if (number >= 0) line.text(' ').number(number);
  line.name(address, bytes);
}
