// A Unix on monolith, with each kind of locks.
import { describeUnix } from '../unix/suite.ts';

describeUnix({
  kernel: 'monolith',
  options: ['locks=percpu', 'locks=fine', 'locks=big'],
  parts: [
    ['families', 4, ''],
    ['files', 1, ''],
    ['files', 4, ''],
    ['memory', 4, ''],
    ['memory', 1, 'locks=big'],
    ['processes', 4, ''],
    ['processes', 3, 'locks=fine'],
    ['programs', 1, ''],
    ['programs', 4, ''],
    ['sharing', 4, ''],
    ['sharing', 3, 'locks=fine'],
    ['signals', 1, ''],
    ['signals', 4, 'locks=big'],
    ['threads', 1, ''],
    ['threads', 4, ''],
    ['threads', 8, 'locks=fine'],
    ['threads', 4, 'locks=big'],
    ['threads', 128, ''],
  ],
  shortages: [[2, '']],
});
