// Why a snapshot is refused.

/** A snapshot cannot be taken, read or restored: what is wrong, and what to do. */
export class SnapshotError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SnapshotError';
  }
}
