// Texts of the source, of ASCII alone, in memory.

/** Writes a text at an address: its bytes. */
export function putAscii(to: usize, text: string): i32 {
  for (let i = 0; i < text.length; i++) store<u8>(to + i, <u8>text.charCodeAt(i));
  return text.length;
}
