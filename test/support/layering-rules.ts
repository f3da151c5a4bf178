/** What each folder of `src/` may import from `src/`, besides itself and `errors.ts`. `docs/architecture.md` shows the same table. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  platform: [],
  consistency: [],
  cluster: ['platform', 'consistency'],
  // What a kind of server is spoken to with, and how.
  servers: ['platform', 'consistency', 'cluster'],
  // A URL in the environment is read as one on the command line is, and one that the engine is given.
  config: ['platform', 'servers'],
  routing: ['platform', 'consistency', 'cluster'],
  database: ['platform', 'consistency', 'cluster', 'servers', 'routing', 'prisma'],
  outbox: ['platform', 'servers', 'database'],
  // An idempotency record keeps the position of the write that it stands for.
  orders: ['platform', 'consistency', 'servers', 'database', 'outbox'],
  mirror: ['platform', 'servers', 'database', 'outbox'],
  cache: ['platform', 'consistency'],
  // A job sees at least the world of the request that asked for it: it resumes the request's token.
  jobs: ['platform', 'consistency', 'database', 'orders'],
  // An answer says how it was routed, a subscription what happens to the cluster; Pothos derives the types of its fields
  // from what Prisma generated.
  graphql: ['platform', 'consistency', 'cluster', 'routing', 'database', 'orders', 'cache', 'jobs', 'prisma'],
  client: [],
  dashboard: ['client'],
  http: ['platform', 'graphql', 'cluster'],
  // A start asks which history a server belongs to.
  local: ['platform', 'consistency', 'servers', 'config'],
  app: ['*'],
  cli: ['platform', 'servers', 'config', 'local', 'app', 'cluster', 'database', 'outbox', 'orders', 'mirror', 'http'],
  main: ['platform', 'config', 'local', 'app', 'cli'],
  tidemark: ['platform', 'main', 'cli'],
};

/** Packages that only some folders, or files, may know of. */
export const packageOwners: readonly { readonly packages: RegExp; readonly owners: readonly string[] }[] = [
  {
    packages: /^(graphql|graphql-yoga|@pothos\/.+|@graphql-yoga\/.+|@escape\.tech\/.+)$/,
    owners: ['graphql', 'http/server.ts'],
  },
  { packages: /^(mariadb|mysql2)$/, owners: ['servers'] },
  { packages: /^prom-client$/, owners: ['http/prometheus.ts'] },
  // A driver brings the adapter that a Prisma client sends through it.
  {
    packages: /^(@prisma\/.+|prisma)$/,
    owners: ['database', 'servers/driver.ts', 'servers/mysql-family/driver.ts', 'servers/postgresql/adapter.ts'],
  },
  { packages: /^(react|react-dom|react-aria-components|urql|uplot)(\/.+)?$/, owners: ['dashboard'] },
  // The exchange knows their types.
  { packages: /^(@urql\/core|wonka)$/, owners: ['dashboard', 'client/urql.ts', 'client/urql-source.ts'] },
  { packages: /^ioredis$/, owners: ['platform/redis-connection.ts'] },
  { packages: /^bullmq$/, owners: ['jobs/task-queue.ts', 'jobs/task-worker.ts'] },
];

/** What may be written in some files only. Comments do not count. */
export const patternOwners: readonly {
  readonly what: string;
  readonly pattern: RegExp;
  readonly owners: readonly string[];
}[] = [
  { what: 'reads the environment', pattern: /\bprocess\.env\b/, owners: ['config/environment.ts'] },
  {
    what: 'touches the real clock',
    pattern:
      /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bprocess\.hrtime\b|(?<![.\w])set(?:Timeout|Interval)\s*\(|\bglobalThis\.set|\bAbortSignal\.timeout\b|['"]node:timers/,
    owners: ['platform/clock.ts', 'dashboard', 'client'],
  },
  {
    // A connection that is made elsewhere may forget TLS.
    what: 'connects to a database server',
    pattern: /\bcreate(?:Connection|Pool)\s*\(/,
    owners: ['servers'],
  },
  {
    // A kind of server is added in its folder: whoever names one would have to be edited for each.
    what: 'names a kind of server',
    pattern: /(?<!\bfrom )['"](?:mysql|mariadb)['"]|\b(?:Mysql|Mariadb)[A-Z]/,
    owners: ['servers'],
  },
  {
    // Names are quoted by the dialect; what standard SQL does not say is asked through the flavour.
    what: 'writes SQL that only one kind of server reads',
    pattern: new RegExp(
      [
        String.raw`\b(?:SELECT|DISTINCT|FROM|INTO|UPDATE|JOIN|TABLE|WHERE|AND|BY|SET)\s+\\?${'`'}[\w$]`,
        // An alias without quotes comes back in small letters elsewhere.
        String.raw`\bAS [a-z]+[A-Z]\w*`,
        String.raw`\bON DUPLICATE KEY\b|\bINSERT IGNORE\b|\bFORCE INDEX\b|\bWITH CONSISTENT SNAPSHOT\b|\bIN \(\?\)`,
        String.raw`\b(?:GET|RELEASE)_LOCK\b|\bUTC_TIMESTAMP\b|\bTIMESTAMP(?:ADD|DIFF)\b|\bDATE_FORMAT\b|\bDATABASE\(\)|\bNOW\(`,
        String.raw`\bFOREIGN_KEY_CHECKS\b|\bSHOW (?:TABLES|GLOBAL|VARIABLES|STATUS|CREATE)\b|@@\w`,
      ].join('|'),
    ),
    owners: ['servers', 'cluster/problems'],
  },
];

/** What only these may import: whoever imports the folder of one kind of server would have to be edited for each. */
export const folderOwners: readonly { readonly folders: RegExp; readonly owners: readonly string[] }[] = [
  { folders: /^src\/servers\/[^/]+\//, owners: ['servers/flavours.ts'] },
];

export const maxLines = 300;
export const bannedNames: readonly string[] = ['utils', 'util', 'lib', 'common', 'helpers', 'helper'];
