// The other end of a guest's console: a terminal, or whatever the command's standard streams are.
//
// A terminal is put into raw mode: each key goes to the guest as it is typed, Ctrl-C included. Ctrl-] leaves. Everything else is read when the
// guest asks for it and given to it in one piece, so that a run does not depend on how a pipe is chopped up.

export interface InputStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'end' | 'close' | 'error', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'end' | 'close' | 'error', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
  unref?(): unknown;
}

/** Ctrl-], as in telnet. */
const LEAVE = 0x1d;

export class HostConsole {
  /** Whether the user left by Ctrl-]. */
  left = false;
  ended: boolean;
  readonly isTerminal: boolean;
  readonly #stream: InputStream | undefined;
  readonly #pending: Uint8Array[] = [];
  #reading = false;
  #awake: (() => void) | undefined;
  readonly #onData = (bytes: Uint8Array) => this.#take(bytes);
  readonly #onEnd = () => {
    this.ended = true;
    this.#awake?.();
  };

  /** Without a stream the input is empty. `interactive` says that the guest is to have a terminal if the stream is one. */
  constructor(stream: InputStream | undefined, interactive = true) {
    this.#stream = stream;
    this.ended = stream === undefined;
    this.isTerminal = interactive && stream?.isTTY === true;
    if (this.isTerminal) this.#read();
  }

  /** What was typed since the last call. */
  take(): Uint8Array[] {
    return this.#pending.splice(0);
  }

  /** Resolves when something has been typed, the input has ended, or `signal` is aborted. */
  async more(signal: AbortSignal | undefined): Promise<void> {
    this.#read();
    const ready = () => this.left || this.ended || (this.isTerminal && this.#pending.length > 0) || signal?.aborted;
    const wake = () => this.#awake?.();
    signal?.addEventListener('abort', wake);
    while (!ready()) {
      await new Promise<void>((resolve) => {
        this.#awake = resolve;
      });
    }
    signal?.removeEventListener('abort', wake);
  }

  /** Gives the terminal back as it was. */
  close(): void {
    if (!this.#reading || !this.#stream) return;
    this.#stream.off('data', this.#onData);
    for (const event of ['end', 'close', 'error'] as const) this.#stream.off(event, this.#onEnd);
    if (this.isTerminal) this.#stream.setRawMode?.(false);
    this.#stream.pause();
    this.#stream.unref?.();
  }

  #read(): void {
    if (this.#reading || !this.#stream) return;
    this.#reading = true;
    if (this.isTerminal) this.#stream.setRawMode?.(true);
    this.#stream.on('data', this.#onData);
    for (const event of ['end', 'close', 'error'] as const) this.#stream.on(event, this.#onEnd);
    this.#stream.resume();
  }

  #take(bytes: Uint8Array): void {
    if (this.isTerminal && bytes.includes(LEAVE)) this.left = true;
    else this.#pending.push(new Uint8Array(bytes));
    this.#awake?.();
  }
}
