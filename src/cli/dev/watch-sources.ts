import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import { changedPaths, isSource, type Stamps } from './changes.ts';

const folders = ['src', 'prisma'] as const;
const everyMs = 200;

export type Watching = { readonly root: string; readonly clock: Clock; readonly signal: AbortSignal };

/**
 * Yields the changed paths each time there are some. Polls every file: that takes some milliseconds, and also notices files
 * that are replaced, on every kind of file system. Ends when `signal` is aborted.
 */
export async function* watchSources({ root, clock, signal }: Watching): AsyncGenerator<readonly string[]> {
  let before = await stampsIn(root);
  while (!signal.aborted) {
    await clock.sleep(everyMs, { signal }).catch(() => undefined);
    const now = await stampsIn(root);
    const changed = changedPaths(before, now);
    before = now;
    if (changed.length > 0 && !signal.aborted) yield changed;
  }
}

async function stampsIn(root: string): Promise<Stamps> {
  const found = await Promise.all(folders.map((folder) => readdir(join(root, folder), { recursive: true })));
  const paths = found.flatMap((names, index) => names.map((name) => `${folders[index]}/${name.split(sep).join('/')}`));
  const stamps = await Promise.all(
    paths.filter(isSource).map(async (path) => {
      // One that has gone meanwhile is gone.
      const seen = await stat(join(root, path)).catch(() => null);
      return seen === null ? null : ([path, seen.mtimeMs] as const);
    }),
  );
  return new Map(stamps.filter((stamp) => stamp !== null));
}
