import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

// Two groups, one after the other: what needs no servers, then all the rest. A file of tests with real servers waits for them
// two thirds of its time: three of them for each processor keep it at work. Six of them need 6 GB of memory.
const withServers = {
  sequence: { groupOrder: 1 },
  maxWorkers: Math.min(6, 3 * availableParallelism()),
  // Ends what hangs. Other work on the machine makes a test take ten times as long, and is no fault.
  testTimeout: 600_000,
  hookTimeout: 300_000,
} as const;

/** What they test meets no server, or only through what the others test: MariaDB will do. */
const sameOnBoth = [
  'client-carriers',
  'compose-redis',
  'crowded-out',
  'dev',
  'documented-commands',
  'http-process',
  'installed-package',
  'job-records',
  'job-shares',
  'jobs',
  'local-restarting-kind',
  'log-of-a-process',
  'package-exports',
  'read-cache-redis',
  'redis',
  'redis-servers',
  'stopping-without-redis',
  'toy-flavour',
].map((name) => `test/integration/${name}.test.ts`);

const folder = temporaryFolder();

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
    sequence: { sequencer: LongestFirst },
    env: { ...(folder !== undefined && { TMPDIR: folder }) },
    // A busy machine needs longer than the second that is the default.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
          maxWorkers: availableParallelism(),
          // Two thirds of their time went into loading the same modules anew for each file. What a test puts in the place of
          // something global it takes away again.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/tables/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/types/**/*.test.ts'],
          exclude: (process.env.TIDEMARK_TEST_FLAVOUR ?? 'mariadb') === 'mariadb' ? [] : [...sameOnBoth],
          ...withServers,
        },
      },
      {
        extends: true,
        test: {
          name: 'consistency',
          include: ['test/consistency/**/*.test.ts'],
          ...withServers,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/support/build-page.ts',
          ...withServers,
        },
      },
    ],
  },
});
