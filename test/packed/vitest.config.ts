import { defineConfig } from 'vitest/config';

/** For what runs over the archive from outside of an application: `npm run packed` names the archive. */
export default defineConfig({
  test: {
    include: ['test/packed/nest-add.spec.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
