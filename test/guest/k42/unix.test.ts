// A Unix on K42, with objects of both families.
import { describeUnix } from '../unix/suite.ts';

describeUnix({
  kernel: 'k42',
  options: ['objects=distributed', 'objects=shared'],
  parts: [
    ['families', 4, ''],
    ['families', 3, 'objects=shared'],
    ['files', 1, ''],
    ['files', 4, 'objects=shared'],
    ['files', 6, ''],
    ['memory', 1, 'objects=shared'],
    ['memory', 4, ''],
    ['memory', 3, 'fcm=partitioned'],
    ['processes', 4, ''],
    ['processes', 3, 'objects=shared'],
    ['programs', 1, ''],
    ['programs', 4, ''],
    ['sharing', 4, ''],
    ['sharing', 3, 'objects=shared'],
    ['signals', 4, ''],
    ['threads', 4, 'objects=shared'],
    ['threads', 8, ''],
    ['threads', 24, 'process=shared'],
    ['signals', 128, ''],
  ],
  shortages: [
    [2, ''],
    [4, 'objects=shared'],
  ],
});
