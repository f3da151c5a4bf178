import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { exists } from '../../platform/existing-path.ts';
import { plainCommand, runCommand } from '../../platform/run-command.ts';
import { isMissing, readJsonFile } from './json-file.ts';

/*
 * One process owns a cluster directory. The lock file identifies it by pid and start time, because pids are reused.
 * A file whose process is gone is stale: it is replaced under a second, short lock (a folder), after a second check,
 * so that if two processes find the same stale file, only one takes it over.
 */

const ownerSchema = z.object({ id: z.string(), pid: z.number().int(), began: z.string() });
export type LockOwner = z.infer<typeof ownerSchema>;

export type DirectoryLock = { release(): Promise<void> };

const lockPath = (directory: string) => join(directory, 'owner.json');

/** Takes the directory, or returns the live process that has it. */
export async function lockDirectory(directory: string, clock: Clock): Promise<DirectoryLock | LockOwner> {
  await mkdir(directory, { recursive: true });
  const path = lockPath(directory);
  const own: LockOwner = { id: randomUUID(), pid: process.pid, began: (await whenBegan(process.pid)) ?? '' };
  const draft = `${path}.${own.id}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    for (;;) {
      if (await tryLink(draft, path)) return makeLock(path, own);
      const owner = await readOwner(directory);
      if (owner !== null && (await isOwnerAlive(owner))) return owner;
      // Released just now: nothing to replace.
      if (owner === null && !(await exists(path))) continue;
      if (await replaceStale(draft, path, directory, owner, clock)) return makeLock(path, own);
      await clock.sleep(20);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** The live process that owns the directory, or null. */
export async function liveOwner(directory: string): Promise<LockOwner | null> {
  const owner = await readOwner(directory);
  return owner !== null && (await isOwnerAlive(owner)) ? owner : null;
}

export function isLock(result: DirectoryLock | LockOwner): result is DirectoryLock {
  return 'release' in result;
}

function makeLock(path: string, own: LockOwner): DirectoryLock {
  return {
    release: async () => {
      const current = await readJsonFile(path, ownerSchema).catch(() => null);
      if (current?.id === own.id) await rm(path, { force: true });
    },
  };
}

function readOwner(directory: string): Promise<LockOwner | null> {
  return readJsonFile(lockPath(directory), ownerSchema).catch(() => null);
}

async function isOwnerAlive(owner: LockOwner): Promise<boolean> {
  return (await whenBegan(owner.pid)) === owner.began;
}

/** When a process started, in the system's own format: only equality has a meaning. Null if there is no such process. */
async function whenBegan(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat !== null) {
    // The second field is the program's name in parentheses and may contain blanks; the start time is the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const isZombie = fields[0] === 'Z';
    return isZombie ? null : (fields[19] ?? null);
  }
  const began = await runCommand(plainCommand('ps'), ['-o', 'lstart=', '-p', String(pid)]).catch(() => '');
  return began.trim() === '' ? null : began.trim();
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

const abandonedAfterMs = 5_000;

async function replaceStale(
  draft: string,
  path: string,
  directory: string,
  stale: LockOwner | null,
  clock: Clock,
): Promise<boolean> {
  const guard = `${path}.replacing`;
  if (!(await tryGuard(guard, clock))) return false;
  try {
    const current = await readOwner(directory);
    if (current?.id !== stale?.id || !(await exists(path))) return false;
    const copy = `${draft}.copy`;
    await link(draft, copy);
    await rename(copy, path);
    return true;
  } finally {
    await rmdir(guard).catch(() => undefined);
  }
}

async function tryGuard(guard: string, clock: Clock): Promise<boolean> {
  try {
    await mkdir(guard);
    return true;
  } catch {
    const age = await stat(guard).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (age !== null && clock.now() - age.mtimeMs > abandonedAfterMs) await rmdir(guard).catch(() => undefined);
    return false;
  }
}
