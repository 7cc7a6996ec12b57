// Time from the start of a process to the first guest instruction.
import { spawn } from 'node:child_process';
import { guestFile } from '../guest-programs.ts';
import { atMost, type BenchRow } from './rows.ts';
import { median } from './timing.ts';

/** `program` is the command line's own script. The first byte that the guest logs is taken for its first instruction. */
export async function measureStart(program: string, repeat: number): Promise<BenchRow[]> {
  const samples: number[] = [];
  for (let i = 0; i < repeat; i++) samples.push(await firstByteMs(program));
  const value = median(samples) / 1e3;
  return [{ group: 'start', what: 'process start to first guest instruction', value, unit: 's', bar: atMost(0.4) }];
}

function firstByteMs(program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, [program, 'exec', guestFile('hello'), '--quiet'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let first = Number.NaN;
    child.stdout.once('data', () => {
      first = performance.now() - start;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 && !Number.isNaN(first)) resolve(first);
      else reject(new Error(`the program did not run: status ${code}`));
    });
  });
}
