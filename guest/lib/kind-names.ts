// Names of kinds of objects for reports of those outside. They are put together once, so to name an object costs nothing that is simulated but the call. A name
// holds until something else with a name lies there.
import { label } from './machine';

/** What the text of a kind takes: how many bytes, and the text. */
export const KIND_NAME_BYTES: i32 = 32;

/** Puts a kind's name, ASCII, to an address, before there are objects of it. */
export function layOutKindName(text: usize, name: string): void {
  store<i32>(text, name.length);
  for (let i = 0; i < name.length; i++) store<u8>(text + 4 + i, <u8>name.charCodeAt(i));
}

/** Names one of them. Where the kind has no name that does nothing. */
@inline
export function nameAs(text: usize, object: usize, bytes: usize): void {
  label(object, <i32>bytes, text + 4, load<i32>(text));
}
