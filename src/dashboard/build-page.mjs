// Builds the page into a folder: all of it, or what was there stays.
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const page = fileURLToPath(new URL('.', import.meta.url));

/**
 * `small`: minified and precompressed. `finish` is called with the folder before it is moved to its place; `isThere`
 * decides whether a folder that another process has put there in the meantime can be used.
 */
export async function buildPage(target, { small = true, finish = async () => {}, isThere = async () => false } = {}) {
  // The result must not depend on the caller: under a test runner React's development build would be bundled.
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  const { build: bundle } = await import('vite');
  const draft = join(dirname(target), `.dashboard-${randomUUID()}`);
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
        ...(!small && { minify: false }),
      },
    });
    if (small) await compressAll(draft);
    await finish(draft);
    // A reader finds the whole page or, for a moment, none.
    await rm(target, { recursive: true, force: true });
    await rename(draft, target).catch(async (error) => {
      if (!(await isThere(target))) throw error;
    });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
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
