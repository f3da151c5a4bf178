// npm run mutate -- <folder or file of src> [--tests file] [--concurrency N] [--bar percent] [--fresh] [--help]
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { entry, print } from '../../src/cli/entry.ts';
import { mutationUsage, readMutationOptions, strykerOptions, testFilesVariable } from './mutation-options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await entry(
  (argv) => readMutationOptions(argv, root),
  async (run) => {
    if (run === null) return print(mutationUsage);
    process.chdir(root);
    process.env[testFilesVariable] = run.testFiles;
    // Sets the exit code where the score is below the bar.
    await new Stryker(strykerOptions(run, root)).runMutationTest();
    return Number(process.exitCode ?? 0);
  },
);
