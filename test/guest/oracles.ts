// What the benchmark programs of guest/programs/bench must compute, written a second time in TypeScript and, where there is a
// choice, in another way: bit by bit instead of by table, library sort instead of quicksort, a Map instead of probing.

/** The generator of guest/lib/random.ts, over bigint. */
class Random {
  private state: bigint;

  constructor(seed: number) {
    this.state = BigInt(seed);
  }

  next(): number {
    this.state = BigInt.asUintN(64, this.state * 6364136223846793005n + 1442695040888963407n);
    return Number(this.state >> 32n);
  }
}

/** CRC-32 of the program's 16 KiB buffer repeated `n` times, bit by bit. */
function crc32(n: number): number {
  const random = new Random(32);
  const buffer = Uint8Array.from({ length: 16384 }, () => random.next() & 0xff);
  let remainder = ~0;
  for (let pass = 0; pass < n; pass++) {
    for (const byte of buffer) {
      remainder ^= byte;
      for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    }
  }
  return ~remainder;
}

/** One step of the checksums: a polynomial in 31 modulo 2^32. */
function append(checksum: number, value: number): number {
  return (Math.imul(checksum, 31) + value) | 0;
}

/** The tiny loop's polynomial. */
function count(n: number): number {
  let value = 1;
  for (let i = 0; i < n; i++) value = append(value, i);
  return value;
}

function quicksort(n: number): number {
  const random = new Random(1962);
  let checksum = 0;
  for (let round = 0; round < n; round++) {
    const array = Int32Array.from({ length: 4096 }, () => random.next() | 0).sort();
    checksum = array.reduce(append, checksum);
  }
  return checksum;
}

/** The fingerprint of a random matrix times the n-th power of the factor, multiplied in the same order: rounding is part of it. */
function matmul(size: number, n: number): bigint {
  const randomMatrix = (seed: number): number[][] => {
    const random = new Random(seed);
    return Array.from({ length: size }, () => Array.from({ length: size }, () => random.next() / 2 ** 32));
  };
  const factor = randomMatrix(size).map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((element) => element / sum);
  });
  const columns = factor.map((_, column) => factor.map((row) => row[column] as number));
  let product = randomMatrix(size + 1);
  for (let i = 0; i < n; i++) {
    product = product.map((row) =>
      columns.map((column) => row.reduce((sum, a, k) => sum + a * (column[k] as number), 0)),
    );
  }
  const bits = new BigUint64Array(Float64Array.from(product.flat()).buffer);
  const rotated = (hash: bigint) => BigInt.asUintN(64, (hash << 5n) | (hash >> 59n));
  return BigInt.asIntN(
    64,
    bits.reduce((hash, element) => rotated(hash) ^ element, 0n),
  );
}

function hashtable(n: number): number {
  const random = new Random(1953);
  let checksum = 0;
  for (let round = 0; round < n; round++) {
    const counts = new Map<number, number>();
    for (let i = 0; i < 1024; i++) {
      const key = (random.next() & 2047) + 1;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (let key = 1; key <= 2048; key++) checksum = append(checksum, counts.get(key) ?? 0);
  }
  return checksum;
}

function fibonacci(n: number): number {
  let [number, next] = [0, 1];
  for (let i = 0; i < 20; i++) [number, next] = [next, number + next];
  let checksum = 0;
  for (let i = 0; i < n; i++) checksum = append(checksum, number);
  return checksum;
}

/** What the interpreted program computes, without the interpreter. */
function interpreter(n: number): number {
  let total = 0;
  for (let start = 1; start <= 100; start++) {
    let steps = 0;
    for (let value = start; value !== 1; value = value % 2 === 0 ? value / 2 : 3 * value + 1) steps++;
    total = append(total, steps);
  }
  let checksum = 0;
  for (let i = 0; i < n; i++) checksum = append(checksum, total);
  return checksum;
}

/** Number of the line at which `steps` steps through the cycle over `bytes` bytes arrive, from line 0. */
export function chase(bytes: number, steps: number): number {
  const next = Array.from({ length: bytes / 64 }, (_, line) => line);
  const random = new Random(1986);
  for (let i = next.length - 1; i > 0; i--) {
    const other = random.next() % i;
    [next[i], next[other]] = [next[other] as number, next[i] as number];
  }
  let line = 0;
  for (let step = 0; step < steps; step++) line = next[line] as number;
  return line;
}

/** By program: the result of `run(n)` after `setup()`, as JavaScript sees it (i32 a number, i64 a bigint). */
export const ORACLES: Record<string, (n: number) => number | bigint> = {
  count,
  crc32,
  quicksort,
  matmul32: (n) => matmul(32, n),
  matmul64: (n) => matmul(64, n),
  hashtable,
  fibonacci,
  interpreter,
};
