// `npm run build:package`: what `npm pack` takes. The commands are bundled with the packages they need, so that installing
// Tidemark installs nothing else: the engine's own needs are optional peers, those of the clients none.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const outdir = 'dist/tidemark';

await rm(join(root, outdir), { recursive: true, force: true });
const { inputs } = await bundle(['src/tidemark.ts'], { packages: true, outdir, splitting: true });
await writeFile(join(root, outdir, 'THIRD-PARTY-NOTICES.txt'), await readNotices(Object.keys(inputs)));

/** The licence texts of all bundled packages, as their licences require. */
async function readNotices(paths) {
  const folders = new Set(paths.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const notices = await Promise.all([...folders].sort().map(readNotice));
  return `The commands of Tidemark contain these packages, unchanged:\n\n${notices.join('\n')}`;
}

async function readNotice(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const files = (await readdir(join(root, folder))).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), 'utf8')));
  return [`=== ${name} ${version} (${license}) ===`, ...texts.map((text) => text.trim()), ''].join('\n\n');
}
