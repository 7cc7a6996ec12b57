// Reading profiles: what is wrong with one is said with the path of every field that is wrong.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileJsonSchema } from '../../../machine/profile/expectation.ts';
import { parseProfile, readProfile } from '../../../machine/profile/load.ts';
import { formatPath, type Path, withoutIndices } from '../../../machine/profile/paths.ts';
import { ProfileError } from '../../../machine/profile/problem.ts';
import { machineProfileSchema } from '../../../machine/profile/schema.ts';
import { PROFILE_NAMES } from '../../../machine/profile/shipped.ts';
import { accepts } from './json-schema.ts';
import { corrupted, documentOf, type Json, put } from './profile-values.ts';

/** The problems of amd-4x4 with some places changed, a line each. */
function problemsOf(...changes: [Path, Json | undefined][]): string[] {
  const document = documentOf('amd-4x4');
  for (const [path, value] of changes) put(document, path, value);
  try {
    readProfile(document);
  } catch (error) {
    const [head, ...lines] = (error as ProfileError).message.split('\n');
    expect(head).toBe('"amd-4x4" is no valid machine profile:');
    expect((error as ProfileError).problems.map(({ path, message }) => `  ${path}: ${message}`)).toEqual(lines);
    return lines.map((line) => line.trim());
  }
  return [];
}

describe('a wrong field', () => {
  it.each<[string, Path, Json | undefined, string]>([
    [
      'a text for a number',
      ['l1', 'ways'],
      '8',
      'l1.ways: expected a whole number from 1 to 128, found "8": write it without quotes (lines that may hold the same set)',
    ],
    [
      'a fraction for a whole number',
      ['core', 'storeBufferEntries'],
      1.5,
      'core.storeBufferEntries: expected a whole number from 0 to 256, found 1.5 (stores that may be outstanding; 0: each store waits until it is done)',
    ],
    [
      'a number that is too small',
      ['l1', 'latencyCycles'],
      0,
      'l1.latencyCycles: expected a number from 1 to 1000000 in steps of 0.125, found 0 (a load that hits, to its use)',
    ],
    [
      'cycles that are no whole ticks',
      ['core', 'pauseCycles'],
      10.3,
      'core.pauseCycles: expected a number from 1 to 1000000 in steps of 0.125, found 10.3 (the pause of a polling loop)',
    ],
    [
      'a text for a truth value',
      ['tlb', 'addressSpaceIds'],
      'true',
      'tlb.addressSpaceIds: expected true or false, found "true": write it without quotes (whether entries carry an address-space number, so that a switch flushes nothing)',
    ],
    [
      'none of the choices',
      ['coherence', 'protocol'],
      'MOSI',
      'coherence.protocol: expected one of "MESI", "MOESI", found "MOSI": did you mean "MESI"?',
    ],
    ['none of the numbers', ['lineBytes'], 96, 'lineBytes: expected one of 32, 64, 128, found 96 (cache line)'],
    [
      'another kind of fabric',
      ['coherence', 'fabric', 'kind'],
      'ring',
      'coherence.fabric.kind: expected one of "bus", "broadcast", "directory", found "ring"',
    ],
    ['another format', ['format'], 2, 'format: expected 1, found 2 (version of this format)'],
    ['no text', ['sources', 'l1.ways'], '', 'sources.l1.ways: expected a text that is not empty, found ""'],
    [
      'an object for a list',
      ['topology', 'links'],
      {},
      'topology.links: expected a list of at most 1024, found an object (point-to-point connections of nodes; messages take a route of fewest links)',
    ],
    [
      'a list that is too short',
      ['topology', 'links', 0, 'between'],
      [0],
      'topology.links[0].between: expected a list of 2, found a list of 1 (the two nodes that it connects; each direction has its own bandwidth)',
    ],
    [
      'a list for an object',
      ['memory'],
      [1],
      'memory: expected an object with latencyCycles, bytesPerCycle, found a list of 1 (controller of each node)',
    ],
    [
      'null',
      ['core', 'atomicCycles'],
      null,
      'core.atomicCycles: expected a number from 0 to 1000000 in steps of 0.125, found null (an atomic read-modify-write of a line that the core may write, without draining the store buffer)',
    ],
    [
      'nothing',
      ['clockMegahertz'],
      undefined,
      'clockMegahertz: missing: expected a number from 1 to 100000 (the reference clock)',
    ],
    [
      'nothing in a variant',
      ['coherence', 'fabric', 'probeCycles'],
      undefined,
      'coherence.fabric.probeCycles: missing with coherence.fabric.kind "broadcast": expected a number from 1 to 1000000 in steps of 0.125 (from the home to the answer of the probed caches of a node, without links)',
    ],
    [
      'a misspelt field',
      ['shared', 'latencyCycle'],
      5,
      'shared.latencyCycle: unknown field; did you mean "latencyCycles"?',
    ],
    ['a field in other letters', ['tlb', 'SECOND'], 5, 'tlb.SECOND: unknown field; did you mean "second"?'],
    [
      'an invented field',
      ['memory', 'vendor'],
      'x',
      'memory.vendor: unknown field; expected latencyCycles, bytesPerCycle',
    ],
    [
      'a field of another variant',
      ['coherence', 'fabric', 'lookupCycles'],
      9,
      'coherence.fabric.lookupCycles: unknown field with coherence.fabric.kind "broadcast"; expected kind, requestCycles, probeCycles, responseCycles',
    ],
    [
      'a field with the name of a method',
      ['l1', 'constructor'],
      1,
      'l1.constructor: unknown field; expected sizeBytes, ways, latencyCycles',
    ],
  ])('that is %s is named', (_, path, value, message) => {
    expect(problemsOf([path, value])).toEqual([message]);
  });
});

it('tells all wrong fields at once', () => {
  const lines = problemsOf([['l1', 'ways'], 0], [['core', 'pause'], 1], [['memory', 'latencyCycles'], undefined]);
  expect(lines.map((line) => line.slice(0, line.indexOf(':')))).toEqual([
    'core.pause',
    'l1.ways',
    'memory.latencyCycles',
  ]);
});

it.each([
  [null, 'found null'],
  [[], 'found an empty list'],
  ['amd-4x4', 'found "amd-4x4"'],
  [17, 'found 17'],
])('refuses %j, which is no object', (value, found) => {
  expect(() => readProfile(value)).toThrow(
    /^this is no valid machine profile:\n {2}\(the document\): expected an object with format, name, /,
  );
  expect(() => readProfile(value)).toThrow(found);
});

it('names the document that it was given', () => {
  expect(() => parseProfile('{ "name": "Big Machine" }', 'machines/big.json')).toThrow(
    /^machines\/big\.json is no valid machine profile:\n/,
  );
  expect(() => readProfile({ name: 'Big Machine' })).toThrow(
    /^"Big Machine" is no .*\n[\s\S]* {2}name: expected a text that matches \S+, found "Big Machine" \(lower case letters, digits, dots and dashes\)/,
  );
  expect(() => parseProfile('{ "name": ', 'big.json')).toThrow(
    /^big\.json is no valid machine profile:\n {2}\(the document\): expected JSON; ./,
  );
});

it.each(PROFILE_NAMES)('reads the text of %s as the shipped profile', (name) => {
  expect(parseProfile(JSON.stringify(documentOf(name)), name)).toEqual(documentOf(name));
});

it('leaves the value as it is', () => {
  const document = documentOf('amd-4x4');
  const before = JSON.stringify(document);
  readProfile(document).core.pauseCycles = 1;
  expect(JSON.stringify(document)).toBe(before);
});

/** Whether an error leads to a place: it names the field (of a list's element: the list), or an object or list that the field is in. */
function leadsTo({ message, problems }: ProfileError, place: Path): boolean {
  const path = formatPath(place);
  const field = typeof place[place.length - 1] === 'number' ? formatPath(place.slice(0, -1)) : path;
  return (
    message.includes(field) ||
    message.includes(withoutIndices(field)) ||
    // It stands for all that have none of their own.
    (path === 'sources.*' && problems.every((problem) => problem.path.startsWith('sources.'))) ||
    problems.some((problem) => path.startsWith(`${problem.path}.`) || path.startsWith(`${problem.path}[`))
  );
}

it('accepts a profile with one changed field, or leads to that field', () => {
  let refused = 0;
  fc.assert(
    fc.property(corrupted, ({ path, document }) => {
      try {
        readProfile(document);
      } catch (error) {
        if (!(error instanceof ProfileError)) throw error;
        refused++;
        if (!leadsTo(error, path)) throw new Error(`no word about ${formatPath(path)}: ${error.message}`);
        for (const { message } of error.problems)
          expect(message).toMatch(/expected|did you mean|take the entry out|name it once/);
      }
    }),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(1000);
});

describe('the JSON Schema', () => {
  const schema = profileJsonSchema();

  it.each([...PROFILE_NAMES, 'uniform-3'])('accepts %s', (name) => {
    expect(accepts(schema, documentOf(name))).toBe(true);
  });

  it('agrees with the schema that it was made from about every changed field', () => {
    fc.assert(
      fc.property(corrupted, ({ document }) => {
        expect(accepts(schema, document)).toBe(machineProfileSchema.safeParse(document).success);
      }),
      { numRuns: 2000 },
    );
  });

  it('says what every field is, but for the parts that only hold others', () => {
    const bare: string[] = [];
    const visit = (node: typeof schema, path: string): void => {
      for (const [key, field] of Object.entries(node.properties ?? {})) {
        const place = path === '' ? key : `${path}.${key}`;
        if (
          field.description === undefined &&
          !field.properties &&
          !field.oneOf &&
          !field.enum &&
          field.const === undefined
        )
          bare.push(place);
        visit(field, place);
      }
      for (const part of [...(node.oneOf ?? []), ...(node.prefixItems ?? [])]) visit(part, path);
      if (node.items) visit(node.items, `${path}[]`);
    };
    visit(schema, '');
    expect(bare).toEqual([]);
  });
});
