// Generates the Prisma clients and Pothos types into prisma/generated, offline, and only when a schema changed.
// `prisma generate` looks for a native schema engine that generating never runs; naming any executable satisfies it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const stampFile = join(here, 'generated', '.stamp');
const databases = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'schema.prisma')))
  .map((entry) => entry.name);

const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
const inputs = [fileURLToPath(import.meta.url), join(dirname(cli), '..', 'package.json')].concat(
  databases.map((name) => join(here, name, 'schema.prisma')),
);
const stamp = createHash('sha256')
  .update(inputs.map((file) => readFileSync(file)).join('\0'))
  .digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  for (const name of databases) {
    const run = spawnSync(process.execPath, [cli, 'generate', '--config', join(here, name, 'prisma.config.ts')], {
      cwd: dirname(here),
      encoding: 'utf8',
      env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    });
    if (run.status !== 0) {
      process.stderr.write(`Generating the Prisma client of prisma/${name} failed:\n${run.stdout}\n${run.stderr}\n`);
      process.exit(1);
    }
  }
  writeFileSync(stampFile, stamp);
}
