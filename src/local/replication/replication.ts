import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Account, LocalCredentials } from '../directory/secrets.ts';
import { ServerStartError } from '../local-errors.ts';
import { queryRows, runStatements, type ServerAddress } from '../server-connection.ts';
import type { ServerFlavour } from '../server-flavour.ts';
import { credentialValues, loadStatements } from '../sql-file.ts';

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
  /** What a server already has that never followed anybody; `null` when it goes on where it was. */
  begin: Position | null;
  /** Off, it need not get through: the source may not run yet. */
  waits: boolean;
  /** Whether it acknowledges what it has received. */
  semiSync: boolean;
  credentials: LocalCredentials;
  clock: Clock;
};

/** Points a replica at the source, from where it is, and waits until it receives and applies. */
export async function followSource(request: FollowRequest): Promise<void> {
  const { flavour, replica, source, begin, credentials, clock } = request;
  const values = {
    ...credentialValues(credentials),
    source_host: source.host,
    source_port: source.port,
    semi_sync: request.semiSync ? 1 : 0,
  };
  const own = flavour === 'mariadb' && begin !== null ? [`SET GLOBAL gtid_slave_pos = '${begin.format()}'`] : [];
  await runStatements(replica, credentials.admin, [...own, ...(await loadStatements(flavour, 'follow', values))]);
  const deadline = clock.monotonic() + 15_000;
  while (request.waits) {
    const state = await readReplication(flavour, replica, credentials.admin);
    if (state?.receiving && state.applying) return;
    if (clock.monotonic() > deadline) {
      throw new ServerStartError(`${replica.name} does not follow the source: ${state?.error ?? 'no reason given'}`);
    }
    await clock.sleep(50);
  }
}

export type LeadRequest = Pick<FollowRequest, 'flavour' | 'source' | 'semiSync' | 'credentials'>;

/** Lets a server accept writes. */
export async function leadReplicas({ flavour, source, semiSync, credentials }: LeadRequest): Promise<void> {
  const statements = await loadStatements(flavour, 'lead', { semi_sync: semiSync ? 1 : 0 });
  await runStatements(source, credentials.admin, statements);
}
