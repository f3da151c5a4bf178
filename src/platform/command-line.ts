// How a person types a command of Tidemark, for messages and help: as fits the way this process was started.
//
//   a checkout                             npm run seed -- --append
//   installed in a project, or globally    npx tidemark seed --append
//   run by npx from a tarball              npx file:/downloads/tidemark-0.2.0.tgz seed --append
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const commandNames = [
  'start',
  'health',
  'cluster',
  'backup',
  'migrate',
  'seed',
  'mirror',
  'worker',
  'local:reset',
] as const;
export type CommandName = (typeof commandNames)[number];

/** What comes before the name of a command of the package; `null` in a checkout, where they are scripts of npm. */
export type Runner = string | null;

export function typed(runner: Runner, command: CommandName, words = ''): string {
  if (runner !== null) return [runner, command, words].join(' ').trimEnd();
  const script = command === 'start' ? 'npm start' : `npm run ${command}`;
  return words === '' ? script : `${script} -- ${words}`;
}

/** Of a package that lies in `folder`. Nothing is found by the name `tidemark` where npx has it in a cache of its own. */
export function runnerIn(folder: string, readText: (path: string) => string): Runner {
  const cache = /^(.*[\\/]_npx[\\/][^\\/]+)[\\/]node_modules[\\/]/.exec(folder)?.[1];
  if (cache === undefined) return 'npx tidemark';
  try {
    const { _npx } = JSON.parse(readText(`${cache}/package.json`)) as { _npx?: { packages?: readonly unknown[] } };
    const spec = _npx?.packages?.[0];
    if (typeof spec === 'string') return `npx ${quoted(spec)}`;
  } catch {
    // Another npm keeps it elsewhere.
  }
  return 'npx tidemark';
}

/** As one word of a shell. */
const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The package holds no sources: this file exists in a checkout alone. */
const isCheckout = existsSync(fileURLToPath(import.meta.url));
const runner = isCheckout
  ? null
  : runnerIn(fileURLToPath(new URL('../..', import.meta.url)), (path) => readFileSync(path, 'utf8'));

/** `commandLine('seed', '--help')`: `npm run seed -- --help`. */
export function commandLine(command: CommandName, words = ''): string {
  return typed(runner, command, words);
}
