// Generates the Prisma clients and Pothos types into prisma/generated, offline, and only when a schema changed.
// `prisma generate` looks for a native schema engine that generating never runs; naming any executable satisfies it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const stampFile = join(here, 'generated', '.stamp');
// The databases of the product, for MySQL and MariaDB and for PostgreSQL, and those of the examples where they are there.
const databases = ['prisma', 'prisma/postgresql', 'test/examples'].flatMap((folder) =>
  !existsSync(join(root, folder))
    ? []
    : readdirSync(join(root, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(root, folder, entry.name, 'schema.prisma')))
        .map((entry) => join(folder, entry.name)),
);

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
const inputs = [fileURLToPath(import.meta.url), join(dirname(cli), '..', 'package.json')].concat(
  databases.map((name) => join(root, name, 'schema.prisma')),
);
const stamp = createHash('sha256')
  .update(inputs.map((file) => readFileSync(file)).join('\0'))
  .digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  for (const name of databases) {
    const run = spawnSync(process.execPath, [cli, 'generate', '--config', join(root, name, 'prisma.config.ts')], {
      cwd: root,
      encoding: 'utf8',
      env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    });
    if (run.status !== 0) {
      process.stderr.write(`Generating the Prisma client of ${name} failed:\n${run.stdout}\n${run.stderr}\n`);
      process.exit(1);
    }
  }
  writeFileSync(stampFile, stamp);
}
