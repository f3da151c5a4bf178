import { describe, expect, it } from 'vitest';
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
