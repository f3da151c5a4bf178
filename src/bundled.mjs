// node src/bundled.mjs <entry> [arguments]: runs a command from its bundle, which is rebuilt if a source is newer.
// Loading TypeScript would cost a failover its first second. If bundling fails, the source is loaded instead.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const source = fileURLToPath(new URL('.', import.meta.url));
const [, , entry = ''] = process.argv;
const root = join(source, '..');
const target = join(root, 'dist', `${basename(entry, '.ts')}.js`);

const changedMs = (path) =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

async function isCurrent() {
  const madeMs = await changedMs(target);
  if (madeMs === 0) return false;
  const sources = (await readdir(source, { recursive: true })).filter((name) => /\.m?ts$|\.mjs$/.test(name));
  const installed = join(root, 'node_modules', '.package-lock.json');
  const changes = await Promise.all([installed, ...sources.map((name) => join(source, name))].map(changedMs));
  return changes.every((atMs) => atMs < madeMs);
}

async function runnable() {
  try {
    if (!(await isCurrent())) await (await import('./bundle.mjs')).bundle([entry], { packages: true });
    return target;
  } catch {
    const { register } = await import('tsx/esm/api');
    register();
    return join(root, entry);
  }
}

const file = await runnable();
process.argv.splice(1, 2, file);
await import(pathToFileURL(file).href);
