/** What a mutation run changes, and which tests must notice. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, normalize, posix, sep } from 'node:path';
import type { PartialStrykerOptions } from '@stryker-mutator/api/core';
import { parseOptions } from '../../src/cli/parse-options.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

export const mutationUsage = `Usage: npm run mutate -- <folder or file of src> [options]

Changes the code in one place at a time (inverts a condition, moves a limit, removes a statement), and runs the unit
tests of that folder on each change: src/routing is tested by test/unit/routing, src/database/session by test/unit/database.
A change that no test notices survived. Prints the survivors and the score, and exits with status 1 if the score is below the target.
Results of an earlier run are reused if neither the code nor the tests have changed.

  --concurrency <n>   number of parallel runs (default: 1)
  --tests <file>      runs only this test file on each change; it must not need a server
  --bar <percent>     target score (default: 85)
  --static            also changes code that runs when a module is loaded; each such change runs all tests of the folder
  --fresh             ignores earlier results
  --help              prints this text
`;

export type MutationRun = {
  /** From the root of the project: a folder or a file. */
  readonly path: string;
  /** The folder of the tests that have to notice. */
  readonly tests: string;
  /** Which of them; as a pattern. */
  readonly testFiles: string;
  readonly concurrency: number;
  readonly bar: number;
  readonly withStatic: boolean;
  readonly fresh: boolean;
};

/** `null`: help is requested. Throws `UsageError`. */
export function readMutationOptions(argv: readonly string[], root: string): MutationRun | null {
  const { values, positionals } = parseOptions(argv, {
    allowPositionals: true,
    options: {
      concurrency: { type: 'string', default: '1' },
      tests: { type: 'string' },
      bar: { type: 'string', default: '85' },
      static: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const [given, ...more] = positionals;
  if (given === undefined) throw new UsageError('Which folder? For example: npm run mutate -- src/routing');
  if (more.length > 0) throw new UsageError('One folder at a time. Try --help.');
  const concurrency = wholeNumber('--concurrency', values.concurrency, 1, 64);
  const bar = wholeNumber('--bar', values.bar, 0, 100);
  const path = normalize(given)
    .replace(/[/\\]+$/, '')
    .split(sep)
    .join('/');
  const { dir: tests, base } = posix.parse(values.tests ?? `${testsOf(path, root)}/${everyTest}`);
  if (values.tests !== undefined && !existsSync(join(root, values.tests))) {
    throw new UsageError(`There is no ${values.tests}`);
  }
  const testFiles = `**/${base}`;
  return { path, tests, testFiles, concurrency, bar, withStatic: values.static, fresh: values.fresh };
}

const everyTest = '*.test.ts';
const allTests = `**/${everyTest}`;
/** Tells `vitest.config.ts` which tests to run. */
export const testFilesVariable = 'TIDEMARK_MUTATION_TESTS';

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${option} is a whole number from ${least} to ${most}, not ${text}`);
}

function testsOf(path: string, root: string): string {
  const [first, part = ''] = path.split('/');
  if (first !== 'src' || part === '') throw new UsageError(`${path} is no folder below src, as in src/routing`);
  if (!existsSync(join(root, path))) throw new UsageError(`There is no ${path}`);
  if (sourcesOf(path, root).length === 0) throw new UsageError(`${path} holds no TypeScript`);
  const tests = `test/unit/${part}`;
  if (!existsSync(join(root, tests))) throw new UsageError(`${path} has no unit tests: there is no ${tests}`);
  return tests;
}

/** Those with code that runs: a list of `tsx` is the page, which has tests of another kind. */
function sourcesOf(path: string, root: string): readonly string[] {
  if (statSync(join(root, path)).isFile()) return path.endsWith('.ts') ? [path] : [];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${path}/${name.split(sep).join('/')}`);
}

export function strykerOptions(
  { path, tests, testFiles, concurrency, bar, withStatic, fresh }: MutationRun,
  root: string,
): PartialStrykerOptions {
  const isNamed = testFiles !== allTests;
  const by = !isNamed ? '' : `-by-${posix.basename(testFiles, '.test.ts')}`;
  const kept = `.tidemark/mutation/${path.replaceAll('/', '-')}${by}`;
  return {
    mutate: [...sourcesOf(path, root)],
    testRunner: 'vitest',
    vitest: { configFile: 'test/mutation/vitest.config.ts', dir: tests, related: false },
    // What a file sets up before all its tests is attributed to none of them, so one that is named is run whole.
    coverageAnalysis: isNamed ? 'all' : 'perTest',
    ignoreStatic: !isNamed && !withStatic,
    plugins: ['@stryker-mutator/vitest-runner', './test/mutation/texts-for-people.mjs'],
    ignorers: ['texts-for-people'],
    // The copy that is mutated: what the unit tests read, and no servers.
    // A biome.json below another one is an error to Biome.
    ignorePatterns: ['.tidemark', 'biome.json', 'dist', 'test/artefacts', 'test/*/results'],
    tempDirName: '.tidemark/mutation/copies',
    // Stryker would read it with TypeScript's former interface, and nothing in it matters to a test.
    tsconfigFile: 'none',
    disableTypeChecks: false,
    concurrency,
    incremental: true,
    incrementalFile: `${kept}.incremental.json`,
    force: fresh,
    reporters: ['clear-text', 'progress-append-only', 'json'],
    jsonReporter: { fileName: `${kept}.json` },
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
    thresholds: { high: 100, low: bar, break: bar },
    // A loop without an end is found by counting. The rest is for a busy machine.
    timeoutMS: 30_000,
    timeoutFactor: 4,
    dryRunTimeoutMinutes: 15,
    allowEmpty: false,
    cleanTempDir: 'always',
    checkers: [],
  };
}
