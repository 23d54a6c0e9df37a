import { defineConfig } from 'vitest/config';

/** The engine's tests alone: nothing is built and no database started for them. */
export default defineConfig({
  root: import.meta.dirname,
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, env: { NO_COLOR: '1' } },
});
