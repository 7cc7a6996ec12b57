// Test runner settings. Tests are plain functions of their inputs and run in parallel, one process per file.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // All processors: the default leaves one to the runner, which has little to do.
    maxWorkers: '100%',
  },
});
