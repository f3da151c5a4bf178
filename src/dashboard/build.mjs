// Builds the page into dist/dashboard, compressed beforehand; does nothing when it was built from the same files already.
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = join(root, 'src/dashboard');
const target = join(root, 'dist/dashboard');
const markOf = (directory) => join(directory, '.built-from');

const mark = await fingerprint([page, join(root, 'src/client')], [join(root, 'package-lock.json')]);
const before = await readFile(markOf(target), 'utf8').catch(() => null);
if (before !== mark) await build();

async function build() {
  // What is built is the same whoever asks: under a test runner React would come with everything that developers want.
  process.env.NODE_ENV = 'production';
  const { build: bundle } = await import('vite');
  const draft = join(root, 'dist', `.dashboard-${randomUUID()}`);
  try {
    await bundle({
      configFile: false,
      root: page,
      // Nothing in it says where on its host it lies: a proxy may serve it below a prefix.
      base: './',
      logLevel: 'warn',
      build: {
        outDir: draft,
        emptyOutDir: true,
        target: ['chrome123', 'firefox120', 'safari17.5'],
        // Inlined files would be data: URLs, which the page's policy forbids.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
      },
    });
    await compressAll(draft);
    await writeFile(markOf(draft), mark);
    // Whoever reads the folder finds all of a page, or none for a moment.
    await rm(target, { recursive: true, force: true });
    await rename(draft, target).catch(async (error) => {
      // Somebody else has built the same meanwhile.
      if ((await readFile(markOf(target), 'utf8').catch(() => null)) !== mark) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function compressAll(directory) {
  const names = await readdir(directory, { recursive: true });
  const texts = names.filter((name) => /\.(html|js|css|svg)$/.test(name));
  await Promise.all(
    texts.map(async (name) => {
      const path = join(directory, name);
      const body = await readFile(path);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
      await writeFile(`${path}.gz`, await promisify(gzip)(body, { level: 9 }));
      await writeFile(`${path}.br`, await promisify(brotliCompress)(body, { params }));
    }),
  );
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
