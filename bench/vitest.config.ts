import { defineConfig } from 'vitest/config';

/** Measurements take minutes, so that `npm test` leaves them alone. */
export default defineConfig({
  test: {
    root: '.',
    include: ['bench/**/*.spec.ts'],
    setupFiles: ['test/support/reflect-metadata.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
