import { defineConfig } from 'vitest/config';
import all from '../vitest.config.ts';
import { LoadFailures } from './load-failures.ts';
import { testFilesVariable } from './mutation-options.ts';

const { projects: _, ...test } = all.test ?? {};

/** Starts a process for each of its cases. */
const slow = ['**/run-command.test.ts'];

/** The unit tests alone. Each run has a worker of its own, so that a mutant in what a module makes when it is loaded is loaded. */
export default defineConfig({
  ...all,
  test: {
    ...test,
    // Below the folder of the run.
    include: [process.env[testFilesVariable] ?? '**/*.test.ts'],
    exclude: slow,
    testTimeout: 30_000,
    isolate: false,
    reporters: [new LoadFailures()],
  },
});
