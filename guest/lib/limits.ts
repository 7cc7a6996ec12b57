// What the machine has at most, as far as guests set memory aside for it before they know their machine.

export const MOST_CORES: i32 = 128;
export const MOST_NODES: i32 = 128;
/** Longest line of any machine: what is aligned to it shares a line with nothing else. */
export const MOST_LINE_BYTES: i32 = 128;
