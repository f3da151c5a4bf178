// What a change of the sources asks for.
//
//   page      the page is built anew, and the API that runs reads it again
//   server    the API is built anew, and started beside the one that runs
//   schema    the Prisma clients are generated first
//   restart   is in force from the next `npm run dev` on

export type Part = 'page' | 'server' | 'schema' | 'restart';

/** A file's path from the root, and when it was changed. */
export type Stamps = ReadonlyMap<string, number>;

/** What editors leave beside the files that they write is nothing of ours. */
export function isSource(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /^[^.#].*\.(ts|tsx|css|html|js|svg|mjs|sql|cnf|sh|prisma)$/.test(name) && !path.startsWith('prisma/generated/')
  );
}

export function changedPaths(before: Stamps, now: Stamps): readonly string[] {
  const changed = [...now].filter(([path, atMs]) => before.get(path) !== atMs).map(([path]) => path);
  return [...changed, ...[...before.keys()].filter((path) => !now.has(path))];
}

function partOf(path: string): Part {
  if (path.endsWith('.prisma')) return 'schema';
  // What builds, and what starts the servers, was loaded by the process that goes on.
  if (path.endsWith('.mjs') || path.startsWith('src/local/') || path.startsWith('src/cli/dev/')) return 'restart';
  return /^src\/(dashboard|client)\//.test(path) ? 'page' : 'server';
}

export function partsOf(paths: readonly string[]): ReadonlySet<Part> {
  return new Set(paths.map(partOf));
}
