import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts', 'e2e/**/*.test.ts'],
    globalSetup: ['test-support/build.ts', 'test-support/postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two suites that hash passwords side by side are enough for the machine.
    maxWorkers: 2,
    env: { NO_COLOR: '1' },
  },
});
