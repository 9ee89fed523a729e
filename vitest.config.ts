import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/reflect-metadata.ts'],
    // More than cores: a third of a test's time, it waits for a database, a process or a clock.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // A process each, whose CPU time tests measure.
    pool: 'forks',
    // A worker loads the module and its frameworks once. No test leaves state in them: applications live side by side in a process.
    isolate: false,
    // For what hangs: nothing else depends on how busy the machine is.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['test/**/*.spec.ts'],
          // They need the package as it is released (`npm run packed`), or the built sample (`npm run page`).
          exclude: ['test/packed/**', 'test/page/**'],
        },
      },
      {
        // The store again, over the older TypeORM that the package supports.
        extends: true,
        resolve: { alias: [{ find: /^typeorm$/, replacement: 'typeorm-0.3' }] },
        test: { name: 'typeorm-0.3', include: ['test/store/contract.spec.ts', 'test/store/migrations.spec.ts'] },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text'],
      thresholds: { lines: 95, functions: 95 },
    },
  },
});
