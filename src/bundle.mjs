// Bundles entries into dist/: a process starts from them in half the time and memory that loading TypeScript takes. A
// command takes the packages along, which halves its start once more: finding their files is most of what is left.
// Files that lie beside the sources (SQL, server settings) stay there, so each module keeps the URL of its source.
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

/** Packages import graphql and require it: one bundle must not hold both of its builds, or it refuses to run. */
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
/** Packages that are CommonJS ask for Node's own modules with `require`. */
const withPackages = {
  packages: 'bundle',
  banner: {
    js: "import { createRequire as requiringFrom } from 'node:module'; const require = requiringFrom(import.meta.url);",
  },
};

/**
 * `packages` go into the bundle but for those that are `external`, or are found in node_modules by whoever runs it. `splitting` keeps what several entries, or
 * imports at run time, have in common in files of its own. Returns what went into the bundle.
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
  // Whole files or none: somebody may be starting from them.
  for (const { path, contents } of outputFiles) {
    const draft = `${path}.${process.pid}`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, contents);
    await rename(draft, path);
  }
  return metafile;
}
