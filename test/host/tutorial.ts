// A tutorial as somebody follows it: the files that it has one write, and the commands with what they print.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A block whose fence names a file, or a command of a `console` block. */
export type Step =
  | { readonly file: string; readonly contents: string }
  | { readonly command: string; readonly output: string };

/** The steps of a page in their order. */
export function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].flatMap(([, language, name, text]) => {
    if (language === 'console') return commandsOf(text as string);
    return name === undefined ? [] : [{ file: name, contents: text as string }];
  });
}

/** Each begins with "$ "; what follows is its output. */
function commandsOf(session: string): Step[] {
  return session
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = '', ...output] = text.trimEnd().split('\n');
      return { command, output: output.join('\n') };
    });
}

export interface Outcome {
  readonly step: Step;
  /** What the command has printed, on both streams. */
  readonly printed: string;
}

/** Does the steps in a folder; commands find programs in `bin` first. */
export function follow(steps: readonly Step[], folder: string, bin: string): Outcome[] {
  return steps.map((step) => {
    if ('file' in step) {
      const file = path.join(folder, step.file);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, step.contents);
      return { step, printed: '' };
    }
    const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, NO_COLOR: '1' };
    const { stdout } = spawnSync('sh', ['-c', `{ ${step.command}\n} 2>&1`], {
      cwd: folder,
      env,
      input: '',
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { step, printed: stdout.trimEnd() };
  });
}

/** A page's output as a pattern: "..." stands for anything in a line, and alone in a line for any lines. */
export function pattern(output: string): RegExp {
  const lines = output
    .split('\n')
    .map((line) => (line === '...' ? '[\\s\\S]*?' : line.split('...').map(literally).join('.*')));
  return new RegExp(`^${lines.join('\\n')}$`);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
