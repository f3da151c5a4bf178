// Builds the page into dist/dashboard; does nothing when it was built from the same files already.
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from './build-page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = join(root, 'src/dashboard');
const target = join(root, 'dist/dashboard');
const markOf = (directory) => join(directory, '.built-from');

const mark = await fingerprint([page, join(root, 'src/client')], [join(root, 'package-lock.json')]);
// Another process may build the same in the meantime.
const isThere = async (directory) => (await readFile(markOf(directory), 'utf8').catch(() => null)) === mark;
if (!(await isThere(target))) {
  await buildPage(target, { finish: (draft) => writeFile(markOf(draft), mark), isThere });
}

/** Changes whenever a file does that the page is built from. */
async function fingerprint(directories, files) {
  const hash = createHash('sha256');
  const paths = [...files];
  for (const directory of directories) {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
    paths.push(...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
  }
  for (const path of paths.sort())
    hash
      .update(path)
      .update('\n')
      .update(await readFile(path));
  return hash.digest('hex');
}
