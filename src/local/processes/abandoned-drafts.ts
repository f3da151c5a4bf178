import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';

const hourMs = 3_600_000;

/**
 * Removes what a killed process left unfinished in `directory`: hidden folders as `mkdtemp` creates them.
 * Another process may still be working on a newer one.
 */
export async function removeAbandonedDrafts(directory: string, clock: Clock, olderThanMs = hourMs): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((candidate) => /^\..+-\w{6}$/.test(candidate))) {
    const path = join(directory, name);
    // The file system's time is finer than the clock's, and may be ahead of it.
    const age = await stat(path).then(
      ({ mtimeMs }) => Math.max(0, clock.now() - mtimeMs),
      () => 0,
    );
    if (age >= olderThanMs) await rm(path, { recursive: true, force: true });
  }
}
