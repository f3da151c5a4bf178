import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { mutationUsage, readMutationOptions, strykerOptions } from '../../mutation/mutation-options.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (...argv: string[]) => readMutationOptions(argv, root);

describe('a mutation run', () => {
  it.each<[string, string, string]>([
    ['a folder', 'src/routing', 'test/unit/routing'],
    ['a folder as the shell completes it', 'src/routing/', 'test/unit/routing'],
    ['a folder from here', './src/routing', 'test/unit/routing'],
    ['a folder in a folder', 'src/database/session', 'test/unit/database'],
    ['a file', 'src/cluster/health.ts', 'test/unit/cluster'],
  ])('is of %s: %s', (_, given, tests) => {
    expect(read(given)).toMatchObject({ tests, concurrency: 1, bar: 85, fresh: false, withStatic: false });
  });

  it.each<[what: string, argv: readonly string[], tests: string, testFiles: string]>([
    ['the tests of its folder', ['src/cluster'], 'test/unit/cluster', '**/*.test.ts'],
    [
      'one file',
      ['src/cluster', '--tests', 'test/unit/cluster/roles.test.ts'],
      'test/unit/cluster',
      '**/roles.test.ts',
    ],
  ])('is noticed by %s', (_, argv, tests, testFiles) => {
    const run = read(...argv);
    expect(run).toMatchObject({ tests, testFiles });
    const { incrementalFile } = run === null ? {} : strykerOptions(run, root);
    expect(incrementalFile).toMatch(argv.length === 1 ? /src-cluster\.inc/ : /src-cluster-by-roles\.inc/);
  });

  it('mutates the TypeScript of its folder, and of those below', () => {
    const run = read('src/cluster', '--bar', '0', '--fresh', '--static', '--concurrency', '2');
    if (run === null) throw new Error('This is no call for help');
    const options = strykerOptions(run, root);
    expect(options.mutate).toContain('src/cluster/health.ts');
    expect(options.mutate).toContain('src/cluster/failover/carry-out.ts');
    expect(options.mutate?.every((path) => typeof path === 'string' && /^src\/cluster\/.+\.ts$/.test(path))).toBe(true);
    expect(options).toMatchObject({ concurrency: 2, force: true, ignoreStatic: false, thresholds: { break: 0 } });
    expect(options.vitest).toMatchObject({ dir: 'test/unit/cluster' });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['without a folder', [], /Which folder\?.*src\/routing/],
    ['of a folder that is not there', ['src/nowhere'], /There is no src\/nowhere/],
    ['of a folder without its src', ['routing'], /routing is no folder below src/],
    ['of tests', ['test/unit'], /test\/unit is no folder below src/],
    ['of a folder outside', ['../src/routing'], /no folder below src/],
    ['of everything', ['src'], /src is no folder below src/],
    ['of what is not TypeScript', ['src/bundle.mjs'], /holds no TypeScript/],
    ['of a folder without unit tests', ['src/outbox'], /src\/outbox has no unit tests: there is no test\/unit\/outbox/],
    ['of two folders', ['src/routing', 'src/cluster'], /One folder at a time/],
    ['with an option that it has not', ['src/routing', '--nonsense'], /--nonsense.*Try --help/],
    [
      'with nothing to run',
      ['src/routing', '--concurrency', '0'],
      /--concurrency is a whole number from 1 to 64, not 0/,
    ],
    ['with tests that are not there', ['src/routing', '--tests', 'test/none.test.ts'], /There is no test\/none/],
    ['with half a bar', ['src/routing', '--bar', '8.5'], /--bar is a whole number from 0 to 100, not 8.5/],
    ['with a bar out of reach', ['src/routing', '--bar', '101'], /--bar/],
  ])('%s is refused', (_, argv, words) => {
    expect(() => read(...argv)).toThrow(UsageError);
    expect(() => read(...argv)).toThrow(words);
  });

  it('prints its usage', () => {
    expect(read('--help')).toBeNull();
    expect(read('src/nowhere', '--help')).toBeNull();
    for (const option of ['--concurrency', '--tests', '--bar', '--static', '--fresh', '--help'])
      expect(mutationUsage).toContain(option);
  });
});
