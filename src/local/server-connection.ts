import { type Connection, createConnection } from 'mariadb';
import type { Account } from './directory/secrets.ts';

export type ServerAddress = { readonly host: string; readonly port: number };

/** A connection to one server of the cluster, outside of any pool. The caller ends it. */
export function connectTo({ host, port }: ServerAddress, { user, password }: Account): Promise<Connection> {
  return createConnection({
    host,
    port,
    user,
    password,
    connectTimeout: 5_000,
    allowPublicKeyRetrieval: true,
    bigIntAsNumber: true,
  });
}

/** Runs statements one after the other on a connection of their own. */
export async function runStatements(
  address: ServerAddress,
  account: Account,
  statements: readonly string[],
): Promise<void> {
  const connection = await connectTo(address, account);
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    connection.destroy();
  }
}

/** The rows of one query on a connection of its own. */
export async function queryRows(
  address: ServerAddress,
  account: Account,
  sql: string,
): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> {
  const connection = await connectTo(address, account);
  try {
    return await connection.query<Record<string, unknown>[]>(sql);
  } finally {
    connection.destroy();
  }
}
