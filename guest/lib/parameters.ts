// Parameters of a guest, from the command line in the boot information: `NAME=NUMBER` or `NAME=NUMBER,NUMBER...`, separated by spaces.

let line: usize = 0;
let end: usize = 0;

/** Says where the command line is, on this core. */
export function setCommandLine(address: usize, bytes: usize): void {
  line = address;
  end = address + bytes;
}

/** Item `index` of the list that stands behind `name`; `fallback` when there is none. */
export function parameterAt(name: string, index: i32, fallback: i32): i32 {
  let at = findValue(name);
  for (let skipped = 0; skipped < index && at < end; at++) {
    const byte = load<u8>(at);
    if (byte == 0x20) return fallback;
    if (byte == 0x2c) skipped++;
  }
  if (!isDigit(at)) return fallback;
  let value = 0;
  for (; isDigit(at); at++) value = 10 * value + load<u8>(at) - 0x30;
  return value;
}

export function parameter(name: string, fallback: i32): i32 {
  return parameterAt(name, 0, fallback);
}

/** The address behind `name=`; the command line's end when it is not there. */
function findValue(name: string): usize {
  for (let word = line; word < end; word++) {
    let length = 0;
    while (length < name.length && word + length < end && load<u8>(word + length) == name.charCodeAt(length)) length++;
    if (length == name.length && word + length < end && load<u8>(word + length) == 0x3d) return word + length + 1;
    while (word < end && load<u8>(word) != 0x20) word++;
  }
  return end;
}

function isDigit(at: usize): bool {
  return at < end && load<u8>(at) >= 0x30 && load<u8>(at) <= 0x39;
}
