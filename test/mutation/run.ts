// npm run mutate -- <folder or file of src> [--concurrency N] [--bar percent] [--fresh] [--help]
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { entry, print } from '../../src/cli/entry.ts';
import { mutationUsage, readMutationOptions, strykerOptions } from './mutation-options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await entry(
  (argv) => readMutationOptions(argv, root),
  async (run) => {
    if (run === null) return print(mutationUsage);
    process.chdir(root);
    // Sets the exit code where the score is below the bar.
    await new Stryker(strykerOptions(run, root)).runMutationTest();
    return Number(process.exitCode ?? 0);
  },
);
