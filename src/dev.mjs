// `npm run dev`: what builds, and what serves it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from './bundle.mjs';
import { runDev } from './cli/dev/run-dev.ts';
import { buildPage } from './dashboard/build-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

process.exit(
  await runDev(process.argv.slice(2), {
    page: () => buildPage(`${root}dist/dev/page`, { small: false }),
    server: () => bundle(['src/cli/dev/dev-api.ts'], { outdir: 'dist/dev', sourcemap: true }),
    schema: () => promisify(execFile)(process.execPath, [`${root}prisma/generate.mjs`]),
  }),
);
