import { defineConfig } from 'vitest/config';

/** The sample's page in a browser. It needs the built sample: `npm run page`. */
export default defineConfig({
  test: {
    include: ['test/page/*.spec.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // It runs beside all other tests.
    expect: { poll: { timeout: 30_000 } },
    // Each step begins where the one before it has ended.
    bail: 1,
  },
});
