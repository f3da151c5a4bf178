import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';

const hourMs = 3_600_000;

/**
 * Removes what a process that was killed left half made in `directory`: hidden folders of the kind that `mkdtemp` makes.
 * Another process may be at work on a younger one.
 */
export async function removeAbandonedDrafts(directory: string, clock: Clock, olderThanMs = hourMs): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((candidate) => /^\..+-\w{6}$/.test(candidate))) {
    const path = join(directory, name);
    const age = await stat(path).then(
      ({ mtimeMs }) => clock.now() - mtimeMs,
      () => 0,
    );
    if (age >= olderThanMs) await rm(path, { recursive: true, force: true });
  }
}
