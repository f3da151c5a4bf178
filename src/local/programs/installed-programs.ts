/** Programs that are installed on this machine: on the PATH, or in folders that are often not on it. */
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../platform/existing-path.ts';
import { plainCommand, runCommand } from '../../platform/run-command.ts';

/** Folders of servers that are often not in a user's PATH. */
const furtherFolders =
  '/usr/sbin:/usr/libexec:/usr/local/sbin:/usr/local/mysql/bin:/opt/homebrew/bin:/opt/homebrew/opt/mysql/bin:/opt/homebrew/opt/mariadb/bin';

/** The one that the PATH gives comes first. Links to one program count once. */
export async function installedPrograms(program: string, folders: readonly string[] = []): Promise<string[]> {
  const script = `PATH="$PATH:${furtherFolders}" command -v "$1"`;
  const found = (await runCommand(plainCommand('sh'), ['-c', script, 'sh', program]).catch(() => '')).trim();
  const further = await programsIn('/', folders, program);
  const real = new Map<string, string>();
  for (const path of found === '' ? further : [found, ...further]) {
    const target = await realpath(path).catch(() => path);
    if (!real.has(target)) real.set(target, path);
  }
  return [...real.values()];
}

/** The program in each of these folders below `root` that has it. */
export async function programsIn(root: string, folders: readonly string[], program: string): Promise<string[]> {
  const places = await Promise.all(folders.map((folder) => matching(root, folder.split('/').filter(Boolean))));
  const paths = places.flat().map((folder) => join(folder, program));
  const there = await Promise.all(paths.map(exists));
  return paths.filter((_, index) => there[index]);
}

/** The folders that a pattern stands for; those without a `*` need not exist. */
async function matching(root: string, [part, ...rest]: readonly string[]): Promise<string[]> {
  if (part === undefined) return [root];
  if (!part.includes('*')) return matching(join(root, part), rest);
  const [begin = '', end = ''] = part.split('*');
  const names = await readdir(root).catch(() => []);
  const fitting = names.filter(
    (name) => name.length >= begin.length + end.length && name.startsWith(begin) && name.endsWith(end),
  );
  return (await Promise.all(fitting.map((name) => matching(join(root, name), rest)))).flat();
}
