// Bundles entries into dist/: a process starts from them in half the time and memory that loading TypeScript takes. A
// command takes the packages along, which halves its start once more: finding their files is most of what is left.
// Files that lie beside the sources (SQL, server settings) stay there, so each module keeps the URL of its source.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

const sourceUrls = {
  name: 'source-urls',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const source = `../${relative(root, path).split(sep).join('/')}`;
      const contents = text.replaceAll('import.meta.url', `new URL(${JSON.stringify(source)}, import.meta.url).href`);
      return { contents, loader: 'ts' };
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

/** `packages` go into the bundle, or are found in node_modules by whoever runs it. */
export async function bundle(entryPoints, { packages = false } = {}) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'dist',
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    plugins: [sourceUrls],
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
}
