import type { Clock } from '../platform/clock.ts';
import { ServerStartError } from './local-errors.ts';
import type { Account, LocalCredentials } from './secrets.ts';
import { queryRows, runStatements, type ServerAddress } from './server-connection.ts';
import type { ServerFlavour } from './server-flavour.ts';
import { credentialValues, loadStatements } from './sql-file.ts';

export type ReplicationState = {
  readonly receiving: boolean;
  readonly applying: boolean;
  readonly error: string | null;
};

/** What a replica says of itself; null when it follows nobody. */
export async function readReplication(
  flavour: ServerFlavour,
  address: ServerAddress,
  account: Account,
): Promise<ReplicationState | null> {
  const words = replicationWords[flavour];
  const [row] = await queryRows(address, account, words.status);
  if (row === undefined) return null;
  const error = [row.Last_IO_Error, row.Last_SQL_Error].find((text) => typeof text === 'string' && text !== '');
  return {
    receiving: row[words.receiving] === 'Yes',
    applying: row[words.applying] === 'Yes',
    error: typeof error === 'string' ? error : null,
  };
}

export const replicationWords = {
  mariadb: { status: 'SHOW SLAVE STATUS', receiving: 'Slave_IO_Running', applying: 'Slave_SQL_Running' },
  mysql: { status: 'SHOW REPLICA STATUS', receiving: 'Replica_IO_Running', applying: 'Replica_SQL_Running' },
} as const;

export type FollowRequest = {
  flavour: ServerFlavour;
  replica: ServerAddress & { readonly name: string };
  source: ServerAddress;
  credentials: LocalCredentials;
  clock: Clock;
};

/** Points a replica at the source, from where it is, and waits until it receives and applies. */
export async function followSource({ flavour, replica, source, credentials, clock }: FollowRequest): Promise<void> {
  const values = { ...credentialValues(credentials), source_host: source.host, source_port: source.port };
  await runStatements(replica, credentials.admin, await loadStatements(flavour, 'follow', values));
  const deadline = clock.monotonic() + 15_000;
  for (;;) {
    const state = await readReplication(flavour, replica, credentials.admin);
    if (state?.receiving && state.applying) return;
    if (clock.monotonic() > deadline) {
      throw new ServerStartError(`${replica.name} does not follow the source: ${state?.error ?? 'no reason given'}`);
    }
    await clock.sleep(50);
  }
}
