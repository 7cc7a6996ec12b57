// A user at a terminal: a command in tmux, keys typed into it, and what is then on the screen.
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const COLUMNS = 80;
const ROWS = 40;
/** Milliseconds between two looks at the screen. */
const INTERVAL = 100;
/** Milliseconds after which what is waited for is given up, on a busy host. */
const PATIENCE = 60_000;

export function hasTmux(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

export class TmuxTerminal {
  readonly #socket = `manycore-${process.pid}-${Math.floor(performance.now())}`;

  /** `command` is a line of shell. The screen stays as it is when the command has ended. */
  constructor(command: string, env: NodeJS.ProcessEnv = process.env) {
    const size = ['-x', `${COLUMNS}`, '-y', `${ROWS}`];
    const options = ['set-option', '-g', 'remain-on-exit', 'on', ';', 'set-option', '-g', 'status', 'off', ';'];
    this.#tmux(['-f', '/dev/null', ...options, 'new-session', '-d', ...size, command], env);
  }

  /** Types text as it is. */
  type(text: string): void {
    this.#tmux(['send-keys', '-l', text]);
  }

  /** Presses keys by tmux's names: Enter, C-c, BSpace. */
  press(...keys: string[]): void {
    this.#tmux(['send-keys', ...keys]);
  }

  /** The screen's lines as they are now, without what is empty at their ends and at the screen's. */
  screen(): string {
    return this.#tmux(['capture-pane', '-p', '-J']).trimEnd();
  }

  /** Waits until the screen satisfies `ready`, and returns it; throws with the screen when that takes too long. */
  async until(what: string, ready: (screen: string) => boolean): Promise<string> {
    const end = performance.now() + PATIENCE;
    for (;;) {
      const screen = this.screen();
      if (ready(screen)) return screen;
      if (performance.now() > end) throw new Error(`${what} did not come; the screen:\n${screen}`);
      await sleep(INTERVAL);
    }
  }

  /** Ends the command, and this tmux. */
  close(): void {
    spawnSync('tmux', ['-L', this.#socket, 'kill-server']);
  }

  #tmux(args: readonly string[], env?: NodeJS.ProcessEnv): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8', env });
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  }
}
