// Programs that are work for kernels do the work that they say: held against the host's tools, or against what the host works out.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../host/run-cli.ts';
import { onGuest, onHost } from './host-tools.ts';

const SCRIPTS = path.join(new URL('../../..', import.meta.url).pathname, 'guest/scripts/sdet');

describe('the tasks of sdet', () => {
  const tasks = readdirSync(SCRIPTS).filter((name) => name !== 'sdet');
  const files = Object.fromEntries(tasks.map((name) => [name, readFileSync(path.join(SCRIPTS, name), 'utf8')]));

  it.each([tasks, [...tasks].reverse()])('leave the same files as on the host: %s, %s, %s, %s', (...order) => {
    const show = 'for file in *; do echo "== $file"; cat $file; done';
    const line = `mkdir in; cd in; ${order.map((task) => `. ../${task}`).join('; ')}; ${show}`;
    const [guest, host] = [onGuest, onHost].map((run) => run(['sh', '-c', line], { files })) as [
      ReturnType<typeof onHost>,
      ReturnType<typeof onHost>,
    ];
    expect(guest.stdout.toString()).toBe(host.stdout.toString());
    expect([guest.status, guest.stderr.toString()]).toEqual([0, '']);
    expect(guest.stdout.length).toBeGreaterThan(1000);
  });

  it('are all in the script', () => {
    const script = readFileSync(path.join(SCRIPTS, 'sdet'), 'utf8');
    for (const task of tasks) expect(script).toContain(`. /lib/sdet/${task} `);
  });
});

describe('postmark', () => {
  const counts = (...options: string[]) => {
    const { stdout, stderr, status, world } = onGuest(['postmark', '-s', '700,700', ...options, '.']);
    expect([status, stderr.toString()]).toEqual([0, '']);
    const count = (what: string) => Number(new RegExp(`^\\t(\\d+) ${what}`, 'm').exec(stdout.toString())?.[1]);
    const [created, deleted, read, appended, bytesRead, bytesWritten] = [
      ...['created', 'deleted', 'read', 'appended', 'bytes read', 'bytes written'],
    ].map(count);
    return {
      created,
      deleted,
      read,
      appended,
      bytesRead,
      bytesWritten,
      left: world.run(['ls', '/work']).stdout.toString(),
    };
  };

  it('reads and creates as its biases say, all that it has written, and leaves nothing', () => {
    expect(counts('-n', '30', '-t', '50', '-b', '10', '-c', '10')).toEqual({
      ...{ created: 80, deleted: 80, read: 50, appended: 0, bytesRead: 50 * 700, bytesWritten: 80 * 700, left: '' },
    });
    expect(counts('-n', '30', '-t', '20', '-b', '-1', '-c', '0', '-d', '3')).toEqual({
      ...{ created: 30, deleted: 30, read: 0, appended: 0, bytesRead: 0, bytesWritten: 30 * 700, left: '' },
    });
  });

  it('does the same for the same seed', () => {
    const [first, again, other] = ['1', '1', '2'].map((seed) =>
      counts('-n', '40', '-t', '100', '-s', '1,999', '-r', seed),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first?.created).toBe(first?.deleted);
  });
});

/** What `buildtree compile` makes of a source, worked out by the host. */
function objectOf(sources: ReadonlyMap<string, string>, name: string): Buffer {
  const table = new Map<number, number>();
  const tokens: number[] = [];
  const read = (file: string) => {
    for (const line of (sources.get(file) ?? '').split('\n')) {
      if (line.startsWith('#')) read(line.slice(1));
      else for (const word of line.match(/[a-z0-9]+|\S/g) ?? []) tokens.push(place(word));
    }
  };
  const place = (word: string) => {
    let hash = 0x811c9dc5;
    for (const byte of Buffer.from(word)) hash = Math.imul(hash ^ byte, 0x01000193);
    const symbol = (hash & 0x7ff) + 1;
    let at = Math.imul(symbol, 0x9e3779b1) >>> 20;
    while (table.has(at) && table.get(at) !== symbol) at = (at + 1) % 4096;
    table.set(at, symbol);
    return at;
  };
  read(name);
  let state = 0;
  for (let pass = 0; pass < 8; pass++) {
    for (const token of tokens) {
      state = Math.imul(state ^ token, 0x85ebca6b) + pass;
      if (state < 0) state ^= state >>> 15;
    }
  }
  return Buffer.concat([Buffer.from(Uint16Array.from(tokens).buffer), Buffer.from(`${state >>> 0}\n`)]);
}

it('buildtree makes each object of its source and what that includes, and only what is not there', () => {
  const { world, status } = onGuest(['buildtree', 'generate', '-n', '5', '-b', '600', '/src']);
  expect(status).toBe(0);
  const make = () => world.run(['buildtree', 'make', '/src', '/obj']).stdout.toString();
  expect([make(), make()]).toEqual(['5 compiled\n', '0 compiled\n']);
  world.run(['rm', '/obj/c3']);
  expect(make()).toBe('1 compiled\n');
  const read = (file: string) => world.run(['cat', file]).stdout;
  const names = world.run(['ls', '/src']).stdout.toString().trim().split('\n');
  const sources = new Map(names.map((name) => [name, read(`/src/${name}`).toString()]));
  const objects = names.filter((name) => name.startsWith('c')).map((name) => objectOf(sources, name));
  expect(objects.length).toBe(5);
  objects.forEach((object, i) => {
    expect(read(`/obj/c${i}`).equals(object)).toBe(true);
  });
  expect(read('/obj/program').equals(Buffer.concat(objects))).toBe(true);
});

it('on a kernel, copies run together, threads share memory, and pages of files are what they are', async () => {
  const line = [
    "together -n 3 sh -c 'echo {} > /tmp/f{}'",
    'cat /tmp/f0 /tmp/f1 /tmp/f2',
    'together false; echo $?',
    'memclone -s -p 7; memclone -p 7 -t 2',
    'mapbench -p 3 -r 2',
    'seq 1 9999 > /tmp/numbers; filescan -t 3 -r 2 /tmp/numbers',
    'sh /lib/sdet/sdet 1; ls /tmp',
  ].join('\n');
  const { stdout, stderr, exitCode } = await runCli('boot', 'monolith', '--cores', '3', '--', 'sh', '-c', line);
  const [together, ...rest] = stdout.split('\n');
  expect(together).toMatch(/^together: 3 of sh: mean \d+ us, least \d+ us, most \d+ us$/);
  expect(rest.slice(0, 3)).toEqual(['0', '1', '2']);
  expect(rest.slice(3, 5)).toEqual([expect.stringMatching(/^together: 3 of false: /), '1']);
  expect(stderr).toContain('3 of 3 failed');
  expect(rest[5]).toMatch(/^memclone: 3 threads, 7 pages each: mean \d+ us, /);
  expect(rest[6]).toMatch(/^memclone: 2 threads, 7 pages each: mean \d+ us, /);
  expect(rest[7]).toMatch(/^untouched: map \d+ ns, unmap \d+ ns$/);
  expect(rest[8]).toMatch(/^touched by all: map \d+ ns, unmap \d+ ns$/);
  const text = Array.from({ length: 9999 }, (_, i) => `${i + 1}\n`).join('');
  const bytes = Array.from({ length: Math.ceil(text.length / 4096) }, (_, page) => text.charCodeAt(4096 * page));
  expect(rest[9]).toBe(String(6 * bytes.reduce((a, b) => a + b)));
  expect([rest.slice(10), exitCode]).toEqual([['f0', 'f1', 'f2', 'numbers', ''], 0]);
});
