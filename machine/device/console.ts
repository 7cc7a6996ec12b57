// The console: a device that takes bytes for the people outside, and gives bytes that come from them.
//
// Input arrives from the host between two windows, as an event: from then on guests find it. Guests poll, or are interrupted at the core and with
// the vector to which they have routed the device: when something arrives, when the input ends, and when they route it and something
// is there already.

/** Where the device's interrupts go. */
export interface Route {
  readonly core: number;
  readonly vector: number;
}

/** The console as a snapshot keeps it. */
export interface SavedConsole {
  readonly input: Uint8Array;
  readonly ended: boolean;
  readonly wanted: boolean;
  readonly route?: Route;
}

/** Something comes from the host; `bytes` is nothing when the input ends. */
export interface ConsoleInput {
  readonly kind: 'input';
  readonly bytes?: Uint8Array;
}

export class Console {
  readonly #schedule: (event: ConsoleInput) => void;
  readonly #interrupt: (route: Route, time: number) => void;
  /** What has arrived and was not read. */
  #input = new Uint8Array(0);
  #ended = false;
  #route: Route | undefined;
  #wanted = false;

  /** `schedule` lets `arrive` happen, one lookahead later; `interrupt` lets a vector arrive at a core, at a time in ticks. */
  constructor(schedule: (event: ConsoleInput) => void, interrupt: (route: Route, time: number) => void) {
    this.#schedule = schedule;
    this.#interrupt = interrupt;
  }

  // --- for the host

  /** Bytes for the guest, which are copied. */
  input(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#schedule({ kind: 'input', bytes: new Uint8Array(bytes) });
  }

  /** There is nothing more to come: readers find the end behind what is left. */
  end(): void {
    this.#schedule({ kind: 'input' });
  }

  /** Whether a guest has looked for input since the last arrived, and found that there is none yet. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** Whether a guest would be interrupted by input, and some may come. */
  get isAwaited(): boolean {
    return this.#route !== undefined && !this.#ended;
  }

  // --- for the machine

  arrive({ bytes }: ConsoleInput, time: number): void {
    if (this.#ended) return;
    this.#wanted = false;
    if (bytes) {
      const input = new Uint8Array(this.#input.length + bytes.length);
      input.set(this.#input);
      input.set(bytes, this.#input.length);
      this.#input = input;
    } else {
      this.#ended = true;
    }
    if (this.#route) this.#interrupt(this.#route, time);
  }

  route(route: Route, time: number): void {
    this.#route = route;
    if (this.#ended || this.#input.length > 0) this.#interrupt(route, time);
  }

  /** The next bytes, at most as many, which stay until they are taken; undefined where there are none yet, none at the end of the input. */
  peek(most: number): Uint8Array | undefined {
    if (this.#input.length > 0) return this.#input.subarray(0, most);
    if (this.#ended) return new Uint8Array(0);
    this.#wanted = true;
    return undefined;
  }

  /** Takes bytes that `peek` has shown. */
  take(count: number): void {
    this.#input = this.#input.subarray(count);
  }

  save(): SavedConsole {
    const route = this.#route ? { route: this.#route } : {};
    return { input: new Uint8Array(this.#input), ended: this.#ended, wanted: this.#wanted, ...route };
  }

  restore({ input, ended, wanted, route }: SavedConsole): void {
    this.#input = new Uint8Array(input);
    this.#ended = ended;
    this.#wanted = wanted;
    this.#route = route;
  }
}
