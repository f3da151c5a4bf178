#!/usr/bin/env bash
# Prisma makes two Errors for every query that succeeds, unless NODE_ENV is production or errorFormat is minimal.
#
# Version:  prisma, @prisma/client and @prisma/adapter-libsql 7.10.0, @libsql/client 0.17.0 (npm), Node 20 or newer
# Guess:    errorFormat says how errors are printed, so it costs something only when a query fails.
# So it is: By default each query that is begun makes two Errors with a stack, to know where in the code it was called should it
#           fail. A server that runs without NODE_ENV=production pays it, and a benchmark of it measures it.
#
# Output seen (the ratios differ from run to run and are no part of the check):
#   Errors made by one read that succeeds, by default: 2
#   the same with errorFormat 'minimal': 0
#   the same by default, with NODE_ENV=production: 0
#   processor time of a read by default, against 'minimal': 1.35 times
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

install_npm prisma@7.10.0 @prisma/client@7.10.0 @prisma/adapter-libsql@7.10.0 @libsql/client@0.17.0
cat > "$work/schema.prisma" <<'PRISMA'
generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "sqlite"
}

model Item {
  id   Int    @id
  name String
}
PRISMA
echo "export default { schema: 'schema.prisma', datasource: { url: 'file:items.db' } };" > "$work/prisma.config.ts"
# Generating looks for a native engine that it does not run: any program will do.
(cd "$work" && PRISMA_SCHEMA_ENGINE_BINARY=$(command -v node) PRISMA_HIDE_UPDATE_MESSAGE=1 \
  npx --no-install prisma generate --config prisma.config.ts > "$work/generate.log" 2>&1)
cat > "$work/look.js" <<'JS'
let made = 0;
const OriginalError = globalThis.Error;
globalThis.Error = class extends OriginalError {
  constructor(...args) {
    super(...args);
    made += 1;
  }
};
const { PrismaClient } = await import('@prisma/client');
const { PrismaLibSql } = await import('@prisma/adapter-libsql');

const open = (options) => new PrismaClient({ adapter: new PrismaLibSql({ url: 'file:items.db' }), ...options });
const [byDefault, minimal] = [open({}), open({ errorFormat: 'minimal' })];
await byDefault.$executeRawUnsafe('CREATE TABLE IF NOT EXISTS Item (id INTEGER PRIMARY KEY, name TEXT NOT NULL)');
await byDefault.$executeRawUnsafe("INSERT OR REPLACE INTO Item VALUES (1, 'one')");

async function read(client, times) {
  const before = made;
  const begun = process.cpuUsage();
  for (let turn = 0; turn < times; turn += 1) await client.item.findFirst({ where: { id: 1 } });
  const { user, system } = process.cpuUsage(begun);
  return { errors: (made - before) / times, cost: user + system };
}

await read(byDefault, 500);
await read(minimal, 500);
const turns = [];
for (let turn = 0; turn < 7; turn += 1) turns.push([await read(byDefault, 500), await read(minimal, 500)]);
const ratios = turns.map(([a, b]) => a.cost / b.cost).sort((a, b) => a - b);
console.log(turns[0][0].errors, turns[0][1].errors, ratios[3].toFixed(2));
await Promise.all([byDefault.$disconnect(), minimal.$disconnect()]);
JS
cd "$work"
read -r by_default minimal ratio <<< "$(NODE_ENV=development node look.js)"
read -r production _ _ <<< "$(NODE_ENV=production node look.js)"
see 'Errors made by one read that succeeds, by default' "$by_default" 2
see "the same with errorFormat 'minimal'" "$minimal" 0
see 'the same by default, with NODE_ENV=production' "$production" 0
echo "  processor time of a read by default, against 'minimal': $ratio times"
finish 'each query that succeeds makes two Errors by default'
