import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

// Groups, one after another. A file of tests with real servers brings up its own cluster: two at a time, and those that
// judge histories alone.
const withServers = { testTimeout: 120_000, hookTimeout: 180_000 } as const;

/** What they test meets no server, or only through what the others test: MariaDB will do. */
const sameOnBoth = ['client-carriers', 'package-exports', 'http-process', 'jobs', 'read-cache-redis', 'redis'].map(
  (name) => `test/integration/${name}.test.ts`,
);

export default defineConfig({
  root,
  resolve: {
    alias: [
      // Vite would load graphql's other build than Node does for the packages that use it, and graphql refuses to be there twice.
      { find: /^graphql$/, replacement: `${root}node_modules/graphql/index.js` },
      // What the package offers, before it is built.
      { find: /^tidemark\/prisma$/, replacement: `${root}src/database/engine/exports.ts` },
      { find: /^tidemark\/client$/, replacement: `${root}src/client/client.ts` },
      { find: /^tidemark\/client\/(.+)$/, replacement: `${root}src/client/$1.ts` },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/tables/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/types/**/*.test.ts'],
          exclude: process.env.TIDEMARK_TEST_FLAVOUR === 'mysql' ? [...sameOnBoth] : [],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          ...withServers,
        },
      },
      {
        extends: true,
        test: {
          name: 'consistency',
          include: ['test/consistency/**/*.test.ts'],
          sequence: { groupOrder: 2 },
          ...withServers,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/support/build-page.ts',
          sequence: { groupOrder: 3 },
          ...withServers,
          maxWorkers: 2,
        },
      },
    ],
  },
});
