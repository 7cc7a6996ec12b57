// docs/profiles.md: its table says what the profiles say, it explains every field, and its examples of errors are what comes out.
import { expect, it } from 'vitest';
import { type JsonSchema, profileJsonSchema } from '../../../machine/profile/expectation.ts';
import { readProfile } from '../../../machine/profile/load.ts';
import type { ProfileError } from '../../../machine/profile/problem.ts';
import type { MachineProfile } from '../../../machine/profile/schema.ts';
import { PROFILE_NAMES, profileNamed } from '../../../machine/profile/shipped.ts';
import { coreCount, relations } from '../../../machine/profile/topology.ts';
import { read } from '../../tidy/repository.ts';
import { documentOf, type Json, put } from './profile-values.ts';

const PAGE = read('docs/profiles.md');

function bytes(size: number): string {
  return size >= 1 << 20 ? `${size / (1 << 20)} MB` : `${size / 1024} KB`;
}

function cache(part: { sizeBytes: number; ways: number; latencyCycles: number } | undefined): string {
  return part ? `${bytes(part.sizeBytes)}, ${part.ways} ways, ${part.latencyCycles}` : '-';
}

function row(profile: MachineProfile): string {
  const { topology, shared, coherence } = profile;
  const { nodes, groupsPerNode, coresPerGroup, links } = topology;
  const cells = [
    `\`${profile.name}\``,
    `${coreCount(profile)} (${nodes} x ${groupsPerNode} x ${coresPerGroup})`,
    profile.clockMegahertz,
    profile.lineBytes,
    cache(profile.l1),
    cache(profile.l2),
    shared ? `${shared.name} ${cache(shared)} / ${shared.transferCycles}` : '-',
    `${coherence.protocol}, ${coherence.fabric.kind}`,
    links.length === 0 ? '-' : `${links.length} of ${links[0].latencyCycles} cycles, ${links[0].bytesPerCycle} B/cycle`,
  ];
  return `| ${cells.join(' | ')} |`;
}

it('has the main figures of all machines', () => {
  const expected = [...PROFILE_NAMES, 'uniform-64'].map((name) =>
    row(profileNamed(name))
      .replace('uniform-64', 'uniform-N')
      .replace('64 (1 x 1 x 64) | 2000', 'N (1 x 1 x N) | 2000'),
  );
  const table = PAGE.slice(PAGE.indexOf('## The machines'), PAGE.indexOf('## What the numbers mean'));
  expect(table.split('\n').filter((line) => line.startsWith('| `'))).toEqual(expected);
});

it('explains every field and every choice', () => {
  const words = new Set<string>();
  const collect = (schema: JsonSchema): void => {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      if (name !== 'kind') words.add(name);
      for (const choice of field.enum ?? []) if (typeof choice === 'string' && /^[a-z]/.test(choice)) words.add(choice);
      collect(field);
    }
    for (const part of schema.oneOf ?? []) {
      words.add(String(part.properties?.kind?.const));
      collect(part);
    }
    if (schema.items) collect(schema.items);
  };
  collect(profileJsonSchema());
  const code = [...PAGE.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text).join(' ');
  const known = new Set(`${code} ${PAGE.match(/```json[\s\S]*?```/)?.[0]}`.match(/[$A-Za-z0-9-]+/g));
  const plain = new Set([
    '$schema',
    'format',
    'name',
    'between',
    'ratio',
    'cores',
    'entries',
    'ways',
    'sizeBytes',
    'lineBytes',
    'streams',
    'distanceLines',
    'round-trip',
    'one-way',
    'protocol',
    'fabric',
    'second',
  ]);
  expect([...words].filter((word) => !known.has(word) && !plain.has(word))).toEqual([]);
});

it('explains every relation of the shipped machines', () => {
  const names = PROFILE_NAMES.flatMap((name) => relations(profileNamed(name)).map(({ relation }) => relation));
  expect([...new Set(names)].filter((name) => !PAGE.includes(`\`${name}\``))).toEqual(['three-hop', 'four-hop']);
});

it('shows errors as they are', () => {
  const shown = [...PAGE.matchAll(/```text\n([\s\S]*?)\n```/g)].map(([, text]) => text);
  const single = documentOf('amd-4x4');
  const together = documentOf('amd-4x4');
  for (const document of [single, together]) document.name = 'my-machine';
  put(single, ['core', 'storeBufferEntries'], undefined);
  put(single, ['core', 'storeBuferEntries'], 0);
  put(single, ['l1', 'ways'], '8');
  put(together, ['topology', 'nodes'], 5);
  put(together, ['l1', 'ways'], 8);
  put(together, ['l1', 'sizeBytes'], 49152);
  expect([single, together].map(message)).toEqual(shown);
});

function message(document: Json): string {
  try {
    readProfile(document);
  } catch (error) {
    return (error as ProfileError).message;
  }
  return 'accepted';
}
