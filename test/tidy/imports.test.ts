// Who may import whom: machine/ nothing but itself (and zod for profiles), and itself only downwards; host/ the machine through its one
// public file; guest/ nothing of either. test/ may import everything.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { floorOf, partOf } from './floors.ts';
import { FILES, filesIn, type ImportOf, importsOf } from './repository.ts';

function violations(files: string[], isWrong: (file: string, found: ImportOf) => string | undefined): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap((found) => {
      const reason = isWrong(file, found);
      return reason === undefined ? [] : [`${file}:${found.line}: imports ${found.specifier}: ${reason}`];
    }),
  );
}

const MACHINE = filesIn('machine', '.ts');

describe('machine/', () => {
  it('imports nothing outside itself but, for the schema of profiles, zod', () => {
    const wrong = violations(MACHINE, (file, { specifier, target }) => {
      if (specifier === 'zod' && partOf(file) === 'profile') return undefined;
      return target?.startsWith('machine/') ? undefined : 'the machine is self-contained';
    });
    expect(wrong).toEqual([]);
  });

  it('has every part on a floor', () => {
    expect([...new Set(MACHINE.map(partOf))].filter((part) => floorOf(part) === undefined)).toEqual([]);
  });

  it('imports only downwards through the floors', () => {
    const wrong = violations(MACHINE, (file, { target }) => {
      const from = floorOf(partOf(file));
      const to = target === undefined ? undefined : floorOf(partOf(target));
      if (from === undefined || to === undefined || from >= to) return undefined;
      return `${partOf(target as string)} stands above ${partOf(file)}`;
    });
    expect(wrong).toEqual([]);
  });

  it('has no circle of parts', () => {
    const below = new Map<string, Set<string>>();
    for (const file of MACHINE) {
      const part = partOf(file);
      const known = below.get(part) ?? new Set();
      below.set(part, known);
      for (const { target } of importsOf(file)) if (target && partOf(target) !== part) known.add(partOf(target));
    }
    const circles: string[] = [];
    const walk = (part: string, way: string[]): void => {
      if (way.includes(part)) circles.push([...way.slice(way.indexOf(part)), part].join(' > '));
      else for (const next of below.get(part) ?? []) walk(next, [...way, part]);
    };
    for (const part of below.keys()) walk(part, []);
    expect(circles).toEqual([]);
  });
});

it('host/ reaches the machine only through machine/index.ts, and nothing of guest/ or test/', () => {
  const wrong = violations(filesIn('host', '.ts'), (_, { target }) => {
    if (target?.startsWith('machine/') && target !== 'machine/index.ts') return 'not the public interface';
    return target !== undefined && /^(guest|test)\//.test(target) ? 'not part of the product' : undefined;
  });
  expect(wrong).toEqual([]);
});

it('guest/ imports only guest code', () => {
  const kernels = FILES.filter((file) => /^guest\/(?!lib\/)[^/]+\/kernel\.ts$/.test(file)).map(path.posix.dirname);
  const wrong = violations(filesIn('guest', '.ts'), (_, { specifier, target }) => {
    // `kernel/NAME` is a file of whichever kernel the code is compiled for.
    const [, name] = /^kernel\/(.+)$/.exec(specifier) ?? [];
    if (name && kernels.some((folder) => FILES.includes(`${folder}/${name}.ts`))) return undefined;
    return target?.startsWith('guest/') ? undefined : 'guests reach the machine only as Wasm bytes';
  });
  expect(wrong).toEqual([]);
});

it('every relative import names a file, with its extension outside AssemblyScript', () => {
  const sources = FILES.filter((file) => file.endsWith('.ts'));
  const wrong = violations(sources, (_, { target }) =>
    target === undefined || FILES.includes(target) ? undefined : 'there is no such file',
  );
  expect(wrong).toEqual([]);
});
