// A set of cores in two words of 64 bits, changed and read without a lock.

export class CpuSet {
  private low: u64 = 0;
  private high: u64 = 0;

  @inline
  private wordOf(core: i32): usize {
    return changetype<usize>(this) + (core < 64 ? offsetof<CpuSet>('low') : offsetof<CpuSet>('high'));
  }

  has(core: i32): bool {
    return ((atomic.load<u64>(this.wordOf(core)) >> (core & 63)) & 1) != 0;
  }

  add(core: i32): void {
    atomic.or<u64>(this.wordOf(core), (<u64>1) << (core & 63));
  }

  clear(): void {
    atomic.store<u64>(this.wordOf(0), 0);
    atomic.store<u64>(this.wordOf(64), 0);
  }

  /** Adds all that are in another one. */
  addAll(other: CpuSet): void {
    atomic.or<u64>(this.wordOf(0), atomic.load<u64>(other.wordOf(0)));
    atomic.or<u64>(this.wordOf(64), atomic.load<u64>(other.wordOf(64)));
  }

  /** Whether it was there. */
  remove(core: i32): bool {
    const bit: u64 = (<u64>1) << (core & 63);
    return (atomic.and<u64>(this.wordOf(core), ~bit) & bit) != 0;
  }

  /** The first core from `from` on, or -1. */
  next(from: i32): i32 {
    if (from < 64) {
      const rest = (atomic.load<u64>(this.wordOf(0)) >> from) << from;
      if (rest) return <i32>ctz(rest);
      from = 64;
    }
    if (from >= 128) return -1;
    const rest = (atomic.load<u64>(this.wordOf(64)) >> (from - 64)) << (from - 64);
    return rest ? 64 + <i32>ctz(rest) : -1;
  }
}
