// Where a command writes. The guest's log goes to `stdout`, everything else to `stderr`; tests pass their own streams.
import { styleText } from 'node:util';
import type { InputStream } from '../boot/host-console.ts';
import type { TableStyle } from '../table.ts';

export interface Output {
  /** Bytes are UTF-8 text, or whatever a guest writes. */
  write(text: string | Uint8Array): unknown;
  /** A terminal: colours and a status line that rewrites itself. */
  isTTY?: boolean;
  columns?: number;
}

export interface Terminal {
  stdout: Output;
  stderr: Output;
  /** What a guest's console reads; nothing, when there is none. */
  stdin?: InputStream;
  env: Record<string, string | undefined>;
}

type Style = Parameters<typeof styleText>[0];

/** Colours a text for an output, unless it is no terminal or NO_COLOR is set (to anything but nothing). */
export function paint(terminal: Terminal, output: Output, style: Style, text: string): string {
  if ((terminal.env.NO_COLOR ?? '') !== '') return text;
  if (!output.isTTY && (terminal.env.FORCE_COLOR ?? '0') === '0') return text;
  return styleText(style, text);
}

export function tableStyle(terminal: Terminal, output: Output): TableStyle {
  return {
    heading: (text) => paint(terminal, output, 'bold', text),
    faint: (text) => paint(terminal, output, 'dim', text),
  };
}

/** Milliseconds between two status lines: on a terminal, and where lines cannot be rewritten. */
const REWRITE_INTERVAL_MS = 100;
const LINE_INTERVAL_MS = 10_000;

/** One line about a running machine: rewritten in place on a terminal, a plain line now and then elsewhere. */
export class StatusLine {
  private readonly terminal: Terminal;
  private readonly startMs = performance.now();
  private lastMs = this.startMs;
  private shown = false;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Shows the line if it is time to. `compose` runs only then; it is given the milliseconds since the last line. */
  update(compose: (elapsedMs: number) => string): void {
    const now = performance.now();
    const tty = this.terminal.stderr.isTTY === true;
    if (now - this.lastMs < (tty ? REWRITE_INTERVAL_MS : LINE_INTERVAL_MS)) return;
    const text = compose(now - this.lastMs);
    this.lastMs = now;
    if (!tty) {
      this.terminal.stderr.write(`${text}\n`);
      return;
    }
    const fitting = text.slice(0, (this.terminal.stderr.columns || 80) - 1);
    this.terminal.stderr.write(`\r\u001b[2K${paint(this.terminal, this.terminal.stderr, 'cyan', fitting)}`);
    this.shown = true;
  }

  /** Removes the line, so that what follows starts on a clean one. */
  clear(): void {
    if (this.shown) this.terminal.stderr.write('\r\u001b[2K');
    this.shown = false;
  }
}
