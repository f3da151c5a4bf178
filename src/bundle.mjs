// Bundles entries into dist/: starting from a bundle takes half the time and memory of loading TypeScript. A command bundles its
// packages too, which halves its start again: finding their files is most of what is left.
// Files beside the sources (SQL, server settings) stay there, so each module keeps the URL of its source.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

const sourceUrls = (outdir) => ({
  name: 'source-urls',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const source = relative(join(root, outdir), path).split(sep).join('/');
      const contents = text.replaceAll('import.meta.url', `new URL(${JSON.stringify(source)}, import.meta.url).href`);
      return { contents, loader: 'ts' };
    });
  },
});

/** Packages both import and require graphql: a bundle must not hold both of its builds, or graphql refuses to run. */
const oneGraphql = {
  name: 'one-graphql',
  setup({ onResolve }) {
    onResolve({ filter: /^graphql(\/.*)?$/ }, ({ path }) => {
      const file = join(root, 'node_modules', path.replace(/\.m?js$/, ''));
      return { path: existsSync(`${file}.mjs`) ? `${file}.mjs` : join(file, 'index.mjs') };
    });
  },
};

const withoutPackages = { packages: 'external', sourcemap: 'linked' };
/** CommonJS packages get Node's own modules with `require`. */
const withPackages = {
  packages: 'bundle',
  banner: {
    js: "import { createRequire as requiringFrom } from 'node:module'; const require = requiringFrom(import.meta.url);",
  },
};

/**
 * `packages` are bundled, except those that are `external`, which the user's node_modules must have. `splitting` puts code shared by
 * several entries or dynamic imports into files of its own. Returns what was bundled.
 */
export async function bundle(
  entryPoints,
  { packages = false, external = [], outdir = 'dist', splitting = false, sourcemap = false } = {},
) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    splitting,
    external,
    sourcemap: sourcemap && 'linked',
    metafile: true,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    plugins: packages ? [sourceUrls(outdir), oneGraphql] : [sourceUrls(outdir)],
    write: false,
    ...(packages ? withPackages : withoutPackages),
  });
  // Files are replaced atomically: another process may be starting from them.
  for (const { path, contents } of outputFiles) {
    const draft = `${path}.${process.pid}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, contents);
    await rename(draft, path);
  }
  return metafile;
}
