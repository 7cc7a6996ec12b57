// The floors of machine/: which part may import which. A part imports only from lower floors, or from its own.
// Parts on one floor may know each other as long as no circle of parts arises.

/** From the top to the ground; a part is a folder of machine/ or a file that stands alone in it. */
export const FLOORS: readonly (readonly string[])[] = [
  ['index.ts'],
  ['machine.ts'],
  ['observe', 'check', 'snapshot'],
  ['core'],
  ['interrupt'],
  ['device'],
  ['memory'],
  ['coherence'],
  ['cache', 'translate', 'native'],
  ['wasm', 'state', 'time', 'interconnect', 'profile', 'platform.ts', 'webassembly.d.ts'],
];

/** The part of machine/ that a file belongs to. */
export function partOf(file: string): string {
  return file.split('/')[1] as string;
}

/** Height of a part's floor: 0 is the ground; undefined for a part that no floor names. */
export function floorOf(part: string): number | undefined {
  const index = FLOORS.findIndex((floor) => floor.includes(part));
  return index < 0 ? undefined : FLOORS.length - 1 - index;
}
