// A tour on a real terminal: somebody boots a kernel, looks around, measures, interrupts what runs, and leaves.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliScript } from '../../../host/guest-programs.ts';
import { hasTmux, TmuxTerminal } from './tmux.ts';

const present = hasTmux();
if (!present) console.warn('Tours of kernels on a terminal were left out: tmux is not installed.');

describe.skipIf(!present).each(['monolith', 'k42'])('%s on a terminal', { timeout: 120_000 }, (kernel) => {
  let terminal: TmuxTerminal;

  beforeAll(async () => {
    const boot = `'${process.execPath}' '${cliScript()}' boot ${kernel} --machine amd-4x4`;
    terminal = new TmuxTerminal(`${boot}; echo "status $?"`);
    await terminal.until('a prompt', (screen) => screen.endsWith('\n$'));
  });
  afterAll(() => terminal?.close());

  /** Types a line when there is a prompt, and sees it there. */
  const type = async (line: string, shown = line): Promise<void> => {
    terminal.type(line);
    await terminal.until(`the echo of ${line}`, (screen) => screen.endsWith(`\n$ ${shown}`));
  };

  /** What is on the screen behind a line that was typed, without the prompt that comes in the end. */
  const answerTo = async (line: string): Promise<string> => {
    const screen = await terminal.until(`the end of ${line}`, (text) => text.endsWith('\n$'));
    return screen.slice(screen.lastIndexOf(`\n$ ${line}\n`) + line.length + 4, -2);
  };

  const run = async (line: string): Promise<string> => {
    await type(line);
    terminal.press('Enter');
    return answerTo(line);
  };

  it('tells what it is', () => {
    expect(terminal.screen()).toMatch(new RegExp(`^${kernel} on amd-4x4, 16 cores\\. .*Ctrl-\\]`));
  });

  it('shows files and processes', async () => {
    expect(await run('ls /')).toMatch(/^bin +dev +lib +tmp$/);
    expect(await run('ps')).toMatch(/^ +PID .* COMMAND\n +1 .* sh\n.* ps$/);
  });

  it('runs sixteen threads that fault', async () => {
    expect(await run('memclone -p 2500 -t 16')).toMatch(/^memclone: 16 threads, 2500 pages each: mean \d+ us/);
  });

  it('lets a line be corrected', async () => {
    await type('echo right wrogg');
    terminal.press('BSpace', 'BSpace');
    await type('ng', 'echo right wrong');
    terminal.press('Enter');
    expect(await answerTo('echo right wrong')).toBe('right wrong');
    await type('nothing of this');
    terminal.press('C-u');
    expect(await answerTo('echo right wrong')).toBe('right wrong');
  });

  const interrupt = async (line: string): Promise<string> => {
    await type(line);
    terminal.press('Enter');
    await terminal.until(`the beginning of ${line}`, (screen) => screen.endsWith('\nbegun'));
    terminal.press('C-c');
    return answerTo(line);
  };

  it.each([
    'echo begun; sleep 1000',
    'echo begun; seq 1000000000 > /dev/null',
    'echo begun; while :; do :; done',
    'sh -c "echo begun; cat | cat"',
  ])('ends by Ctrl-C: %s', async (line) => {
    expect(await interrupt(line)).toBe('begun\n^C');
  });

  it('tells what was interrupted, and goes on', async () => {
    expect(await interrupt('echo begun; sleep 1000; echo no')).toBe('begun\n^C');
    expect(await run('echo $?')).toBe('130');
    expect(await run('nosuch; echo $?')).toBe('sh: nosuch: not found\n127');
  });

  it('leaves', async () => {
    await type('exit 3');
    terminal.press('Enter');
    const screen = await terminal.until('the exit status', (text) => /\nstatus \d/.test(text));
    expect(screen).toMatch(/\n\$ exit 3\n.* simulated in .*instructions a second.*\nstatus 3\b/);
  });
});
