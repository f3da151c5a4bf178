// Bundles the API process into dist/main.js, or other entries that are named: it starts in half the time and memory that
// loading TypeScript takes.
// Files that lie beside the sources (SQL, server settings) stay there, so each module keeps the URL of its source.
import { readFile } from 'node:fs/promises';
import { relative, sep } from 'node:path';
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

await build({
  absWorkingDir: root,
  entryPoints: process.argv.length > 2 ? process.argv.slice(2) : ['src/main.ts'],
  outdir: 'dist',
  entryNames: '[name]',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  logLevel: 'warning',
  plugins: [sourceUrls],
});
