import { part } from '../part.ts';
import { text } from '../values.ts';
import { variable } from '../variable.ts';

export type AccountConfig = { readonly user: string; readonly password: string };

const accountOf = (user: string | null, password: string | null): AccountConfig | null =>
  user === null ? null : { user, password: password ?? '' };

const shown = (account: AccountConfig | null) => (account === null ? null : `${account.user}:***`);

/** Accounts for the command `cluster`: one that manages replication on every server, one that replicas log in with. */
export const administration = part(
  'Failover',
  {
    adminUser: variable('CLUSTER_ADMIN_USER', text, {
      unset: 'the account of `MIGRATION_URL`',
      about: 'Account of the command `cluster` on every server: controls replication, may write while others may not.',
    }),
    adminPassword: variable('CLUSTER_ADMIN_PASSWORD', text, { about: 'Its password.' }),
    replicationUser: variable('CLUSTER_REPLICATION_USER', text, {
      about: 'Account that a server replicates with if it never did before: a former source, a new replica.',
    }),
    replicationPassword: variable('CLUSTER_REPLICATION_PASSWORD', text, { about: 'Its password.' }),
  },
  {
    complete: ({ adminUser, adminPassword, replicationUser, replicationPassword }) => ({
      admin: accountOf(adminUser, adminPassword),
      replication: accountOf(replicationUser, replicationPassword),
    }),
    describe: ({ admin, replication }) => ({ admin: shown(admin), replication: shown(replication) }),
  },
);
