// What a counter costs that every call to a server increments.
import { numberIn, sweep } from '../sweep.ts';
import { CPUS, k42, MACHINE } from './kernels.ts';

const VARIANTS: readonly (readonly [name: string, variant: string])[] = [
  ['under a lock', 'lock'],
  ['atomic', 'atomic'],
  ['array', 'array'],
  ['padded array', 'padded'],
];

export const SERVER_COUNTER = sweep({
  name: 'server-counter',
  number: 'E-K1',
  question: 'What does one counter cost that every call to a server increments?',
  title: 'calls of a server that counts them, one caller on each CPU',
  machine: MACHINE,
  cpus: CPUS,
  configurations: VARIANTS.map(([name, variant]) => ({
    ...k42(name),
    program: (cpus: number) => ['ppcbench', '-v', variant, '-t', `${cpus}`],
  })),
  figure: ({ output }) => numberIn(output, /([\d.]+) cycles a round trip/),
  unit: 'cycles',
  plot: { y: 'cycles of a round trip' },
});
