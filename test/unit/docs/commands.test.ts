import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  commandsIn as commandsShownIn,
  documentedCommands,
  notRun,
  runAlone,
  runByItself,
  runElsewhere,
  runOnOneCluster,
} from '../../support/documented-commands.ts';
import { documents, read } from './documents.ts';

/** Where the text of `npm run <name> -- --help` is written. */
const usages: Readonly<Record<string, string>> = {
  start: 'src/cli/arguments.ts',
  seed: 'src/cli/seed.ts',
  migrate: 'src/cli/migrate.ts',
  health: 'src/cli/health-options.ts',
  cluster: 'src/cli/cluster-options.ts',
  backup: 'src/cli/backup-options.ts',
  faults: 'test/faults/run.ts',
  consistency: 'test/consistency/run-options.ts',
  bench: 'test/bench/options.ts',
  mutate: 'test/mutation/mutation-options.ts',
};
const sizeOf = (path: string) => statSync(new URL(`../../../${path}`, import.meta.url)).size;
const takesActions: ReadonlySet<string> = new Set(['cluster', 'backup']);

/** Each command with its words behind `--`, as the documents write it; what goes on with `-- …` in prose belongs to the last. */
function commandsIn(text: string): readonly (readonly [command: string, words: string])[] {
  const commands: [string, string][] = [];
  let last = '';
  for (const [, command, words = ''] of text.matchAll(/(?:npm (?:run )?(?:-s )?([\w:-]+))?(?:\s|`)-- ([^`\n|#]*)/g)) {
    last = command ?? last;
    if (last !== '' && !words.startsWith('<')) commands.push([last, words.trim()]);
  }
  return commands;
}

const written = documents
  .filter((path) => !path.startsWith('findings/'))
  .flatMap((path) => commandsIn(read(path)))
  .filter(([command]) => Object.hasOwn(usages, command));
const wordsOf = (command: string) => written.filter(([name]) => name === command).map(([, words]) => words);

describe('a command that the documents show', () => {
  it('is found', () => {
    expect([...new Set(written.map(([command]) => command))].sort()).toEqual(Object.keys(usages).sort());
  });

  it.each(Object.entries(usages))('has the options that are given to it: %s', (command, path) => {
    const help = read(path);
    const words = wordsOf(command).map((line) => line.split(/\s+/));
    const flags = words.flat().filter((word) => word.startsWith('--') && word !== '--help');
    // Two take the name of what is to be done.
    const actions = words.map(([first = '']) => first).filter((word) => /^[a-z]/.test(word));
    const known = [...flags.map((flag) => flag.split('=')[0] ?? ''), ...(takesActions.has(command) ? actions : [])];
    expect([...new Set(known)].filter((word) => !help.includes(word))).toEqual([]);
  });
});

describe('the commands of a document', () => {
  it.each([
    ['```sh\nnpm ci && npm start   # a cluster\n```', ['npm ci', 'npm start']],
    ['```console\n$ npm run seed\n…\nWrote 1 order.\n```', ['npm run seed']],
    ['   ```sh\n   npx vitest run \\\n     --project unit\n   ```', ['npx vitest run --project unit']],
    ['```\nnpm is a word of a picture\n```\n```graphql\nnpm run x\n```', []],
    [
      '`npm run health` asks; `npm run health -- a` one, `-- --json` all',
      ['npm run health', 'npm run health -- a', 'npm run health -- --json'],
    ],
    [
      '`A=b npm test`, `node`, `tidemark`, `.ci/run`, `docker compose up`',
      ['A=b npm test', '.ci/run', 'docker compose up'],
    ],
  ])('of %j are found', (text, commands) => {
    expect(commandsShownIn(text)).toEqual(commands);
  });

  const shown = documentedCommands();
  const tables = { runOnOneCluster, runAlone, runElsewhere, notRun };
  const known = [...Object.values(tables).flatMap(Object.keys), ...runByItself];

  it('are each run by a test, or there is a reason why not', () => {
    const left = [...shown].filter(([command]) => !known.includes(command) && !command.startsWith('curl '));
    expect(left).toEqual([]);
  });

  it('are in one table each, and nothing else is', () => {
    expect(known.filter((command) => !shown.has(command))).toEqual([]);
    expect(known.filter((command, index) => known.indexOf(command) !== index)).toEqual([]);
  });

  it.each(Object.entries(runElsewhere))('%s is run elsewhere', (_, [file, text]) => {
    expect(read(file)).toContain(text);
  });

  it.each(Object.entries(notRun))('%s is not run, and what is named in its place is there', (_, reason) => {
    for (const [path] of reason.matchAll(/(?:test|\.ci)\/[\w./-]+/g)) expect(() => sizeOf(path)).not.toThrow();
  });
});
