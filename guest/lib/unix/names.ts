// What the kernel's objects are called in reports of those outside, such as the one of lines that cores fight for. Names cost nothing that is simulated
// but the calls: those of what comes and goes are put together once. A name holds until something else with a name lies there.
import { out } from '../console';
import { label } from '../machine';

export const NAME_PROCESS: i32 = 0;
export const NAME_THREAD: i32 = 1;
export const NAME_ADDRESS_SPACE: i32 = 2;
export const NAME_DESCRIPTORS: i32 = 3;
export const NAME_PIPE: i32 = 4;
const KINDS: i32 = 5;

/** Of each kind: how many bytes, and the text. */
const KIND_BYTES: i32 = 32;
const texts = memory.data(KINDS * KIND_BYTES, 4);

/** On the boot core, before there are objects of these kinds. */
export function layOutNames(): void {
  layOutName(NAME_PROCESS, 'process');
  layOutName(NAME_THREAD, 'thread');
  layOutName(NAME_ADDRESS_SPACE, 'address space');
  layOutName(NAME_DESCRIPTORS, 'descriptors');
  layOutName(NAME_PIPE, 'pipe');
}

function layOutName(kind: i32, name: string): void {
  const text = texts + kind * KIND_BYTES;
  store<i32>(text, name.length);
  for (let i = 0; i < name.length; i++) store<u8>(text + 4 + i, <u8>name.charCodeAt(i));
}

/** Names one of the objects of a kind. */
@inline
export function nameKind(kind: i32, object: usize, bytes: usize): void {
  const text = texts + kind * KIND_BYTES;
  label(object, <i32>bytes, text + 4, load<i32>(text));
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
