import { Client } from 'pg';
import type { LocalFollow } from '../../local-servers.ts';

type Source = Pick<LocalFollow, 'source' | 'account'>;

const patienceMs = 5000;

/**
 * Runs `work` on the source, with the account by which standbys log in; `null` if the source does not answer. With
 * `replication` the connection takes commands of the replication protocol as well.
 */
export async function onSource<T>(
  { source, account }: Source,
  work: (client: Client) => Promise<T>,
  { replication = false }: { readonly replication?: boolean } = {},
): Promise<T | null> {
  const client = new Client({
    ...source,
    ...account,
    database: 'orders',
    connectionTimeoutMillis: patienceMs,
    ...(replication ? replicating : { query_timeout: patienceMs }),
  });
  // It may be killed meanwhile: that must not end this process.
  client.on('error', () => undefined);
  const isThere = await client.connect().then(
    () => true,
    () => false,
  );
  if (!isThere) return null;
  try {
    return await work(client);
  } finally {
    void client.end().catch(() => undefined);
  }
}

// Its types do not know the parameter, which it passes on to the server.
const replicating: object = { replication: 'database' };
