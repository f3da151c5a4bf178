import { exampleUrl } from '../../servers/server-url.ts';
import { oneOf, text } from '../values.ts';
import { type Variable, variable } from '../variable.ts';
import { defaultPort } from './host-node.ts';

/** The names of the variables of one database. */
export type DatabaseNames = {
  /** Messages use the first; the others are aliases. */
  readonly source: readonly [string, ...string[]];
  readonly replicas: string;
  readonly backup: string;
  readonly migration: string;
  readonly backupMigration: string;
  readonly replicaOrder: string;
  /** Prefix of the variables that name hosts: `<prefix>_HOST`, `<prefix>_MASTER_HOST`. */
  readonly prefix: string;
  /** The database of a backup that is named by its host; `null`: the same name as the source's. */
  readonly backupDatabase: string | null;
};

export const ordersNames: DatabaseNames = {
  source: ['SOURCE_URL', 'DATABASE_URL'],
  replicas: 'REPLICA_URLS',
  backup: 'BACKUP_URL',
  migration: 'MIGRATION_URL',
  backupMigration: 'BACKUP_MIGRATION_URL',
  replicaOrder: 'REPLICA_ORDER',
  prefix: 'DB',
  backupDatabase: 'orders_backup_db',
};

export const urlNamesOf = ({ source, replicas, backup }: DatabaseNames): readonly string[] => [
  ...source,
  replicas,
  backup,
];

/** Hosts that share one account. */
export const splitNamesOf = ({ prefix }: DatabaseNames) => ({
  host: `${prefix}_HOST`,
  writeHost: `${prefix}_WRITE_HOST`,
  readHost: `${prefix}_READ_HOST`,
});

/** Defaults for both families of hosts. */
export const sharedNamesOf = ({ prefix }: DatabaseNames) => ({
  port: `${prefix}_PORT`,
  database: `${prefix}_DATABASE`,
  user: `${prefix}_USERNAME`,
  password: `${prefix}_PASSWORD`,
});

export const replicaOrderOf = ({ replicaOrder }: DatabaseNames) =>
  variable(replicaOrder, oneOf('balanced', 'listed'), {
    default: 'balanced',
    about: '`balanced`: the replicas share the reads; `listed`: the first one serves, the next only when it cannot.',
  });

const url = (place: string) => exampleUrl('orders', { account: 'orders:secret', place });
const administratorsUrl = (place: string) => exampleUrl('orders', { account: 'admin:secret', place });

/** Every variable that describes the servers of a database. `DB_SLAVE1_` stands for every number. */
export function databaseVariables(names: DatabaseNames): readonly Variable<unknown>[] {
  const { source, prefix, backupDatabase } = names;
  const [sourceUrl, ...aliases] = source;
  const split = splitNamesOf(names);
  const shared = sharedNamesOf(names);
  const said = (name: string, about: string, more: { example?: string; unset?: string } = {}) =>
    variable(name, text, { about, ...more });
  const perServer = (server: string, what: string, { host = '', databaseName = '' } = {}) => {
    const start = `${prefix}_${server}`;
    const unset = server === 'MASTER' ? (name: string) => `\`${name}\`` : () => 'as the source';
    return [
      said(`${start}_HOST`, `Host of ${what}${host}.`),
      said(`${start}_PORT`, `Port of ${what}.`, { unset: unset(shared.port) }),
      said(`${start}_NAME`, `Database on ${what}.`, { unset: databaseName || unset(shared.database) }),
      said(`${start}_DATABASE`, `Alias of \`${start}_NAME\`.`),
      said(`${start}_USER`, `Alias of \`${start}_USERNAME\`.`),
      said(`${start}_USERNAME`, `Account on ${what}.`, { unset: unset(shared.user) }),
      said(`${start}_PASSWORD`, 'Its password.', { unset: unset(shared.password) }),
    ];
  };
  return [
    said(sourceUrl, 'The writable server.', { example: url(`source.db.example.com:${defaultPort}`) }),
    ...aliases.map((alias) => said(alias, `Alias of \`${sourceUrl}\`.`)),
    said(names.replicas, 'Servers that replicate the source by GTID, comma separated.', {
      example: `${url('replica-1.db.example.com')},${url('replica-2.db.example.com')}`,
    }),
    said(names.backup, 'A separate database that the source is mirrored to.', {
      example: url('backup.db.example.com'),
    }),
    said(names.migration, 'Account that may change the schema of the source; migrations run at start if it is set.', {
      example: administratorsUrl('source.db.example.com'),
    }),
    said(
      names.backupMigration,
      'Account that may change the schema of the backup; its tables are created if it is set.',
      { example: administratorsUrl('backup.db.example.com') },
    ),
    replicaOrderOf(names),
    ...perServer('MASTER', 'the source'),
    ...perServer('SLAVE1', 'a replica', { host: '; `SLAVE1` to `SLAVE99` name one each' }),
    ...perServer('REPLICA', 'the only replica'),
    ...perServer('BACKUP', 'the backup', { databaseName: backupDatabase === null ? '' : `\`${backupDatabase}\`` }),
    said(split.host, 'Host of the source, with one account for all servers.'),
    said(split.writeHost, 'The same, beside a read host.'),
    said(
      split.readHost,
      `Hosts of replicas, comma separated; the same as \`${split.writeHost}\` means no replica yet.`,
    ),
    said(shared.port, 'Port of all servers that are named by hosts.', { unset: defaultPort, example: defaultPort }),
    said(shared.database, 'Database on them.'),
    said(shared.user, 'Account on them.'),
    said(shared.password, 'Its password.'),
  ];
}
