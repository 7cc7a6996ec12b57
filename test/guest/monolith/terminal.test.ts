// The console as a terminal: what is typed is echoed and edited, and control characters do what they do on a Unix.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { guestFile } from '../../../host/guest-programs.ts';
import { bootMonolith } from './boot.ts';

const SHELL = { '/bin/sh': readFileSync(guestFile('bin/sh')), '/bin/true': readFileSync(guestFile('bin/true')) };

/** Somebody at the terminal of a machine. */
class Typist {
  readonly #system: ReturnType<typeof bootMonolith>;
  #seen = 0;
  exitCode: number | undefined;

  constructor(program: readonly string[]) {
    this.#system = bootMonolith({ program, terminal: true, cores: 2, files: SHELL });
  }

  /** Types, waits until the machine waits for more or the time (in cycles) is over, and returns what has come out meanwhile. */
  type(text: string, cycles = 30_000_000): string {
    const { machine, told } = this.#system;
    if (text !== '') machine.console.input(Buffer.from(text));
    const outcome = machine.run({ maxCycles: cycles });
    if (outcome.reason === 'exited') this.exitCode = outcome.exitCode;
    else expect(['waiting-for-input', 'cycle-limit']).toContain(outcome.reason);
    const all = told.transcript;
    const fresh = all.slice(this.#seen);
    this.#seen = all.length;
    return fresh;
  }
}

describe('a program that reads lines', () => {
  let typist: Typist;
  beforeEach(() => {
    typist = new Typist(['cat']);
    typist.type('');
  });

  it('gets them when they are complete, as they are after editing', () => {
    expect(typist.type('ab')).toBe('ab');
    expect(typist.type('\x7fc')).toBe('\b \bc');
    expect(typist.type('\r')).toBe('\nac\n');
    expect(typist.type('gone\x15here\n')).toBe(`gone${'\b \b'.repeat(4)}here\nhere\n`);
    expect(typist.type('é\x7f\n')).toBe('é\b \b\n\n');
    expect(typist.type('\x7f')).toBe('');
  });

  it('gets a part of a line by Ctrl-D, and by another one the end', () => {
    expect(typist.type('abc\x04')).toBe('abcabc');
    expect(typist.exitCode).toBeUndefined();
    typist.type('\x04');
    expect(typist.exitCode).toBe(0);
  });

  it('is ended by Ctrl-C', () => {
    expect(typist.type('abc\x03')).toBe('abc^C\n');
    expect(typist.exitCode).toBe(130);
  });

  it('gets no more than the line that fits', () => {
    const long = 'x'.repeat(5000);
    expect(typist.type(long)).toBe('x'.repeat(2047));
    expect(typist.type('\n').trim()).toBe('x'.repeat(2047));
  });
});

describe('the shell', () => {
  it('goes on when what it runs is ended by Ctrl-C', () => {
    const typist = new Typist(['sh']);
    typist.type('');
    expect(typist.type('echo $((6 * 7))\n')).toContain('42\n');
    expect(typist.type('while true; do :; done\n')).not.toContain('^C');
    typist.type('\x03');
    expect(typist.type('cat\n')).toContain('cat\n');
    expect(typist.type('\x03')).toContain('^C\n');
    expect(typist.type('echo status $?\n')).toContain('status 130\n');
    typist.type('exit 7\n');
    expect(typist.exitCode).toBe(7);
  });
});
