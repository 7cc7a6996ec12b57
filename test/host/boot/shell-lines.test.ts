// A small Unix on each kernel: lines of shell print what the host's tools print, and end as they do.
import { beforeAll, describe, expect, it } from 'vitest';
import { type Configuration, type GuestResult, LINES, onHost, onKernel } from './shell-lines.ts';

const CONFIGURATIONS: readonly Configuration[] = [
  { kernel: 'monolith', machine: 'amd-4x4', cores: 4, options: ['locks=percpu'] },
  { kernel: 'monolith', machine: 'uniform-4', cores: 4, options: ['locks=fine'] },
  { kernel: 'monolith', machine: 'uniform-4', cores: 2, options: ['locks=big'] },
  { kernel: 'k42', machine: 'ibm-s85', cores: 4, options: ['objects=distributed'] },
  { kernel: 'k42', machine: 'uniform-4', cores: 4, options: ['objects=shared'] },
];

const expected = LINES.map(onHost);

describe.each(CONFIGURATIONS)('$kernel, $options, $cores cores of $machine', (configuration) => {
  let results: GuestResult[];
  beforeAll(async () => {
    results = await onKernel(LINES, configuration);
  });

  it.each(LINES.map((line, i) => [line, i] as const))('%s', (_line, i) => {
    const { stdout, status, stderr } = results[i] as GuestResult;
    expect({ stdout, status }, stderr).toEqual(expected[i]);
  });
});
