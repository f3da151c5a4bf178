/**
 * Some servers refuse to run as root, whatever the flags. Started by root, they run as an unprivileged user if that user can
 * reach their folders; otherwise in a user namespace, where root looks like that user and the files remain root's.
 */
import { lchown, lstat, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '../../platform/existing-path.ts';
import { type Command, plainCommand, runCommand, type SystemUser } from '../../platform/run-command.ts';
import { UnusableDirectoryError } from '../local-errors.ts';

/** The user without rights that every Linux has; programs look up its name. */
const unprivileged: SystemUser = { uid: 65_534, gid: 65_534 };
const namespace = ['unshare', '--user', `--map-user=${unprivileged.uid}`, `--map-group=${unprivileged.gid}`];

/** How a command is run so that its program does not see root. */
export type RunAs = Pick<Command, 'user' | 'within'>;

/** For programs and files in these folders. Throws a sentence if there is no way. */
export async function findRunAs(folders: readonly string[]): Promise<RunAs> {
  const places = await Promise.all(folders.map(nearest));
  const tries: RunAs[] = [{ user: unprivileged }, { within: namespace }];
  for (const runAs of tries) {
    const test = places.map((_, index) => `test -x "$${index + 1}"`).join(' && ');
    const works = await runCommand({ ...plainCommand('sh'), ...runAs }, ['-c', test, 'sh', ...places], {
      cwd: '/',
    }).then(
      () => true,
      () => false,
    );
    if (works) return runAs;
  }
  throw new UnusableDirectoryError(
    `These servers refuse to run as root, and the unprivileged user ${unprivileged.uid} cannot enter ${places.join(' and ')}. ` +
      'Start the cluster as another user, or set TIDEMARK_DIRECTORY to a folder that all users can enter, such as /var/lib/tidemark.',
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
