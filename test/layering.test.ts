import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layeringBreaches } from './support/check-layering.ts';
import { mayImport } from './support/layering-rules.ts';

describe('the source tree', () => {
  it('keeps to the layers, the names and the sizes that the design sets', () => {
    const paths = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(tsx?|css)$/.test(path),
    );
    const tree = new Map(
      paths.map((path) => [`src/${path.replaceAll('\\', '/')}`, readFileSync(`src/${path}`, 'utf8')]),
    );
    expect(tree.size).toBeGreaterThan(50);
    expect(layeringBreaches(tree)).toEqual([]);
  });

  it('is described by the table of docs/architecture.md', () => {
    const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(
      /^\| `(\w+)(?:\.ts)?` \| [^|]+ \| ([^|]*) \|$/gm,
    );
    const table = [...rows].map(([, folder = '', imports = '']) => [folder, imports.trim()]);
    const rules = Object.entries(mayImport).map(([folder, imports]) => [
      folder,
      imports.includes('*') ? 'everything' : imports.join(', '),
    ]);
    expect(Object.fromEntries(table)).toEqual(Object.fromEntries(rules));
  });
});

describe('the checker', () => {
  const table: [title: string, tree: Record<string, string>, breach: RegExp][] = [
    [
      'a layer that reaches up',
      { 'src/cluster/node.ts': "import { a } from '../routing/router.ts';" },
      /cluster must not import routing/,
    ],
    [
      'a type import',
      { 'src/platform/clock.ts': "import type { A } from '../cluster/node.ts';" },
      /platform must not import cluster/,
    ],
    [
      'a re-export',
      { 'src/platform/clock.ts': "export { A } from '../cluster/node.ts';" },
      /platform must not import cluster/,
    ],
    [
      'an import over several lines',
      { 'src/platform/clock.ts': "import {\n  A,\n} from '../cluster/node.ts';" },
      /must not import cluster/,
    ],
    [
      'a dynamic import',
      { 'src/platform/clock.ts': "const a = await import('../cluster/node.ts');" },
      /must not import cluster/,
    ],
    ['a bare import', { 'src/platform/clock.ts': "import '../cluster/node.ts';" }, /must not import cluster/],
    [
      'an import of the composition root',
      { 'src/http/server.ts': "import { a } from '../app/create-app.ts';" },
      /http must not import app/,
    ],
    [
      'an import of an entry',
      { 'src/app/create-app.ts': "import { a } from '../main.ts';" },
      /app must not import main/,
    ],
    [
      'server code in the client',
      { 'src/client/fetch.ts': "import { a } from '../errors.ts';" },
      /client must not import errors/,
    ],
    [
      'configuration below the top',
      { 'src/routing/router.ts': "import { a } from '../config.ts';" },
      /routing must not import config/,
    ],
    [
      'a test in the program',
      { 'src/app/create-app.ts': "import { a } from '../../test/support/a.ts';" },
      /no part of the program/,
    ],
    ['an unplanned folder', { 'src/misc/a.ts': '' }, /misc is no folder of the table/],
    ['GraphQL in the domain', { 'src/orders/a.ts': "import { GraphQLError } from 'graphql';" }, /belongs to graphql/],
    [
      'Prisma in the domain',
      { 'src/orders/a.ts': "import { PrismaClient } from '@prisma/client';" },
      /belongs to database/,
    ],
    ['a driver in routing', { 'src/routing/a.ts': "import { createPool } from 'mariadb';" }, /belongs to servers/],
    [
      'generated code in the domain',
      { 'src/orders/a.ts': "import { a } from '../../prisma/generated/orders/client.ts';" },
      /must not import prisma/,
    ],
    ['the environment', { 'src/http/server.ts': 'const port = process.env.PORT;' }, /reads the environment/],
    [
      'a connection of its own',
      { 'src/database/a.ts': 'const link = createConnection({ host });' },
      /connects to a database server/,
    ],
    [
      'a kind of server by its name',
      { 'src/cluster/a.ts': "if (flavour === 'mysql') go();" },
      /names a kind of server/,
    ],
    ['a kind of server by its class', { 'src/cache/a.ts': 'const at = MariadbPosition.parse(text);' }, /names a kind/],
    [
      'the folder of one kind of server',
      { 'src/database/a.ts': "import { a } from '../servers/mysql/a.ts';" },
      /imports src\/servers\/mysql\/a\.ts, which belongs to servers\/flavours\.ts/,
    ],
    [
      'a name in backticks',
      { 'src/database/a.ts': "const sql = 'SELECT id FROM `orders`';" },
      /only one kind of server/,
    ],
    [
      'a quoted name in a template',
      { 'src/database/a.ts': 'const sql = `DELETE FROM \\`orders\\` WHERE id = ?`;' },
      /only one kind of server/,
    ],
    [
      'a clause of one dialect',
      { 'src/mirror/a.ts': "const sql = 'INSERT INTO a VALUES (?) ON DUPLICATE KEY UPDATE b = 1';" },
      /only one kind of server/,
    ],
    [
      'a function of one dialect',
      { 'src/database/a.ts': "const sql = 'SELECT GET_LOCK(?, 0)';" },
      /only one kind of server/,
    ],
    [
      'an alias that other servers put in small letters',
      { 'src/database/a.ts': "const sql = 'SELECT record_key AS recordKey FROM outbox';" },
      /only one kind of server/,
    ],
    ['Date.now', { 'src/http/server.ts': 'const now = Date.now();' }, /touches the real clock/],
    ['new Date()', { 'src/orders/a.ts': 'const now = new Date();' }, /touches the real clock/],
    ['performance.now', { 'src/http/server.ts': 'const now = performance.now();' }, /touches the real clock/],
    ['setTimeout', { 'src/http/server.ts': 'setTimeout(() => {}, 1);' }, /touches the real clock/],
    ['AbortSignal.timeout', { 'src/http/server.ts': 'AbortSignal.timeout(5);' }, /touches the real clock/],
    [
      'waiting in a rule',
      { 'src/consistency/a.ts': 'export const a = async () => await b;' },
      /consistency waits for nothing/,
    ],
    ['a barrel', { 'src/routing/index.ts': '' }, /is a barrel/],
    ['a name that says nothing', { 'src/routing/utils.ts': '' }, /"utils" says nothing/],
    ['a folder that says nothing', { 'src/routing/helpers/a.ts': '' }, /"helpers" says nothing/],
    ['a long file', { 'src/routing/a.ts': 'a\n'.repeat(301) }, /301 lines/],
    [
      'files that import each other',
      {
        'src/routing/a.ts': "import type { B } from './b.ts';",
        'src/routing/b.ts': "import type { A } from './a.ts';",
      },
      /cycle: src\/routing\/a\.ts -> src\/routing\/b\.ts -> src\/routing\/a\.ts/,
    ],
  ];

  it.each(table)('finds %s', (_, tree, breach) => {
    const breaches = layeringBreaches(new Map(Object.entries(tree)));
    expect(breaches).toHaveLength(1);
    expect(breaches[0]).toMatch(breach);
  });

  it('is content with a tree that keeps to the rules', () => {
    const tree = {
      'src/errors.ts': 'export class A {}',
      'src/platform/clock.ts': 'export const now = () => Date.now(); // and setTimeout(x, 1)',
      'src/config/environment.ts': "import { A } from '../errors.ts';\nexport const port = process.env.PORT;",
      'src/consistency/token.ts': '// never await anything here\nexport const url = "http://a.example";',
      'src/servers/a/pool.ts': "import { createPool } from 'mariadb';\nimport type { A } from '../../errors.ts';",
      'src/servers/b/pool.ts': "import { createPool } from '../a/pool.ts';",
      'src/app/create-app.ts': "import { a } from '../database/a.ts';",
      'src/database/a.ts': "export const a = 'SELECT id FROM orders WHERE id = ?'; // FROM `orders`",
      'src/servers/a/sql.ts': "const sql = 'SELECT GET_LOCK(?, 0) AS isTaken FROM `a`';",
      'src/routing/long.ts': 'a\n'.repeat(300),
    };
    expect(layeringBreaches(new Map(Object.entries(tree)))).toEqual([]);
  });
});
