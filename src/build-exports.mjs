// `npm run build:exports`: builds `tidemark/prisma` and `tidemark/client` with their types. Packages that users of the engine
// install themselves stay external, so that both sides share them; everything else is bundled.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

await Promise.all([
  compile('src/client', 'client'),
  compile('src/database/engine', 'types'),
  bundle(['src/database/engine/exports.ts'], {
    packages: true,
    external: Object.keys(peerDependencies),
    sourcemap: true,
  }),
]).catch((error) => {
  process.stderr.write(error.stdout ?? '');
  throw error;
});

/** Replaces the content of a folder with a project's output, one file at a time, because other processes may be reading it. */
async function compile(project, name) {
  const draft = join(root, 'dist', `.${name}-${randomUUID()}`);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, '-p', project, '--outDir', draft], { cwd: root });
    const emitted = await listFiles(draft);
    const target = join(root, 'dist', name);
    for (const file of emitted) await place(join(draft, file), join(target, file));
    // Leftovers of an older build would be packed.
    const old = (await listFiles(target)).filter((file) => !emitted.includes(file));
    await Promise.all(old.map((file) => rm(join(target, file), { force: true })));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

async function place(draft, path) {
  const text = builtText(draft, await readFile(draft, 'utf8'));
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  await writeFile(draft, text);
  await mkdir(dirname(path), { recursive: true });
  await rename(draft, path);
}

/** Source maps of declarations point to sources that are not installed. */
function builtText(path, text) {
  return path.endsWith('.d.ts') ? text.replaceAll(/((?:from|import\()\s*['"]\.[^'"]*)\.ts(['"])/g, '$1.js$2') : text;
}
