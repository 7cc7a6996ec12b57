// What happens at a given time: timers that expire, interrupts that arrive, deadlines, wake-ups.
//
// Events come out by time, and those of one time in the order in which they were scheduled: what the machine does depends on
// nothing else. A binary heap: scheduling and taking cost the logarithm of how many there are. Cancelling looks through all of them, which are
// a few a core; finding events by name in less would cost every event more than that. The whole state is plain data, see `save`.

export interface TimedEvent<T> {
  /** In ticks. */
  readonly time: number;
  /** The n-th event that was scheduled: its name, and what decides among events of one time. */
  readonly order: number;
  /** Plain data. */
  readonly what: T;
}

interface Entry<T> extends TimedEvent<T> {
  index: number;
}

/** An event queue as plain data. */
export interface SavedEvents<T> {
  readonly scheduled: number;
  readonly events: readonly TimedEvent<T>[];
}

export class EventQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #scheduled = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Time of the first event; Infinity when there is none. */
  get nextTime(): number {
    return this.#heap.length > 0 ? this.#heap[0].time : Number.POSITIVE_INFINITY;
  }

  /** Lets `what` happen at a time (ticks, a whole number); returns the event's name for `cancel`, never 0. */
  schedule(time: number, what: T): number {
    const order = ++this.#scheduled;
    this.#add({ time, order, what, index: this.#heap.length });
    return order;
  }

  /** Takes an event out again; false when it has happened or was cancelled, or for 0. */
  cancel(order: number): boolean {
    if (order === 0) return false;
    const entry = this.#heap.find((one) => one.order === order);
    if (!entry) return false;
    this.#remove(entry);
    return true;
  }

  /** Takes out the first event that is due by `now` (ticks); undefined when there is none. */
  take(now: number): TimedEvent<T> | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.time > now) return undefined;
    this.#remove(first);
    return first;
  }

  /** The events in the order in which they will happen. */
  save(): SavedEvents<T> {
    const events = this.#heap.map(({ time, order, what }) => ({ time, order, what }));
    events.sort((a, b) => a.time - b.time || a.order - b.order);
    return { scheduled: this.#scheduled, events };
  }

  /** Becomes what was saved; the events keep their names. */
  restore({ scheduled, events }: SavedEvents<T>): void {
    this.#heap.length = 0;
    this.#scheduled = scheduled;
    for (const { time, order, what } of events) this.#add({ time, order, what, index: this.#heap.length });
  }

  #add(entry: Entry<T>): void {
    this.#heap.push(entry);
    this.#rise(entry);
  }

  #remove(entry: Entry<T>): void {
    const last = this.#heap.pop() as Entry<T>;
    if (last === entry) return;
    this.#put(last, entry.index);
    this.#rise(last);
    this.#sink(last);
  }

  #put(entry: Entry<T>, index: number): void {
    this.#heap[index] = entry;
    entry.index = index;
  }

  #rise(entry: Entry<T>): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (!before(entry, parent)) return;
      const { index } = parent;
      this.#put(parent, entry.index);
      this.#put(entry, index);
    }
  }

  #sink(entry: Entry<T>): void {
    for (;;) {
      const left = 2 * entry.index + 1;
      if (left >= this.#heap.length) return;
      const right = left + 1;
      const child = right < this.#heap.length && before(this.#heap[right], this.#heap[left]) ? right : left;
      const first = this.#heap[child];
      if (!before(first, entry)) return;
      this.#put(first, entry.index);
      this.#put(entry, child);
    }
  }
}

function before<T>(one: TimedEvent<T>, other: TimedEvent<T>): boolean {
  return one.time < other.time || (one.time === other.time && one.order < other.order);
}
