import type { Connection } from '../servers/connection.ts';
import { flavours } from '../servers/flavours.ts';
import type { LocalAccount } from '../servers/local-servers.ts';
import type { ServerFlavour } from './server-flavour.ts';

export type ServerAddress = { readonly host: string; readonly port: number };
export type ServerPlace = ServerAddress & { readonly flavour: ServerFlavour };

/** The database of every local cluster. */
export const localDatabase = 'orders';

/** A connection to one server of the cluster, outside any pool. The caller closes it. */
export function connectTo({ flavour, host, port }: ServerPlace, account: LocalAccount): Promise<Connection> {
  const address = { name: `${host}:${port}`, host, port, ...account, database: localDatabase, tls: null };
  return flavours[flavour].driver.open(address, { timeoutMs: 5000, bare: true }).opened;
}

/** Runs `work` on a connection of its own. */
export async function onServer<T>(
  place: ServerPlace,
  account: LocalAccount,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connectTo(place, account);
  // The server may be killed meanwhile: that must not end this process.
  connection.on('error', () => undefined);
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
