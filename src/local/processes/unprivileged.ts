/**
 * Some servers refuse to be run by root, whatever the flags. Started by root, they run as another user: `nobody`, if it can
 * reach their folders; otherwise in a user namespace, where root looks like that user and the files remain root's.
 */
import { lchown, lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '../../platform/existing-path.ts';
import { type Command, plainCommand, runCommand, type SystemUser } from '../../platform/run-command.ts';
import { UnusableDirectoryError } from '../local-errors.ts';

/** `nobody` on Linux. A system may know it by another number, but needs a name for the one that is used. */
const nobody: SystemUser = { uid: 65_534, gid: 65_534 };
const namespace = ['unshare', '--user', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`];

/** How a command is run so that its program does not see root. */
export type Disguise = Pick<Command, 'user' | 'within'>;

/** For programs and files in these folders. Throws a sentence if there is no way. */
export async function findDisguise(folders: readonly string[]): Promise<Disguise> {
  const places = await Promise.all(folders.map(nearest));
  const tries: Disguise[] = [{ user: nobody }, { within: namespace }];
  for (const disguise of tries) {
    const test = places.map((_, index) => `test -x "$${index + 1}"`).join(' && ');
    const works = await runCommand({ ...plainCommand('sh'), ...disguise }, ['-c', test, 'sh', ...places], {
      cwd: '/',
    }).then(
      () => true,
      () => false,
    );
    if (works) return disguise;
  }
  throw new UnusableDirectoryError(
    `Servers of this kind refuse to be run by root, and the user nobody cannot enter ${places.join(' and ')}. ` +
      'Start the cluster as another user, or set TIDEMARK_DIRECTORY to a folder that everybody can enter, such as /var/lib/tidemark.',
    { facts: { folders: places } },
  );
}

/** The path itself or the folder above it that exists. */
async function nearest(path: string): Promise<string> {
  if (await exists(path)) return path;
  const parent = dirname(path);
  return parent === path ? path : nearest(parent);
}

export const root: SystemUser = { uid: 0, gid: 0 };

/** Gives a folder with everything in it to the user. */
export async function giveTo(user: SystemUser, path: string): Promise<void> {
  const { uid, gid } = user;
  const entry = await lstat(path);
  if (entry.uid !== uid || entry.gid !== gid) await lchown(path, uid, gid);
  if (!entry.isDirectory()) return;
  for (const name of await readdir(path)) await giveTo(user, join(path, name));
}
