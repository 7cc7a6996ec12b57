// Copying and filling parts of lines in machine memory. The host's own memory.copy and memory.fill are calls, which take longer than the loads and stores
// of a line.

const VECTOR: u32 = 16;

/** memory.copy of what is in one line at both ends. */
export function copyBytes(to: u32, from: u32, bytes: u32): void {
  // Forwards it is right where the destination comes first.
  if (bytes < VECTOR || to - from < bytes) {
    memory.copy(to, from, bytes);
    return;
  }
  const rest = v128.load(from + bytes - VECTOR);
  for (let at: u32 = 0; at + VECTOR < bytes; at += VECTOR) v128.store(to + at, v128.load(from + at));
  v128.store(to + bytes - VECTOR, rest);
}

/** memory.fill of what is in one line. */
export function fillBytes(to: u32, value: u8, bytes: u32): void {
  if (bytes < VECTOR) {
    memory.fill(to, value, bytes);
    return;
  }
  const values = i8x16.splat(value);
  for (let at: u32 = 0; at + VECTOR < bytes; at += VECTOR) v128.store(to + at, values);
  v128.store(to + bytes - VECTOR, values);
}
