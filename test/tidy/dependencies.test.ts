// Dependencies are declared, used and explained; the lock file ties no one to the place a package was fetched from.
import { builtinModules } from 'node:module';
import { expect, it } from 'vitest';
import { FILES, importsOf, isAssembly, read } from './repository.ts';

interface PackageFile {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: Record<string, string>;
}

interface LockedPackage {
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

const PACKAGE = JSON.parse(read('package.json')) as PackageFile;
const RUNTIME = Object.keys(PACKAGE.dependencies);
const ALL = [...RUNTIME, ...Object.keys(PACKAGE.devDependencies)];

/** Package name of an import specifier, or undefined for relative ones and Node's own modules. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:') || builtinModules.includes(specifier))
    return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

const IMPORTED = FILES.filter((file) => /\.(ts|mjs)$/.test(file) && !isAssembly(file)).flatMap((file) =>
  importsOf(file).flatMap(({ specifier }) => {
    const name = packageOf(specifier);
    return name === undefined ? [] : [{ file, name }];
  }),
);

it('declares every imported package, and what the product needs as a runtime dependency', () => {
  const missing = IMPORTED.filter(({ file, name }) =>
    /^(host|machine)\//.test(file) ? !RUNTIME.includes(name) : !ALL.includes(name),
  );
  expect(missing).toEqual([]);
});

it('uses every declared package', () => {
  /** Used as commands (binaryen's is wasm-opt) or for their types alone. */
  const tools = new Set(['typescript', '@biomejs/biome', '@types/node', 'binaryen']);
  const used = new Set(IMPORTED.map(({ name }) => name));
  expect(ALL.filter((name) => !used.has(name) && !tools.has(name))).toEqual([]);
});

it('explains every declared package in docs/dependencies.md', () => {
  const page = read('docs/dependencies.md');
  expect(ALL.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('locks versions without saying where they were fetched from', () => {
  const lock = read('package-lock.json');
  const { packages } = JSON.parse(lock) as { packages: Record<string, LockedPackage> };
  const installed = Object.entries(packages).filter(([name]) => name !== '');
  expect(installed.filter(([, entry]) => entry.resolved !== undefined).map(([name]) => name)).toEqual([]);
  expect(installed.filter(([, entry]) => entry.integrity === undefined).map(([name]) => name)).toEqual([]);
});

it('locks the packages of all platforms, so that npm ci accepts the file on each', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, LockedPackage> };
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${place}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});
